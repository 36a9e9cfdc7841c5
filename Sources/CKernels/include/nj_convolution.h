// Convolutions by definition, for what oneDNN does not take (float64). Row-major operands: images
// and results [batch, groups · channels, spatial…], weights [groups · out, in, window…].
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

// Up to three spatial dimensions, missing ones of size 1 in front. Channels are those of one group.
typedef struct {
    int64_t batch, groups, in_channels, out_channels;
    int64_t in[3], out[3], window[3], stride[3], dilation[3], padding[3];
} nj_convolution;

// y = convolution of x with w, plus bias unless it is NULL.
nj_outcome nj_convolve(nj_dtype type, const nj_convolution *c, const void *x, const void *w, const void *bias, void *y);
// The gradient of x from that of y.
nj_outcome nj_convolve_data(nj_dtype type, const nj_convolution *c, const void *gy, const void *w, void *gx);
// The gradient of w from that of y.
nj_outcome nj_convolve_weights(nj_dtype type, const nj_convolution *c, const void *gy, const void *x, void *gw);
