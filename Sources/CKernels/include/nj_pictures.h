// Pictures as planes of numbers, channels × height × width, for the augmentation of data.
#pragma once

#include "nj_core.h"

// What lies outside of a picture: a number, its outermost pixels, or the picture mirrored without and
// with its outermost pixels coming twice.
typedef enum { NJ_PAD_CONSTANT, NJ_PAD_EDGE, NJ_PAD_REFLECT, NJ_PAD_SYMMETRIC } nj_padding;

typedef struct {
    int64_t channels, height, width;
} nj_picture_size;

// The window of `height` × `width` pixels whose first pixel is (top, left), which may lie outside.
void nj_picture_crop(float *out, int64_t height, int64_t width, const float *in, nj_picture_size size, int64_t top,
                     int64_t left, nj_padding padding, float fill);
// Mirrored left to right, or upside down.
void nj_picture_flip(float *out, const float *in, nj_picture_size size, bool upside_down);
// Every pixel (x, y), counted from the centre, from (m0 x + m1 y + m2, m3 x + m4 y + m5).
void nj_picture_map(float *out, const float *in, nj_picture_size size, const double m[6], bool bilinear, float fill);
// In another size: the nearest pixel, or a mean weighted by a triangle as wide as two pixels of the result
// (with `antialias`) or of the original. False when there is no memory.
bool nj_picture_resize(float *out, int64_t height, int64_t width, const float *in, nj_picture_size size, bool bilinear,
                       bool antialias);

// (x - a[c]) * b[c] for each channel c.
void nj_picture_scale(float *x, nj_picture_size size, const float *a, const float *b);
// factor · x + (1 - factor) · other, cut to 0..bound, where the other is black, the picture's mean
// brightness, or its brightness pixel by pixel.
void nj_picture_brightness(float *x, nj_picture_size size, float factor, float bound);
void nj_picture_contrast(float *x, nj_picture_size size, float factor, float bound);
void nj_picture_saturation(float *x, nj_picture_size size, float factor, float bound);
// Turns the hue of red, green and blue by a share of the circle.
void nj_picture_hue(float *x, nj_picture_size size, float turn, float bound);
// x + noise, cut to 0..bound unless the bound is 0.
void nj_picture_add(float *x, const float *noise, int64_t n, float bound);
