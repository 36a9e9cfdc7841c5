// Softmax along one dimension of contiguous operands.
#pragma once

#include "nj_core.h"

// Operands are `outer` by `n` by `inner` elements of float32 or float64; the softmax runs over n.
// `logarithm` gives log_softmax instead. Returns false when interrupted.
bool nj_softmax(nj_dtype type, void *out, const void *x, int64_t outer, int64_t n, int64_t inner, bool logarithm);

// The input's gradient from the result `y` and its gradient.
bool nj_softmax_backward(nj_dtype type, void *out, const void *gradient, const void *y, int64_t outer, int64_t n,
                         int64_t inner, bool logarithm);
