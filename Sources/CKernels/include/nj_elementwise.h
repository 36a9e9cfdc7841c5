// Elementwise kernels by operation and element type.
#pragma once

#include "nj_loop.h"

// Two inputs and a result of one type.
typedef enum { NJ_ADD, NJ_SUB, NJ_MUL, NJ_DIV, NJ_MINIMUM, NJ_MAXIMUM, NJ_BINARY_COUNT } nj_binary;

// The kernel for an operation, or NULL where it has no meaning for the type.
nj_kernel nj_binary_kernel(nj_binary operation, nj_dtype type);

// Copies with conversion: result, then source. Floating to integer truncates toward zero and
// saturates; NaN becomes 0. Anything to bool is "not zero".
nj_kernel nj_copy_kernel(nj_dtype to, nj_dtype from);

// Adds the source to the result, for walks that may meet a result element more than once.
nj_kernel nj_accumulate_kernel(nj_dtype type);

// Fills the result with the value `context` points to, of the same type.
nj_kernel nj_fill_kernel(nj_dtype type);

// Runs a binary kernel over `n` neighbouring elements of `size` bytes.
static inline void nj_run_flat3(nj_kernel kernel, void *out, void *a, void *b, int64_t n, int64_t size) {
    char *data[3] = {(char *)out, (char *)a, (char *)b};
    const int64_t strides[3] = {size, size, size};
    kernel(data, strides, n, NULL);
}

// Position of the first NaN or infinity among `n` floating point elements, or -1.
int64_t nj_first_not_finite(nj_dtype type, const void *elements, int64_t n);
