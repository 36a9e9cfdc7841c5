// Pooling and resampling.

#include "nj_pooling.h"
#include "nj_loop.h"
#include "stopping.h"

#include <math.h>
#include <string.h>

#define NAME(X) NAME_(X)
#define T float
#define NAME_(X) X##_f32
#include "pooling_body.h"

#define T double
#define NAME_(X) X##_f64
#include "pooling_body.h"
#undef NAME

// Tasks that make enough work for a thread, when each touches `elements`.
static int64_t grain(int64_t elements) { return 32768 / (elements + 1) + 1; }

#define POOL(TYPE, BODY, ROWS, FROM, TO, INDEX, DIVISOR)                                                \
    {                                                                                                   \
        pool_job_##TYPE job = {pool, FROM, TO, (int32_t *)(INDEX), DIVISOR, 0};                         \
        nj_parallel(pool->planes *pool->rows.ROWS, grain(pool->columns.in * pool->inner), BODY##_##TYPE, &job); \
        return (nj_outcome)job.outcome;                                                                 \
    }

nj_outcome nj_max_pool(nj_dtype type, const nj_pool *pool, const void *x, void *y, int32_t *index) {
    if (type == NJ_FLOAT64) POOL(f64, max_rows, out, x, y, index, 0)
    POOL(f32, max_rows, out, x, y, index, 0)
}

nj_outcome nj_max_pool_backward(nj_dtype type, const nj_pool *pool, const void *gy, const int32_t *index, void *gx) {
    if (type == NJ_FLOAT64) POOL(f64, max_backward_rows, in, gy, gx, index, 0)
    POOL(f32, max_backward_rows, in, gy, gx, index, 0)
}

nj_outcome nj_pool_gather(nj_dtype type, const nj_pool *pool, const void *x, const int32_t *index, void *y) {
    if (type == NJ_FLOAT64) POOL(f64, gather_rows, out, x, y, index, 0)
    POOL(f32, gather_rows, out, x, y, index, 0)
}

nj_outcome nj_average_pool(nj_dtype type, const nj_pool *pool, int64_t divisor, const void *x, void *y) {
    if (type == NJ_FLOAT64) POOL(f64, average_rows, out, x, y, NULL, divisor)
    POOL(f32, average_rows, out, x, y, NULL, divisor)
}

nj_outcome nj_average_pool_backward(nj_dtype type, const nj_pool *pool, int64_t divisor, const void *gy, void *gx) {
    if (type == NJ_FLOAT64) POOL(f64, average_backward_rows, in, gy, gx, NULL, divisor)
    POOL(f32, average_backward_rows, in, gy, gx, NULL, divisor)
}

nj_outcome nj_resample(nj_dtype type, const nj_resampling *r, const void *x, void *y) {
    if (type == NJ_FLOAT64) {
        resample_job_f64 job = {r, x, y, 0};
        nj_parallel(r->outer * r->out, grain(r->inner * 2), resample_range_f64, &job);
        return (nj_outcome)job.outcome;
    }
    resample_job_f32 job = {r, x, y, 0};
    nj_parallel(r->outer * r->out, grain(r->inner * 2), resample_range_f32, &job);
    return (nj_outcome)job.outcome;
}
