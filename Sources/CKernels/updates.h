// What the update rules of optimizers share.
#pragma once

#include "nj_learning.h"
#include "nj_loop.h"

#include <math.h>

// Updates elements `begin` and the `n` that follow.
typedef void (*update_function)(const nj_update_item *item, int64_t begin, int64_t n, const double *options);

// A rule for one type.
#define UPDATE(NAME)                                                                             \
    NJ_CLONES static void NAME(const nj_update_item *item, int64_t begin, int64_t n, const double *options)

// The array at a position of the item, from `begin` on.
#define ARRAY(T, INDEX) ((T *)item->arrays[INDEX] + begin)
#define SIGN(x) ((x) > 0 ? 1 : (x) < 0 ? -1 : 0)

// Defines a rule for float32 and float64 and the pair of both.
#define RULE(NAME, BODY)                                                                         \
    BODY(NAME##_f32, float, sqrtf, fabsf)                                                        \
    BODY(NAME##_f64, double, sqrt, fabs)                                                         \
    const update_function nj_update_##NAME[2] = {NAME##_f32, NAME##_f64};
