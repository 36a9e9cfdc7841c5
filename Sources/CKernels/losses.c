// Fused losses.

#include "nj_learning.h"
#include "nj_loop.h"

#include <math.h>
#include <string.h>

// e^x for x <= 0, which is all a softmax needs: 2^n * P(r), |r| <= ln 2 / 2, error below 2 ulp.
NJ_INLINE float exp_nonpositive_f32(float x) {
    // NaN passes through, since comparisons with it are false.
    const float clamped = x < -104.0f ? -104.0f : x;
    const float n = (clamped * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
    const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    const float value = p * r * r + r + 1.0f;
    // Two factors, since 2^n alone may be below the smallest normal number.
    const int32_t e = x != x ? 0 : (int32_t)n, half = e >> 1;
    union { int32_t i; float f; } a = {.i = (half + 127) << 23}, b = {.i = (e - half + 127) << 23};
    return value * a.f * b.f;
}

NJ_CLONES static void exp_rows_f32(float *e, int64_t n) {
    NJ_VECTORIZE
    for (int64_t k = 0; k < n; k++) e[k] = exp_nonpositive_f32(e[k]);
}

static void exp_rows_f64(double *e, int64_t n) {
    for (int64_t k = 0; k < n; k++) e[k] = exp(e[k]);
}

// Reductions of a row in a fixed order of 16 lanes, the same on every processor.
#define ROW_REDUCTIONS(T, SUFFIX)                                                                    NJ_INLINE T row_max_##SUFFIX(const T *x, int64_t n) {                                                T lanes[16], result = x[0];                                                                      int64_t c = 0;                                                                                   if (n >= 16) {                                                                                       for (int j = 0; j < 16; j++) lanes[j] = x[j];                                                    for (c = 16; c + 16 <= n; c += 16)                                                                   for (int j = 0; j < 16; j++) lanes[j] = x[c + j] > lanes[j] ? x[c + j] : lanes[j];             for (int j = 0; j < 16; j++) result = lanes[j] > result ? lanes[j] : result;                 }                                                                                                for (; c < n; c++) result = x[c] > result ? x[c] : result;                                       return result;                                                                               }                                                                                                NJ_INLINE T row_sum_##SUFFIX(const T *x, int64_t n) {                                                T lanes[16] = {0}, result = 0;                                                                   int64_t c = 0;                                                                                   for (; c + 16 <= n; c += 16)                                                                         for (int j = 0; j < 16; j++) lanes[j] += x[c + j];                                           for (int j = 0; j < 16; j++) result += lanes[j];                                                 for (; c < n; c++) result += x[c];                                                               return result;                                                                               }
ROW_REDUCTIONS(float, f32)
ROW_REDUCTIONS(double, f64)

// A block of rows is walked together so that rows of few classes fill vectors as well.
#define CROSS_ENTROPY(NAME, T, SUFFIX, LOG)                                                         \
    NJ_CLONES static void NAME(void *context, int64_t begin, int64_t end) {                      \
        const nj_cross_entropy_job *job = context;                                               \
        const int64_t C = job->classes;                                                          \
        const T *weights = job->weights;                                                         \
        const T share = (T)(job->smoothing / (double)C), kept = (T)(1 - job->smoothing);         \
        T weight_total = (T)C;                                                                   \
        if (weights) {                                                                           \
            weight_total = 0;                                                                    \
            for (int64_t c = 0; c < C; c++) weight_total += weights[c];                          \
        }                                                                                        \
        int64_t block = 2048 / C;                                                                \
        if (block < 1) block = 1;                                                                \
        for (int64_t first = begin; first < end; first += block) {                               \
            const int64_t last = first + block < end ? first + block : end;                      \
            const T *x = (const T *)job->scores + first * C;                                     \
            T *e = (T *)job->slopes + first * C, *losses = job->losses;                          \
            for (int64_t i = 0; i < last - first; i++) {                                         \
                const T largest = row_max_##SUFFIX(x + i * C, C);                                \
                losses[first + i] = largest;                                                     \
                NJ_VECTORIZE                                                                     \
                for (int64_t c = 0; c < C; c++) e[i * C + c] = x[i * C + c] - largest;           \
            }                                                                                    \
            exp_rows_##SUFFIX(e, (last - first) * C);                                            \
            for (int64_t i = 0; i < last - first; i++) {                                         \
                const T *row = x + i * C;                                                        \
                T *p = e + i * C;                                                                \
                const int64_t label = job->labels[first + i];                                    \
                if (label == job->ignored) {                                                     \
                    losses[first + i] = 0;                                                       \
                    memset(p, 0, (size_t)C * sizeof(T));                                         \
                    continue;                                                                    \
                }                                                                                \
                const T sum = row_sum_##SUFFIX(p, C);                                            \
                const T normalizer = losses[first + i] + LOG(sum);                               \
                const T weight = weights ? weights[label] : 1;                                   \
                T loss = kept * weight * (normalizer - row[label]);                              \
                if (share > 0) {                                                                 \
                    T smooth = 0;                                                                \
                    if (weights)                                                                 \
                        for (int64_t c = 0; c < C; c++) smooth += weights[c] * (normalizer - row[c]); \
                    else                                                                         \
                        for (int64_t c = 0; c < C; c++) smooth += normalizer - row[c];           \
                    loss += share * smooth;                                                      \
                }                                                                                \
                losses[first + i] = loss;                                                        \
                if (!job->wants_slopes) continue;                                                \
                const T scale = (kept * weight + share * weight_total) / sum;                    \
                if (share > 0 && weights)                                                        \
                    for (int64_t c = 0; c < C; c++) p[c] = p[c] * scale - share * weights[c];    \
                else                                                                             \
                    for (int64_t c = 0; c < C; c++) p[c] = p[c] * scale - share;                 \
                p[label] -= kept * weight;                                                       \
            }                                                                                    \
        }                                                                                        \
    }

CROSS_ENTROPY(cross_entropy_f32, float, f32, logf)
CROSS_ENTROPY(cross_entropy_f64, double, f64, log)

void nj_cross_entropy(nj_cross_entropy_job *job) {
    job->loss_sum = 0;
    job->weight_sum = 0;
    if (job->rows == 0 || job->classes == 0) return;
    const bool single = job->type == NJ_FLOAT32;
    int64_t grain = 16384 / job->classes;
    nj_parallel(job->rows, grain > 1 ? grain : 1, single ? cross_entropy_f32 : cross_entropy_f64, job);
    // One after the other in double, so that the bits do not depend on the number of threads.
    for (int64_t i = 0; i < job->rows; i++) {
        job->loss_sum += single ? ((const float *)job->losses)[i] : ((const double *)job->losses)[i];
        const int64_t label = job->labels[i];
        if (label == job->ignored) continue;
        if (!job->weights) job->weight_sum += 1;
        else job->weight_sum += single ? ((const float *)job->weights)[label] : ((const double *)job->weights)[label];
    }
}

int64_t nj_find_bad_label(
    const int64_t *labels, int64_t n, int64_t classes, int64_t ignored, int64_t *smallest, int64_t *largest) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (int64_t i = 0; i < n; i++) {
        if (labels[i] == ignored) continue;
        if (labels[i] < low) low = labels[i];
        if (labels[i] > high) high = labels[i];
    }
    *smallest = low;
    *largest = high;
    if (low > high || (low >= 0 && high < classes)) return -1;
    for (int64_t i = 0; i < n; i++)
        if (labels[i] != ignored && (labels[i] < 0 || labels[i] >= classes)) return i;
    return -1;
}
