// Pooling over windows of a plane, and resampling along a dimension. For float32 and float64.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

// The windows along one axis. Window o covers begin[o], begin[o] + step, ... below end[o], and
// counts as count[o] positions in an average; first[i]..<last[i] are the windows that may hold
// position i.
typedef struct {
    int64_t in, out, step;
    const int64_t *begin, *end, *count;
    const int64_t *first, *last;
} nj_windows;

// `planes` planes of in × in positions, each of `inner` neighbouring elements that do not mix.
typedef struct {
    int64_t planes, inner;
    nj_windows rows, columns;
} nj_pool;

// The largest element of each window, the first of equals; NaN counts as largest. `index`, when not
// NULL, gets its position in the plane.
nj_outcome nj_max_pool(nj_dtype type, const nj_pool *pool, const void *x, void *y, int32_t *index);
// Each result's gradient to the element it came from.
nj_outcome nj_max_pool_backward(nj_dtype type, const nj_pool *pool, const void *gy, const int32_t *index, void *gx);
// The elements at given positions: the transpose of the gradient above.
nj_outcome nj_pool_gather(nj_dtype type, const nj_pool *pool, const void *x, const int32_t *index, void *y);

// The mean of each window; `divisor` replaces the number of positions unless it is 0.
nj_outcome nj_average_pool(nj_dtype type, const nj_pool *pool, int64_t divisor, const void *x, void *y);
nj_outcome nj_average_pool_backward(nj_dtype type, const nj_pool *pool, int64_t divisor, const void *gy, void *gx);

// A sparse matrix along one dimension: y[.., o, ..] = sum of weight[k] * x[.., position[k], ..] for
// k in start[o]..<start[o + 1].
typedef struct {
    int64_t outer, in, out, inner;
    const int64_t *start, *position;
    const double *weight;
} nj_resampling;

nj_outcome nj_resample(nj_dtype type, const nj_resampling *resampling, const void *x, void *y);
