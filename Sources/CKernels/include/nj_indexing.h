// Looking up and changing elements by position.
#pragma once

#include "nj_core.h"

// The first of `n` positions outside of first..<first + size and -size..<0, or -1. Sets `negative` when
// some count from the end.
int64_t nj_check_positions(const int64_t *positions, int64_t n, int64_t first, int64_t size, bool *negative);
// Positions counted from 1 as counted from 0; negative ones stay. Returns where a 0 is, or -1.
int64_t nj_positions_from_one(int64_t *out, const int64_t *positions, int64_t n);
// Positions counted from `first`, or from the end, as counted from 0.
void nj_wrap_positions(int64_t *out, const int64_t *positions, int64_t n, int64_t first, int64_t size);
// Adds `positions * stride` to offsets.
void nj_add_offsets(int64_t *offsets, const int64_t *positions, int64_t n, int64_t stride);
// Rounds `n` floating point numbers to positions; returns the first that is not whole, or -1.
int64_t nj_positions_from_f32(int64_t *out, const float *values, int64_t n);
int64_t nj_positions_from_f64(int64_t *out, const double *values, int64_t n);

typedef enum {
    NJ_LOOKUP_GET,  // values from the tensor
    NJ_LOOKUP_PUT,  // values to the tensor; of several for one element, the last stays
    NJ_LOOKUP_ADD,  // values added to the tensor, in order
} nj_lookup;

// Blocks of one shape at given places of a tensor, and a dense array of values for them.
typedef struct {
    nj_dtype type;
    char *tensor;
    const int64_t *offsets;  // of each block in the tensor, in bytes
    int64_t count;           // of blocks
    char *values;
    int64_t values_step;     // from block to block in the values, in bytes
    int rank;                // of a block; outermost dimension first
    int64_t sizes[NJ_MAX_DIMS];
    int64_t tensor_strides[NJ_MAX_DIMS], values_strides[NJ_MAX_DIMS];  // in bytes
} nj_blocks;

// Returns false when interrupted.
bool nj_blocks_run(const nj_blocks *blocks, nj_lookup lookup);

// One element for each of an array of positions along dimension `dim`: element (i, j, k) of the
// array, with dim 1, belongs to element (i, position, k) of the tensor.
typedef struct {
    nj_dtype type;
    char *tensor;
    const int64_t *positions;  // row-major
    char *values;              // row-major, or a single one when `values_step` is 0
    int64_t values_step;
    int rank, dim;
    int64_t length;                       // of the tensor along `dim`
    int64_t first;                        // what positions count from
    int64_t sizes[NJ_MAX_DIMS];           // of the positions
    int64_t tensor_strides[NJ_MAX_DIMS];  // in bytes
} nj_along;

bool nj_along_run(const nj_along *along, nj_lookup lookup);

// The same for one long row of positions along the last dimension that changes a tensor, on several threads.
// Returns false, and has done nothing, when that doesn't pay or there is no memory for it.
bool nj_scatter_in_parts(const nj_along *along, nj_lookup lookup);

// Number of elements that are not zero, and the positions of those `count` in order.
int64_t nj_count_nonzero(nj_dtype type, const void *elements, int64_t n);
void nj_nonzero(nj_dtype type, const void *elements, int64_t count, int64_t *positions);
// Splits ascending flat positions into coordinates `[n, rank]`.
void nj_unravel(const int64_t *flat, int64_t n, int rank, const int64_t *sizes, int64_t *out);

// The `count` elements where the mask is set, one after the other.
void nj_masked_select(int64_t size, char *out, const char *in, const uint8_t *mask, int64_t count);
// Elements of `in`, except that those where the mask is set come from `source`, in order.
void nj_masked_scatter(int64_t size, char *out, const char *in, const uint8_t *mask, const char *source, int64_t n);

// Copies matrices and sets what lies above or below a diagonal to zero.
void nj_triangle(
    void *out, const void *in, int64_t size, int64_t matrices, int64_t rows, int64_t columns, int64_t diagonal, bool upper);

#include "nj_loop.h"

// The result, the tensor and the mask; `context` points to the value, of the tensor's type.
nj_kernel nj_masked_fill_kernel(nj_dtype type);
