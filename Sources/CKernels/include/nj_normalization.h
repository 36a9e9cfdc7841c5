// Normalization: moments, application and gradients, by channel or by row. For float32 and float64.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

// Elements of an image batch: `planes` of `size` elements for each image and channel, or, with
// `channels_last`, `size` positions of `channels` neighbouring elements for each image.
typedef struct {
    int64_t images, channels, size;
    bool channels_last;
    bool per_image;  // numbers are kept for each image and channel, else for each channel
} nj_channels;

// Means and sums of squared deviations; sums are taken by fixed chunks, so their bits do not depend
// on the number of threads.
nj_outcome nj_channel_moments(nj_dtype type, const nj_channels *g, const void *x, void *mean, void *squares);

// y = (x - mean) * scale + shift.
nj_outcome nj_channel_apply(nj_dtype type, const nj_channels *g, const void *x, const void *mean, const void *scale,
                            const void *shift, void *y);

// Sums of gy and of gy * (x - mean).
nj_outcome nj_channel_sums(nj_dtype type, const nj_channels *g, const void *gy, const void *x, const void *mean,
                           void *sums, void *products);

// gx = gy * a + (x - mean) * b + c.
nj_outcome nj_channel_gradient(nj_dtype type, const nj_channels *g, const void *gy, const void *x, const void *mean,
                               const void *a, const void *b, const void *c, void *gx);

// Rows of `width` elements: y = (x - mean) * rstd * weight + bias, where mean is left out unless
// `centered`; weight and bias may be NULL. Writes mean (when centered) and rstd of each row.
nj_outcome nj_row_normalize(nj_dtype type, int64_t rows, int64_t width, bool centered, double eps, const void *x,
                            const void *weight, const void *bias, void *y, void *mean, void *rstd);

// Gradients of the same; gweight and gbias may be NULL.
nj_outcome nj_row_normalize_backward(nj_dtype type, int64_t rows, int64_t width, bool centered, const void *gy,
                                     const void *x, const void *weight, const void *mean, const void *rstd, void *gx,
                                     void *gweight, void *gbias);
