// Softmax and its logarithm, with their gradients, in one pass over each row that stays in cache.

#include "math_f32.h"
#include "nj_softmax.h"

enum { TILE = 64, LANES = 32 };

typedef struct {
    void *out;
    const void *x, *y;
    int64_t n, inner, tiles;
    bool logarithm, interrupted;
} softmax_job;

// A row is `n` elements that lie beside each other. Otherwise TILE neighbouring columns are worked on
// together, so that loops run along memory.
#define SOFTMAX(T, S, EXP, LOG)                                                                  \
    NJ_INLINE T largest_##S(const T *x, int64_t n) {                                             \
        T lanes[LANES], result = -(T)INFINITY;                                                   \
        int64_t i = 0;                                                                           \
        for (int64_t l = 0; l < LANES; l++) lanes[l] = -(T)INFINITY;                             \
        for (; i + LANES <= n; i += LANES)                                                       \
            for (int64_t l = 0; l < LANES; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l]; \
        for (; i < n; i++) lanes[i % LANES] = x[i] > lanes[i % LANES] ? x[i] : lanes[i % LANES]; \
        for (int64_t l = 0; l < LANES; l++) result = lanes[l] > result ? lanes[l] : result;      \
        return result;                                                                           \
    }                                                                                            \
    NJ_CLONES static void softmax_row_##S(T *out, const T *x, int64_t n, bool logarithm) {       \
        _Pragma("clang fp reassociate(on)") const T shift = largest_##S(x, n);                   \
        T sum = 0;                                                                               \
        if (logarithm) {                                                                         \
            for (int64_t i = 0; i < n; i++) sum += EXP(x[i] - shift);                            \
            const T below = LOG(sum);                                                            \
            for (int64_t i = 0; i < n; i++) out[i] = (x[i] - shift) - below;                     \
            return;                                                                              \
        }                                                                                        \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T e = EXP(x[i] - shift);                                                       \
            out[i] = e;                                                                          \
            sum += e;                                                                            \
        }                                                                                        \
        const T scale = 1 / sum;                                                                 \
        for (int64_t i = 0; i < n; i++) out[i] *= scale;                                         \
    }                                                                                            \
    NJ_CLONES static void softmax_columns_##S(T *out, const T *x, int64_t n, int64_t step, int64_t m, bool logarithm) { \
        T shift[TILE], sum[TILE];                                                                \
        for (int64_t j = 0; j < m; j++) shift[j] = -(T)INFINITY, sum[j] = 0;                     \
        for (int64_t i = 0; i < n; i++)                                                          \
            for (int64_t j = 0; j < m; j++)                                                      \
                shift[j] = x[i * step + j] > shift[j] ? x[i * step + j] : shift[j];              \
        for (int64_t i = 0; i < n; i++)                                                          \
            for (int64_t j = 0; j < m; j++) {                                                    \
                const T e = EXP(x[i * step + j] - shift[j]);                                     \
                sum[j] += e;                                                                     \
                out[i * step + j] = logarithm ? x[i * step + j] - shift[j] : e;                  \
            }                                                                                    \
        for (int64_t j = 0; j < m; j++) sum[j] = logarithm ? LOG(sum[j]) : 1 / sum[j];           \
        for (int64_t i = 0; i < n; i++)                                                          \
            for (int64_t j = 0; j < m; j++)                                                      \
                out[i * step + j] = logarithm ? out[i * step + j] - sum[j] : out[i * step + j] * sum[j]; \
    }                                                                                            \
    NJ_CLONES static void slope_row_##S(T *out, const T *g, const T *y, int64_t n, bool logarithm) { \
        _Pragma("clang fp reassociate(on)") T sum = 0;                                           \
        if (logarithm) {                                                                         \
            for (int64_t i = 0; i < n; i++) sum += g[i];                                         \
            for (int64_t i = 0; i < n; i++) out[i] = g[i] - EXP(y[i]) * sum;                     \
        } else {                                                                                 \
            for (int64_t i = 0; i < n; i++) sum += g[i] * y[i];                                  \
            for (int64_t i = 0; i < n; i++) out[i] = y[i] * (g[i] - sum);                        \
        }                                                                                        \
    }                                                                                            \
    NJ_CLONES static void slope_columns_##S(T *out, const T *g, const T *y, int64_t n, int64_t step, int64_t m, \
                                            bool logarithm) {                                    \
        T sum[TILE];                                                                             \
        for (int64_t j = 0; j < m; j++) sum[j] = 0;                                              \
        for (int64_t i = 0; i < n; i++)                                                          \
            for (int64_t j = 0; j < m; j++)                                                      \
                sum[j] += logarithm ? g[i * step + j] : g[i * step + j] * y[i * step + j];       \
        for (int64_t i = 0; i < n; i++)                                                          \
            for (int64_t j = 0; j < m; j++) {                                                    \
                const int64_t at = i * step + j;                                                 \
                out[at] = logarithm ? g[at] - EXP(y[at]) * sum[j] : y[at] * (g[at] - sum[j]);    \
            }                                                                                    \
    }                                                                                            \
    static void softmax_tasks_##S(void *context, int64_t begin, int64_t end) {                   \
        softmax_job *job = context;                                                              \
        const int64_t n = job->n, inner = job->inner;                                            \
        for (int64_t task = begin; task < end && !job->interrupted; task++) {                    \
            const int64_t column = task % job->tiles * TILE, at = task / job->tiles * n * inner + column; \
            const int64_t m = inner - column < TILE ? inner - column : TILE;                     \
            T *out = (T *)job->out + at;                                                         \
            const T *x = (const T *)job->x + at, *y = job->y ? (const T *)job->y + at : NULL;    \
            if (inner == 1)                                                                      \
                y ? slope_row_##S(out, x, y, n, job->logarithm) : softmax_row_##S(out, x, n, job->logarithm); \
            else                                                                                 \
                y ? slope_columns_##S(out, x, y, n, inner, m, job->logarithm)                    \
                  : softmax_columns_##S(out, x, n, inner, m, job->logarithm);                    \
            if ((task & 255) == 255 && nj_interrupted()) job->interrupted = true;                \
        }                                                                                        \
    }
SOFTMAX(float, f32, exp_of_f32, log_of_f32)
SOFTMAX(double, f64, exp, log)

bool nj_softmax_backward(nj_dtype type, void *out, const void *gradient, const void *y, int64_t outer, int64_t n,
                         int64_t inner, bool logarithm) {
    if (outer <= 0 || n <= 0 || inner <= 0) return true;
    softmax_job job = {out, gradient, y, n, inner, (inner + TILE - 1) / TILE, logarithm, false};
    const int64_t work = n * (inner < TILE ? inner : TILE);
    nj_parallel(outer * job.tiles, 8192 / work + 1, type == NJ_FLOAT32 ? softmax_tasks_f32 : softmax_tasks_f64, &job);
    return !job.interrupted;
}

bool nj_softmax(nj_dtype type, void *out, const void *x, int64_t outer, int64_t n, int64_t inner, bool logarithm) {
    return nj_softmax_backward(type, out, x, NULL, outer, n, inner, logarithm);
}
