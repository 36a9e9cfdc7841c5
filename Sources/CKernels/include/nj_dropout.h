// Dropping elements by a mask of bytes.
#pragma once

#include "nj_core.h"

// out[i] = x[i] * scale where mask[i] is 1, else 0.
bool nj_masked_scale(nj_dtype type, void *out, const void *x, const uint8_t *mask, int64_t n, double scale);
