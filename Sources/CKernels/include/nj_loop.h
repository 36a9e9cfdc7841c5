// Elementwise loops over strided, broadcast operands.
#pragma once

#include "nj_core.h"

enum { NJ_MAX_OPERANDS = 5 };

// One run of elements: `data[i]` advances by `strides[i]` bytes, `n` times.
typedef void (*nj_kernel)(char *const *data, const int64_t *strides, int64_t n, const void *context);

// Operands that are walked together; operand 0 is the result. Strides are in bytes, 0 where an
// operand is broadcast.
typedef struct {
    int rank;
    int operands;
    int64_t sizes[NJ_MAX_DIMS];
    int64_t strides[NJ_MAX_OPERANDS][NJ_MAX_DIMS];
    char *data[NJ_MAX_OPERANDS];
    int64_t elements[NJ_MAX_OPERANDS];  // bytes of one, or 0
} nj_loop;

// Whether a kernel moves elements as they are.
bool nj_moves(nj_kernel kernel);

// Runs a kernel over all positions: dimensions are reordered to follow the result's memory and
// merged where all operands allow, and the work is shared among threads when there is enough.
// `cost` is the rough price of one element in units of an addition. Returns false when interrupted.
bool nj_loop_run(nj_loop *loop, nj_kernel kernel, const void *context, int cost);

// The same for one thread and in index order, for kernels that may meet an element twice.
void nj_loop_run_sequentially(nj_loop *loop, nj_kernel kernel, const void *context);

// The same for operands that are contiguous in one order or a single number (stride 0); small ones run
// at once.
bool nj_flat_run(nj_kernel kernel, int operands, char *const *data, const int64_t *strides, int64_t n,
                 const void *context, int cost);

static inline bool nj_flat1(nj_kernel kernel, void *out, int64_t out_size, int64_t n, const void *context) {
    char *data[1] = {(char *)out};
    const int64_t strides[1] = {out_size};
    return nj_flat_run(kernel, 1, data, strides, n, context, 1);
}

static inline bool nj_flat2(nj_kernel kernel, void *out, int64_t out_size, const void *a, int64_t a_size, int64_t n,
                            const void *context, int cost) {
    char *data[2] = {(char *)out, (char *)a};
    const int64_t strides[2] = {out_size, a_size};
    return nj_flat_run(kernel, 2, data, strides, n, context, cost);
}

static inline bool nj_flat3(nj_kernel kernel, void *out, int64_t out_size, const void *a, int64_t a_size, const void *b,
                            int64_t b_size, int64_t n, const void *context, int cost) {
    char *data[3] = {(char *)out, (char *)a, (char *)b};
    const int64_t strides[3] = {out_size, a_size, b_size};
    return nj_flat_run(kernel, 3, data, strides, n, context, cost);
}

// The kernel of a function compiled for each level of x86-64, chosen when the program starts.
#if defined(__x86_64__) && defined(__linux__)
#define NJ_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NJ_CLONES
#endif
#define NJ_INLINE static inline __attribute__((always_inline))

// Before a loop whose operands either coincide exactly or do not overlap, which is what the tensor
// library guarantees: an element never depends on another one's result.
#define NJ_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")
