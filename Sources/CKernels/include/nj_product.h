// Products of matrices.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

// A matrix anywhere in memory; strides are in elements.
typedef struct {
    const void *data;
    int64_t row, column;
} nj_matrix;

// c = a b, or c += a b when `accumulate`. `a` is m×k, `b` k×n, `c` row-major with `ldc` elements
// from row to row. Every element is added up in the same order whatever the number of threads.
// There is no product of bools.
nj_outcome nj_product(
    nj_dtype type, int64_t m, int64_t n, int64_t k, nj_matrix a, nj_matrix b, void *c, int64_t ldc, bool accumulate);

// The same for float32 when m, n and k are small: m * n * k at most NJ_SMALL_PRODUCT.
enum { NJ_SMALL_PRODUCT = 4096 };
void nj_small_product_f32(
    int64_t m, int64_t n, int64_t k, nj_matrix a, nj_matrix b, float *c, int64_t ldc, bool accumulate);

// Copies a row of `n` elements into each of `rows` rows that are `stride` elements apart.
void nj_repeat_row(void *out, const void *row, int64_t rows, int64_t n, int64_t stride, int64_t size);

// Euclidean distances of all pairs of rows of x (p×m) and y (r×m). Returns false when interrupted.
bool nj_distances(nj_dtype type, const void *x, const void *y, void *out, int64_t p, int64_t r, int64_t m);
