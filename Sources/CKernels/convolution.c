// Convolutions by definition.

#include "nj_convolution.h"
#include "nj_loop.h"
#include "stopping.h"

#include <string.h>

#define NAME(X) NAME_(X)
#define T float
#define NAME_(X) X##_f32
#include "convolution_body.h"

#define T double
#define NAME_(X) X##_f64
#include "convolution_body.h"
#undef NAME

#define CONVOLVE(TYPE, BODY, TASKS, A, B, BIAS, OUT)            \
    {                                                           \
        convolve_job_##TYPE job = {c, A, B, BIAS, OUT, 0};      \
        nj_parallel(TASKS, 1, BODY##_##TYPE, &job);             \
        return (nj_outcome)job.outcome;                         \
    }

nj_outcome nj_convolve(nj_dtype type, const nj_convolution *c, const void *x, const void *w, const void *bias, void *y) {
    const int64_t tasks = c->batch * c->groups * c->out_channels;
    if (type == NJ_FLOAT64) CONVOLVE(f64, forward_planes, tasks, x, w, bias, y)
    CONVOLVE(f32, forward_planes, tasks, x, w, bias, y)
}

nj_outcome nj_convolve_data(nj_dtype type, const nj_convolution *c, const void *gy, const void *w, void *gx) {
    const int64_t tasks = c->batch * c->groups * c->in_channels;
    if (type == NJ_FLOAT64) CONVOLVE(f64, data_planes, tasks, gy, w, NULL, gx)
    CONVOLVE(f32, data_planes, tasks, gy, w, NULL, gx)
}

nj_outcome nj_convolve_weights(nj_dtype type, const nj_convolution *c, const void *gy, const void *x, void *gw) {
    const int64_t tasks = c->groups * c->out_channels * c->in_channels;
    if (type == NJ_FLOAT64) CONVOLVE(f64, weight_planes, tasks, gy, x, NULL, gw)
    CONVOLVE(f32, weight_planes, tasks, gy, x, NULL, gw)
}
