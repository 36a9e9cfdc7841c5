// One instance of the product kernels: element type T, processor level, register tile.
//
// Defines NAME(multiply). LANES elements make a vector, ROWS rows of A by two vectors a tile; a
// panel of PANEL columns is walked in steps of two vectors.

typedef T NAME(vector) __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(T))));

// A tile of R rows. `width` is the number of columns that exist.
#define TILE(R)                                                                                         \
    TARGET static void NAME(tile##R)(int64_t k, const T *a, int64_t row, int64_t column, const T *b,    \
                                     T *c, int64_t ldc, int64_t width, bool add) {                      \
        NAME(vector) sum[R][2];                                                                         \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) sum[r][0] = sum[r][1] = (NAME(vector)){0}; \
        for (int64_t p = 0; p < k; p++) {                                                               \
            const NAME(vector) b0 = *(const NAME(vector) *)(b + p * PANEL);                             \
            const NAME(vector) b1 = *(const NAME(vector) *)(b + p * PANEL + LANES);                     \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) {                            \
                const T x = a[r * row + p * column];                                                    \
                sum[r][0] += x * b0;                                                                    \
                sum[r][1] += x * b1;                                                                    \
            }                                                                                           \
        }                                                                                               \
        if (width >= 2 * LANES) {                                                                       \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) {                            \
                NAME(vector) *out = (NAME(vector) *)(c + r * ldc);                                      \
                out[0] = add ? out[0] + sum[r][0] : sum[r][0];                                          \
                out[1] = add ? out[1] + sum[r][1] : sum[r][1];                                          \
            }                                                                                           \
            return;                                                                                     \
        }                                                                                               \
        T edge[R][2 * LANES];                                                                           \
        memcpy(edge, sum, sizeof edge);                                                                 \
        for (int r = 0; r < R; r++)                                                                     \
            for (int64_t j = 0; j < width; j++)                                                         \
                c[r * ldc + j] = add ? c[r * ldc + j] + edge[r][j] : edge[r][j];                        \
    }

TILE(1)
TILE(2)
TILE(3)
TILE(4)
#if ROWS > 4
TILE(5)
TILE(6)
#endif
#if ROWS > 6
TILE(7)
TILE(8)
#endif

TARGET static void NAME(multiply)(int64_t m, int64_t n, int64_t k, const T *a, int64_t row, int64_t column,
                                  const T *packed, T *c, int64_t ldc, bool add) {
    for (int64_t j = 0; j < n; j += PANEL, packed += k * PANEL) {
        for (int64_t part = 0; part < PANEL && j + part < n; part += 2 * LANES) {
            const T *b = packed + part;
            const int64_t width = n - j - part;
            T *out = c + j + part;
            int64_t i = 0;
            for (; i + ROWS <= m; i += ROWS)
                NAME(FULL_TILE)(k, a + i * row, row, column, b, out + i * ldc, ldc, width, add);
            const T *rest = a + i * row;
            T *last = out + i * ldc;
            switch (m - i) {
            case 1: NAME(tile1)(k, rest, row, column, b, last, ldc, width, add); break;
            case 2: NAME(tile2)(k, rest, row, column, b, last, ldc, width, add); break;
            case 3: NAME(tile3)(k, rest, row, column, b, last, ldc, width, add); break;
#if ROWS > 4
            case 4: NAME(tile4)(k, rest, row, column, b, last, ldc, width, add); break;
            case 5: NAME(tile5)(k, rest, row, column, b, last, ldc, width, add); break;
#endif
#if ROWS > 6
            case 6: NAME(tile6)(k, rest, row, column, b, last, ldc, width, add); break;
            case 7: NAME(tile7)(k, rest, row, column, b, last, ldc, width, add); break;
#endif
            }
        }
    }
}

#undef TILE
#undef T
#undef NAME
#undef LANES
#undef PANEL
#undef ROWS
#undef FULL_TILE
