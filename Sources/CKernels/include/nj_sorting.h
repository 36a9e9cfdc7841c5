// Order: sorting, selecting, searching.
#pragma once

#include "nj_product.h"

// All of these work on rows of `n` neighbouring elements. NaN is greater than every number, zeros of
// either sign are equal, and equal elements keep their order.

// Sorts rows; `indices` gets where each value stood.
nj_outcome nj_sort(
    nj_dtype type, const void *in, void *values, int64_t *indices, int64_t rows, int64_t n, bool descending);

// The `k` least (or largest) elements of each row in order.
nj_outcome nj_topk(
    nj_dtype type, const void *in, void *values, int64_t *indices, int64_t rows, int64_t n, int64_t k, bool largest);

// The element that would stand at position `k` of each sorted row.
nj_outcome nj_kth(nj_dtype type, const void *in, void *values, int64_t *indices, int64_t rows, int64_t n, int64_t k);

// The different elements of a sorted row, how often each occurs and, for each position before
// sorting, which of them stood there. Returns how many there are. NaN differs from itself.
int64_t nj_unique(
    nj_dtype type, const void *sorted, const int64_t *indices, int64_t n, void *values, int64_t *inverse, int64_t *counts);

// Where values would be inserted into sorted rows: before equal elements, or after them when
// `after`. With a single row all values are looked up in it.
bool nj_search(
    nj_dtype type, const void *sorted, int64_t rows, int64_t n, const void *values, int64_t count, int64_t *out, bool after);
