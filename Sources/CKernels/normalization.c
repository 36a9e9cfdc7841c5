// Normalization by channel (batch, group, instance) and by row (layer, root mean square).

#include "nj_normalization.h"
#include "nj_loop.h"
#include "stopping.h"

#include <math.h>
#include <string.h>

// Numbers that are added up before partial sums are merged in double.
enum { CHUNK = 4096 };
// Numbers in a row that several short rows make together.
enum { WIDE = 256 };

#define NAME(X) NAME_(X)
#define T float
#define NAME_(X) X##_f32
#define SQRT sqrtf
#include "normalization_body.h"

#define T double
#define NAME_(X) X##_f64
#define SQRT sqrt
#include "normalization_body.h"
#undef NAME

#define DISPATCH(FUNCTION, ...) \
    return type == NJ_FLOAT64 ? FUNCTION##_f64(__VA_ARGS__) : FUNCTION##_f32(__VA_ARGS__);

nj_outcome nj_channel_moments(nj_dtype type, const nj_channels *g, const void *x, void *mean, void *squares) {
    DISPATCH(channel_moments, g, x, mean, squares)
}

nj_outcome nj_channel_sums(nj_dtype type, const nj_channels *g, const void *gy, const void *x, const void *mean,
                           void *sums, void *products) {
    DISPATCH(channel_sums, g, gy, x, mean, sums, products)
}

nj_outcome nj_channel_apply(nj_dtype type, const nj_channels *g, const void *x, const void *mean, const void *scale,
                            const void *shift, void *y) {
    if (type == NJ_FLOAT64) {
        channel_job_f64 job = {.g = g, .x = x, .mean = mean, .a = scale, .b = shift, .c = shift, .y = y};
        return elementwise_f64(&job);
    }
    channel_job_f32 job = {.g = g, .x = x, .mean = mean, .a = scale, .b = shift, .c = shift, .y = y};
    return elementwise_f32(&job);
}

nj_outcome nj_channel_gradient(nj_dtype type, const nj_channels *g, const void *gy, const void *x, const void *mean,
                               const void *a, const void *b, const void *c, void *gx) {
    if (type == NJ_FLOAT64) {
        channel_job_f64 job = {.g = g, .gy = gy, .x = x, .mean = mean, .a = a, .b = b, .c = c, .y = gx};
        return elementwise_f64(&job);
    }
    channel_job_f32 job = {.g = g, .gy = gy, .x = x, .mean = mean, .a = a, .b = b, .c = c, .y = gx};
    return elementwise_f32(&job);
}

nj_outcome nj_row_normalize(nj_dtype type, int64_t rows, int64_t width, bool centered, double eps, const void *x,
                            const void *weight, const void *bias, void *y, void *mean, void *rstd) {
    const int64_t grain = CHUNK * 2 / (width + 1) + 1;
    if (type == NJ_FLOAT64) {
        row_job_f64 job = {.rows = rows, .width = width, .centered = centered, .eps = eps, .x = x, .weight = weight,
                           .bias = bias, .y = y, .mean = mean, .rstd = rstd};
        nj_parallel(rows, grain, normalize_rows_f64, &job);
        return (nj_outcome)job.outcome;
    }
    row_job_f32 job = {.rows = rows, .width = width, .centered = centered, .eps = (float)eps, .x = x, .weight = weight,
                       .bias = bias, .y = y, .mean = mean, .rstd = rstd};
    nj_parallel(rows, grain, normalize_rows_f32, &job);
    return (nj_outcome)job.outcome;
}

nj_outcome nj_row_normalize_backward(nj_dtype type, int64_t rows, int64_t width, bool centered, const void *gy,
                                     const void *x, const void *weight, const void *mean, const void *rstd, void *gx,
                                     void *gweight, void *gbias) {
    if (type == NJ_FLOAT64) {
        row_job_f64 job = {.rows = rows, .width = width, .centered = centered, .x = x, .weight = weight, .gy = gy,
                           .y = gx, .mean = (double *)mean, .rstd = (double *)rstd};
        return rows_backward_f64(&job, gweight, gbias);
    }
    row_job_f32 job = {.rows = rows, .width = width, .centered = centered, .x = x, .weight = weight, .gy = gy,
                       .y = gx, .mean = (float *)mean, .rstd = (float *)rstd};
    return rows_backward_f32(&job, gweight, gbias);
}
