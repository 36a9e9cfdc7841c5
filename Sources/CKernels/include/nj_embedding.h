// Rows looked up by number, and gradients added to them.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

// Copies row `positions[i]` of `table` to row i of `out`; rows are `bytes` long.
nj_outcome nj_take_rows(const void *table, const int64_t *positions, int64_t count, int64_t bytes, void *out);

// out[positions[i]] += weight[i] * rows[of ? of[i] : i], in order, on a table of `size` rows that is
// cleared first; weight may be NULL. Rows numbered `skip` get nothing. For float32 and float64.
nj_outcome nj_add_rows(nj_dtype type, const void *rows, const int64_t *of, const void *weight, const int64_t *positions,
                       int64_t count, int64_t width, int64_t size, int64_t skip, void *out);

typedef enum { NJ_BAG_SUM, NJ_BAG_MEAN, NJ_BAG_MAX } nj_bag;

// Row b of `out` gathers table[positions[i]] * weight[i] for i in offsets[b]..<offsets[b + 1], leaving
// out rows numbered `skip`; for the maximum, `chosen` gets the row each element came from (-1: none).
nj_outcome nj_bag_rows(nj_dtype type, nj_bag mode, const void *table, const int64_t *positions, const void *weight,
                       const int64_t *offsets, int64_t bags, int64_t width, int64_t skip, void *out, int64_t *chosen);
