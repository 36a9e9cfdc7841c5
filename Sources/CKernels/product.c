// Products of matrices: blocks that fit the caches are packed into strips, and a small kernel holds
// a piece of the result in registers (Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication", 2008).

#include "nj_product.h"

#include "nj_loop.h"

#include <math.h>
#include <string.h>

enum {
    STRIP_ROWS = 4,       // rows of the result held in registers
    BLOCK_ROWS = 64,      // rows of `a` packed at once
    BLOCK_INNER = 256,    // columns of `a`, rows of `b` packed at once
    BLOCK_COLUMNS = 1024  // columns of `b` packed at once
};

typedef struct {
    int64_t m, n, k;  // of this block: all rows, the columns and the inner range at hand
    nj_matrix a;
    const void *packed_b;
    void *c;
    int64_t ldc;
    bool accumulate;
    bool failed;
} product_block;

#define PRODUCT(T, NAME)                                                                         \
    typedef T NAME##_vector __attribute__((vector_size(64), aligned(sizeof(T))));                \
    enum { NAME##_lanes = 64 / sizeof(T), NAME##_columns = 2 * NAME##_lanes };                   \
                                                                                                 \
    /* A strip of `a` times a strip of `b`. */                                                   \
    NJ_INLINE void NAME##_strips(                                                                \
        int64_t k, const T *a, const T *b, T *c, int64_t ldc, int64_t rows, int64_t columns, bool accumulate) { \
        NAME##_vector sum[STRIP_ROWS][2] = {0};                                                  \
        for (int64_t p = 0; p < k; p++, a += STRIP_ROWS, b += NAME##_columns) {                  \
            const NAME##_vector b0 = *(const NAME##_vector *)b;                                  \
            const NAME##_vector b1 = *(const NAME##_vector *)(b + NAME##_lanes);                 \
            for (int i = 0; i < STRIP_ROWS; i++) {                                               \
                sum[i][0] += b0 * a[i];                                                          \
                sum[i][1] += b1 * a[i];                                                          \
            }                                                                                    \
        }                                                                                        \
        T out[STRIP_ROWS][NAME##_columns];                                                       \
        memcpy(out, sum, sizeof out);                                                            \
        for (int64_t i = 0; i < rows; i++)                                                       \
            for (int64_t j = 0; j < columns; j++)                                                \
                c[i * ldc + j] = accumulate ? c[i * ldc + j] + out[i][j] : out[i][j];            \
    }                                                                                            \
                                                                                                 \
    static void NAME##_pack_a(T *out, const T *a, nj_matrix s, int64_t m, int64_t k) {           \
        for (int64_t i = 0; i < m; i += STRIP_ROWS)                                              \
            for (int64_t p = 0; p < k; p++)                                                      \
                for (int64_t r = i; r < i + STRIP_ROWS; r++)                                     \
                    *out++ = r < m ? a[r * s.row + p * s.column] : 0;                            \
    }                                                                                            \
                                                                                                 \
    static void NAME##_pack_b(T *out, const T *b, nj_matrix s, int64_t k, int64_t n) {           \
        for (int64_t j = 0; j < n; j += NAME##_columns)                                          \
            for (int64_t p = 0; p < k; p++)                                                      \
                for (int64_t q = j; q < j + NAME##_columns; q++)                                 \
                    *out++ = q < n ? b[p * s.row + q * s.column] : 0;                            \
    }                                                                                            \
                                                                                                 \
    NJ_CLONES static void NAME##_block(                                                          \
        const T *a, const T *b, T *c, int64_t ldc, int64_t m, int64_t n, int64_t k, bool accumulate) { \
        for (int64_t j = 0; j < n; j += NAME##_columns)                                          \
            for (int64_t i = 0; i < m; i += STRIP_ROWS)                                          \
                NAME##_strips(k, a + i * k, b + j * k, c + i * ldc + j, ldc, m - i < STRIP_ROWS ? m - i : STRIP_ROWS, \
                              n - j < NAME##_columns ? n - j : NAME##_columns, accumulate);      \
    }                                                                                            \
                                                                                                 \
    static void NAME##_rows(void *context, int64_t begin, int64_t end) {                         \
        product_block *w = context;                                                              \
        size_t capacity;                                                                         \
        T *packed = nj_allocate(sizeof(T) * BLOCK_ROWS * BLOCK_INNER, &capacity);                \
        if (!packed) {                                                                           \
            w->failed = true;                                                                    \
            return;                                                                              \
        }                                                                                        \
        for (int64_t block = begin; block < end && !nj_interrupted(); block++) {                 \
            int64_t i = block * BLOCK_ROWS, m = w->m - i < BLOCK_ROWS ? w->m - i : BLOCK_ROWS;   \
            NAME##_pack_a(packed, (const T *)w->a.data + i * w->a.row, w->a, m, w->k);           \
            NAME##_block(packed, w->packed_b, (T *)w->c + i * w->ldc, w->ldc, m, w->n, w->k, w->accumulate); \
        }                                                                                        \
        nj_release(packed, capacity);                                                            \
    }                                                                                            \
                                                                                                 \
    static nj_outcome NAME##_product(                                                            \
        int64_t m, int64_t n, int64_t k, nj_matrix a, nj_matrix b, T *c, int64_t ldc, bool accumulate) { \
        if (k == 0 && !accumulate)                                                               \
            for (int64_t i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(T));       \
        if (m == 0 || n == 0 || k == 0) return NJ_DONE;                                          \
        int64_t inner = k < BLOCK_INNER ? k : BLOCK_INNER;                                       \
        int64_t columns = n < BLOCK_COLUMNS ? (n + NAME##_columns - 1) / NAME##_columns * NAME##_columns : BLOCK_COLUMNS; \
        size_t capacity;                                                                         \
        T *packed = nj_allocate(sizeof(T) * (size_t)(inner * columns), &capacity);               \
        if (!packed) return NJ_NO_MEMORY;                                                        \
        nj_outcome outcome = NJ_DONE;                                                            \
        for (int64_t p = 0; p < k && outcome == NJ_DONE; p += BLOCK_INNER) {                     \
            int64_t depth = k - p < BLOCK_INNER ? k - p : BLOCK_INNER;                           \
            for (int64_t j = 0; j < n; j += BLOCK_COLUMNS) {                                     \
                int64_t width = n - j < BLOCK_COLUMNS ? n - j : BLOCK_COLUMNS;                   \
                NAME##_pack_b(packed, (const T *)b.data + p * b.row + j * b.column, b, depth, width); \
                product_block w = {m, width, depth, a, packed, c + j, ldc, accumulate || p > 0, false}; \
                w.a.data = (const T *)a.data + p * a.column;                                     \
                int64_t grain = 1 + (1 << 18) / (BLOCK_ROWS * depth * width + 1);                \
                nj_parallel((m + BLOCK_ROWS - 1) / BLOCK_ROWS, grain, NAME##_rows, &w);          \
                if (w.failed) outcome = NJ_NO_MEMORY;                                            \
                if (nj_interrupted()) outcome = NJ_STOPPED;                                      \
                if (outcome != NJ_DONE) break;                                                   \
            }                                                                                    \
        }                                                                                        \
        nj_release(packed, capacity);                                                            \
        return outcome;                                                                          \
    }

// Integers wrap around, so their products are those of unsigned numbers.
PRODUCT(float, f32)
PRODUCT(double, f64)
PRODUCT(uint64_t, i64)
PRODUCT(uint32_t, i32)
PRODUCT(uint8_t, u8)

nj_outcome nj_product(
    nj_dtype type, int64_t m, int64_t n, int64_t k, nj_matrix a, nj_matrix b, void *c, int64_t ldc, bool accumulate) {
    switch (type) {
        case NJ_FLOAT64: return f64_product(m, n, k, a, b, c, ldc, accumulate);
        case NJ_INT64: return i64_product(m, n, k, a, b, c, ldc, accumulate);
        case NJ_INT32: return i32_product(m, n, k, a, b, c, ldc, accumulate);
        case NJ_UINT8: return u8_product(m, n, k, a, b, c, ldc, accumulate);
        case NJ_FLOAT32: return f32_product(m, n, k, a, b, c, ldc, accumulate);
        case NJ_BOOL: break;
    }
    return NJ_DONE;
}

// Rows of `b` scaled and added up, which lie in order in memory.
NJ_CLONES static void small_rows(
    int64_t m, int64_t n, int64_t k, nj_matrix a, const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate) {
    const float *in = a.data;
    for (int64_t i = 0; i < m; i++, c += ldc) {
        if (!accumulate) memset(c, 0, (size_t)n * sizeof(float));
        for (int64_t p = 0; p < k; p++) {
            const float x = in[i * a.row + p * a.column], *row = b + p * ldb;
            NJ_VECTORIZE
            for (int64_t j = 0; j < n; j++) c[j] += x * row[j];
        }
    }
}

void nj_small_product_f32(
    int64_t m, int64_t n, int64_t k, nj_matrix a, nj_matrix b, float *c, int64_t ldc, bool accumulate) {
    const float *from = b.data;
    if (b.column == 1 || n == 1) {
        small_rows(m, n, k, a, from, b.row, c, ldc, accumulate);
        return;
    }
    float ordered[NJ_SMALL_PRODUCT];
    for (int64_t p = 0; p < k; p++)
        for (int64_t j = 0; j < n; j++) ordered[p * n + j] = from[p * b.row + j * b.column];
    small_rows(m, n, k, a, ordered, n, c, ldc, accumulate);
}

void nj_repeat_row(void *out, const void *row, int64_t rows, int64_t n, int64_t stride, int64_t size) {
    char *to = out;
    for (int64_t i = 0; i < rows; i++) memcpy(to + i * stride * size, row, (size_t)(n * size));
}

// ---- Distances

typedef struct {
    const void *x, *y;
    void *out;
    int64_t r, m;
} distances_job;

#define DISTANCES(T, ROOT, NAME)                                                                 \
    NJ_CLONES static void NAME(void *context, int64_t begin, int64_t end) {                      \
        const distances_job *w = context;                                                        \
        for (int64_t i = begin; i < end && !nj_interrupted(); i++) {                             \
            const T *a = (const T *)w->x + i * w->m;                                             \
            for (int64_t j = 0; j < w->r; j++) {                                                 \
                const T *b = (const T *)w->y + j * w->m;                                         \
                T sum = 0;                                                                       \
                {                                                                                \
                    _Pragma("clang fp reassociate(on)")                                          \
                    for (int64_t q = 0; q < w->m; q++) sum += (a[q] - b[q]) * (a[q] - b[q]);     \
                }                                                                                \
                ((T *)w->out)[i * w->r + j] = ROOT(sum);                                         \
            }                                                                                    \
        }                                                                                        \
    }

DISTANCES(float, sqrtf, distances_f32)
DISTANCES(double, sqrt, distances_f64)

bool nj_distances(nj_dtype type, const void *x, const void *y, void *out, int64_t p, int64_t r, int64_t m) {
    distances_job job = {x, y, out, r, m};
    nj_parallel(p, (1 << 15) / (r * m + 1) + 1, type == NJ_FLOAT64 ? distances_f64 : distances_f32, &job);
    return !nj_interrupted();
}
