// The arithmetic of reductions. Every reducer folds rows of elements into a row of accumulators, so
// that the loops run across columns and become vector code; eight rows are joined first, so that
// wide accumulators cost little.

#include "math_f32.h"
#include "reducers.h"

// As many rows as the narrowest counter of a position can tell apart.
enum { NJ_ROWS_AT_ONCE = 32000 };
// Accumulators of a run of neighbours.
enum { NJ_LANES = 16 };

// Elements v of type T map to type M, are joined in M, and accumulate in A.
#define REDUCER(NAME, T, M, A, OUT, IDENTITY, MAP, JOIN, FINISH)                                 \
    NJ_INLINE M NAME##_map(T v, T y, double p) {                                                 \
        (void)y, (void)p;                                                                        \
        return (M)(MAP);                                                                         \
    }                                                                                            \
    NJ_INLINE M NAME##_m(M a, M b) { return (M)(JOIN); }                                         \
    NJ_INLINE A NAME##_a(A a, A b) { return (A)(JOIN); }                                         \
    static void NAME##_start(void *accumulators, int64_t *index, int64_t n) {                    \
        A *acc = accumulators;                                                                   \
        (void)index;                                                                             \
        for (int64_t j = 0; j < n; j++) acc[j] = (IDENTITY);                                     \
    }                                                                                            \
    NJ_CLONES static void NAME##_fold(const nj_fold *f, void *accumulators, int64_t *index) {    \
        A *acc = accumulators;                                                                   \
        const T *other = f->other;                                                               \
        const double p = f->parameter;                                                           \
        const char *x = f->x;                                                                    \
        const int64_t rs = f->row_stride, cs = f->column_stride, m = f->columns;                 \
        (void)index;                                                                             \
        int64_t r = 0;                                                                           \
        for (; r + 8 <= f->rows; r += 8, x += 8 * rs) {                                          \
            if (cs == sizeof(T)) {                                                               \
                NJ_VECTORIZE                                                                     \
                for (int64_t j = 0; j < m; j++) EIGHT(NAME, T, M, A, j * (int64_t)sizeof(T))     \
            } else {                                                                             \
                for (int64_t j = 0; j < m; j++) EIGHT(NAME, T, M, A, j * cs)                     \
            }                                                                                    \
        }                                                                                        \
        for (; r < f->rows; r++, x += rs) {                                                      \
            if (cs == sizeof(T)) {                                                               \
                NJ_VECTORIZE                                                                     \
                for (int64_t j = 0; j < m; j++)                                                  \
                    acc[j] = NAME##_a(acc[j], (A)NAME##_map(((const T *)x)[j], other[j], p));    \
            } else {                                                                             \
                for (int64_t j = 0; j < m; j++)                                                  \
                    acc[j] = NAME##_a(acc[j], (A)NAME##_map(*(const T *)(x + j * cs), other[j], p)); \
            }                                                                                    \
        }                                                                                        \
    }                                                                                            \
    static void NAME##_join(void *accumulators, int64_t *index, const void *others,              \
                            const int64_t *other_index, int64_t n) {                             \
        A *acc = accumulators;                                                                   \
        const A *more = others;                                                                  \
        (void)index, (void)other_index;                                                          \
        for (int64_t j = 0; j < n; j++) acc[j] = NAME##_a(acc[j], more[j]);                      \
    }                                                                                            \
    static void NAME##_finish(char *out, int64_t stride, const void *accumulators, int64_t n,    \
                              double divisor) {                                                  \
        const A *acc = accumulators;                                                             \
        (void)divisor;                                                                           \
        for (int64_t j = 0; j < n; j++) {                                                        \
            const A a = acc[j];                                                                  \
            *(OUT *)(out + j * stride) = (OUT)(FINISH);                                          \
        }                                                                                        \
    }                                                                                            \
    NJ_CLONES static void NAME##_lines(const nj_lines *l) {                                      \
        const double p = l->parameter, divisor = l->divisor;                                     \
        const int64_t n = l->n;                                                                  \
        (void)divisor;                                                                           \
        for (int64_t r = 0; r < l->rows; r++) {                                                  \
            const T *x = (const T *)(l->x + r * l->row_stride);                                  \
            const T y = l->other ? *(const T *)(l->other + r * l->other_stride) : 0;             \
            A acc[NJ_LANES];                                                                     \
            for (int j = 0; j < NJ_LANES; j++) acc[j] = (IDENTITY);                              \
            int64_t i = 0;                                                                       \
            for (; i + 8 * NJ_LANES <= n; i += 8 * NJ_LANES)                                     \
                for (int j = 0; j < NJ_LANES; j++) {                                             \
                    M v[8];                                                                      \
                    for (int k = 0; k < 8; k++) v[k] = NAME##_map(x[i + k * NJ_LANES + j], y, p); \
                    for (int k = 0; k < 4; k++) v[k] = NAME##_m(v[2 * k], v[2 * k + 1]);         \
                    acc[j] = NAME##_a(acc[j], (A)NAME##_m(NAME##_m(v[0], v[1]), NAME##_m(v[2], v[3]))); \
                }                                                                                \
            for (; i + NJ_LANES <= n; i += NJ_LANES)                                             \
                for (int j = 0; j < NJ_LANES; j++) acc[j] = NAME##_a(acc[j], (A)NAME##_map(x[i + j], y, p)); \
            A a = (IDENTITY);                                                                    \
            for (; i < n; i++) a = NAME##_a(a, (A)NAME##_map(x[i], y, p));                       \
            for (int half = NJ_LANES / 2; half > 0; half /= 2)                                   \
                for (int j = 0; j < half; j++) acc[j] = NAME##_a(acc[j], acc[j + half]);         \
            a = NAME##_a(acc[0], a);                                                             \
            *(OUT *)(l->out + r * l->out_stride) = (OUT)(FINISH);                                \
        }                                                                                        \
    }                                                                                            \
    static const nj_reducer NAME = {                                                             \
        sizeof(A), false, NAME##_start, NAME##_fold, NAME##_join, NAME##_finish, NAME##_lines};

#define AT(NAME, T, I, OFFSET) NAME##_map(*(const T *)(x + I * rs + (OFFSET)), other[j], p)
#define EIGHT(NAME, T, M, A, OFFSET)                                                             \
    {                                                                                            \
        const M v01 = NAME##_m(AT(NAME, T, 0, OFFSET), AT(NAME, T, 1, OFFSET));                  \
        const M v23 = NAME##_m(AT(NAME, T, 2, OFFSET), AT(NAME, T, 3, OFFSET));                  \
        const M v45 = NAME##_m(AT(NAME, T, 4, OFFSET), AT(NAME, T, 5, OFFSET));                  \
        const M v67 = NAME##_m(AT(NAME, T, 6, OFFSET), AT(NAME, T, 7, OFFSET));                  \
        acc[j] = NAME##_a(acc[j], (A)NAME##_m(NAME##_m(v01, v23), NAME##_m(v45, v67)));          \
    }

// Positions of the first extreme element; a NaN counts as more extreme than any number. A fold counts
// its rows in ROW, as wide as an element, so that the loop becomes vector code. Where nothing goes
// BEYOND the LOWEST value, the first row stands.
#define FINDER(NAME, T, ROW, BEYOND, LOWEST)                                                     \
    static void NAME##_start(void *accumulators, int64_t *index, int64_t n) {                    \
        T *acc = accumulators;                                                                   \
        for (int64_t j = 0; j < n; j++) acc[j] = (LOWEST), index[j] = INT64_MAX;                 \
    }                                                                                            \
    NJ_CLONES static void NAME##_fold(const nj_fold *f, void *accumulators, int64_t *index) {    \
        T *acc = accumulators;                                                                   \
        ROW found[NJ_TILE];                                                                      \
        const int64_t cs = f->column_stride, m = f->columns;                                     \
        for (int64_t first = 0; first < f->rows; first += NJ_ROWS_AT_ONCE) {                     \
            const int64_t left = f->rows - first;                                                \
            const ROW rows = (ROW)(left < NJ_ROWS_AT_ONCE ? left : NJ_ROWS_AT_ONCE);             \
            for (int64_t j = 0; j < m; j++) found[j] = -1;                                       \
            for (ROW r = 0; r < rows; r++) {                                                     \
                const char *x = f->x + (first + r) * f->row_stride;                              \
                if (cs == sizeof(T)) {                                                           \
                    NJ_VECTORIZE                                                                 \
                    for (int64_t j = 0; j < m; j++) {                                            \
                        const T a = ((const T *)x)[j], b = acc[j];                               \
                        const bool better = (a BEYOND b) | ((a != a) & (b == b));                \
                        acc[j] = better ? a : b;                                                 \
                        found[j] = better ? r : found[j];                                        \
                    }                                                                            \
                } else {                                                                         \
                    for (int64_t j = 0; j < m; j++) {                                            \
                        const T a = *(const T *)(x + j * cs), b = acc[j];                        \
                        const bool better = (a BEYOND b) | ((a != a) & (b == b));                \
                        acc[j] = better ? a : b;                                                 \
                        found[j] = better ? r : found[j];                                        \
                    }                                                                            \
                }                                                                                \
            }                                                                                    \
            for (int64_t j = 0; j < m; j++)                                                      \
                if (found[j] >= 0 || index[j] == INT64_MAX)                                      \
                    index[j] = f->base + (first + (found[j] > 0 ? found[j] : 0)) * f->row_step   \
                             + j * f->lane_step;                                                 \
        }                                                                                        \
    }                                                                                            \
    static void NAME##_join(void *accumulators, int64_t *index, const void *others,              \
                            const int64_t *other_index, int64_t n) {                             \
        T *acc = accumulators;                                                                   \
        const T *more = others;                                                                  \
        for (int64_t j = 0; j < n; j++) {                                                        \
            const T a = more[j], b = acc[j];                                                     \
            const int64_t i = other_index[j];                                                    \
            if (i == INT64_MAX) continue;                                                        \
            const bool same = a == b || (a != a && b != b);                                      \
            if (index[j] == INT64_MAX || (same ? i < index[j] : a BEYOND b || (a != a && b == b))) { \
                acc[j] = a;                                                                      \
                index[j] = i;                                                                    \
            }                                                                                    \
        }                                                                                        \
    }                                                                                            \
    static void NAME##_finish(char *out, int64_t stride, const void *accumulators, int64_t n,    \
                              double divisor) {                                                  \
        (void)divisor;                                                                           \
        for (int64_t j = 0; j < n; j++) *(T *)(out + j * stride) = ((const T *)accumulators)[j]; \
    }                                                                                            \
    static const nj_reducer NAME = {                                                             \
        sizeof(T), true, NAME##_start, NAME##_fold, NAME##_join, NAME##_finish, NULL};

#define LARGER (a != a || a > b ? a : b)
#define SMALLER (a != a || a < b ? a : b)

#define INTEGER(T, ROW, S, LOWEST, HIGHEST)                                                      \
    REDUCER(sum_##S, T, uint64_t, uint64_t, int64_t, 0, (uint64_t)(int64_t)v, a + b, a)          \
    REDUCER(prod_##S, T, uint64_t, uint64_t, int64_t, 1, (uint64_t)(int64_t)v, a * b, a)         \
    REDUCER(count_##S, T, int64_t, int64_t, int64_t, 0, v != 0, a + b, a)                        \
    REDUCER(any_##S, T, uint8_t, uint8_t, uint8_t, 0, v != 0, a | b, a)                          \
    REDUCER(all_##S, T, uint8_t, uint8_t, uint8_t, 1, v != 0, a & b, a)                          \
    REDUCER(amax_##S, T, T, T, T, LOWEST, v, a > b ? a : b, a)                                   \
    REDUCER(amin_##S, T, T, T, T, HIGHEST, v, a < b ? a : b, a)                                  \
    FINDER(argmax_##S, T, ROW, >, LOWEST)                                                        \
    FINDER(argmin_##S, T, ROW, <, HIGHEST)
INTEGER(uint8_t, int16_t, u8, 0, 255)
INTEGER(int32_t, int32_t, i32, INT32_MIN, INT32_MAX)
INTEGER(int64_t, int64_t, i64, INT64_MIN, INT64_MAX)

#define FLOATING(T, ROW, S, ABS, EXP, POW)                                                       \
    REDUCER(sum_##S, T, T, double, T, 0, v, a + b, a / divisor)                                  \
    REDUCER(nansum_##S, T, T, double, T, 0, v != v ? 0 : v, a + b, a / divisor)                  \
    REDUCER(prod_##S, T, T, double, T, 1, v, a * b, a)                                           \
    REDUCER(count_##S, T, int32_t, int64_t, int64_t, 0, v != 0, a + b, a)                        \
    REDUCER(count_numbers_##S, T, int32_t, int64_t, int64_t, 0, v == v, a + b, a)                \
    REDUCER(any_##S, T, uint8_t, uint8_t, uint8_t, 0, v != 0, a | b, a)                          \
    REDUCER(all_##S, T, uint8_t, uint8_t, uint8_t, 1, v != 0, a & b, a)                          \
    REDUCER(amax_##S, T, T, T, T, -(T)INFINITY, v, LARGER, a)                                    \
    REDUCER(amin_##S, T, T, T, T, (T)INFINITY, v, SMALLER, a)                                    \
    REDUCER(sum_abs_##S, T, T, double, T, 0, ABS(v), a + b, a / divisor)                         \
    REDUCER(sum_squares_##S, T, T, double, T, 0, v * v, a + b, a / divisor)                      \
    REDUCER(sum_powers_##S, T, T, double, T, 0, POW(ABS(v), (T)p), a + b, a / divisor)           \
    REDUCER(sum_deviations_##S, T, T, double, T, 0, (v - y) * (v - y), a + b, a / divisor)       \
    REDUCER(sum_exponentials_##S, T, T, double, T, 0, EXP(v - y), a + b, a / divisor)            \
    FINDER(argmax_##S, T, ROW, >, -(T)INFINITY)                                                  \
    FINDER(argmin_##S, T, ROW, <, (T)INFINITY)
FLOATING(float, int32_t, f32, fabsf, exp_of_f32, pow_of_f32)
FLOATING(double, int64_t, f64, fabs, exp, pow)

const nj_reducer *nj_reducer_for(nj_reduction reduction, nj_dtype type) {
    // Columns in the order of nj_dtype: bool (a byte), uint8, int32, int64, float32, float64.
#define ALL(F) {&F##_u8, &F##_u8, &F##_i32, &F##_i64, &F##_f32, &F##_f64}
#define FLOATS(F) {0, 0, 0, 0, &F##_f32, &F##_f64}
    static const nj_reducer *const table[NJ_REDUCTION_COUNT][6] = {
        [NJ_SUM] = ALL(sum), [NJ_PROD] = ALL(prod), [NJ_COUNT] = ALL(count), [NJ_ANY] = ALL(any),
        [NJ_ALL] = ALL(all), [NJ_AMAX] = ALL(amax), [NJ_AMIN] = ALL(amin), [NJ_ARGMAX] = ALL(argmax),
        [NJ_ARGMIN] = ALL(argmin), [NJ_NANSUM] = FLOATS(nansum), [NJ_COUNT_NUMBERS] = FLOATS(count_numbers),
        [NJ_SUM_ABS] = FLOATS(sum_abs), [NJ_SUM_SQUARES] = FLOATS(sum_squares),
        [NJ_SUM_POWERS] = FLOATS(sum_powers), [NJ_SUM_DEVIATIONS] = FLOATS(sum_deviations),
        [NJ_SUM_EXPONENTIALS] = FLOATS(sum_exponentials),
    };
    return table[reduction][type];
}
