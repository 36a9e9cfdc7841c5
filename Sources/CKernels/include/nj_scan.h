// Running totals and extremes along one dimension, and counts.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

typedef enum { NJ_CUMSUM, NJ_CUMPROD, NJ_CUMMAX, NJ_CUMMIN } nj_scan_kind;

// Operands are contiguous: `outer` by `n` by `inner` elements, the scan runs over n, from the end when
// `reversed`. CUMSUM and CUMPROD take int64, float32 and float64; CUMMAX and CUMMIN every type, and give
// the position of the last of equal elements. Returns false when interrupted.
bool nj_scan(nj_scan_kind kind, nj_dtype type, void *out, int64_t *positions, const void *x, int64_t outer, int64_t n,
             int64_t inner, bool reversed);

// The start of the longest run of equal elements in each sorted row, and the position of its last.
void nj_longest_runs(nj_dtype type, const void *sorted, int64_t rows, int64_t n, int64_t *last);

// Counts elements in equal bins between low and high; `high` belongs to the last. `type` is float32 or
// float64, as are `counts`.
void nj_histogram(nj_dtype type, void *counts, const void *x, int64_t n, int64_t bins, double low, double high);

// Counts values, or adds up their weights (float64, may be NULL). Returns the position of a value
// outside 0..<size, or -1.
int64_t nj_bincount(int64_t *counts, double *sums, const int64_t *x, const double *weights, int64_t n, int64_t size);
