// Reductions over any dimensions of a strided operand.
#pragma once

#include "nj_core.h"

// Sums of floating point numbers are added up in double across blocks; integers and booleans give
// int64. COUNT and COUNT_NUMBERS give int64, ANY and ALL bool, ARGMAX and ARGMIN int64, the others the
// operand's type.
typedef enum {
    NJ_SUM, NJ_NANSUM, NJ_PROD, NJ_COUNT, NJ_COUNT_NUMBERS, NJ_ANY, NJ_ALL, NJ_AMAX, NJ_AMIN,
    NJ_ARGMAX, NJ_ARGMIN,
    NJ_SUM_ABS, NJ_SUM_SQUARES, NJ_SUM_POWERS,  // |x|^parameter
    NJ_SUM_DEVIATIONS,                          // (x - other)^2
    NJ_SUM_EXPONENTIALS,                        // exp(x - other)
    NJ_REDUCTION_COUNT
} nj_reduction;

// Strides are in bytes. `other` is an operand of the input's type with one element for each result.
typedef struct {
    int rank;
    int64_t sizes[NJ_MAX_DIMS];
    bool reduced[NJ_MAX_DIMS];
    const char *input;
    int64_t input_strides[NJ_MAX_DIMS];
    char *result;  // strides 0 along reduced dimensions, as for the next two
    int64_t result_strides[NJ_MAX_DIMS];
    const char *other;
    int64_t other_strides[NJ_MAX_DIMS];
    char *values;  // what ARGMAX and ARGMIN found, or NULL
    int64_t values_strides[NJ_MAX_DIMS];
    double parameter;
    double divisor;  // of floating point sums
} nj_reduce_job;

// Whether the reduction is defined for the type.
bool nj_reduce_supports(nj_reduction reduction, nj_dtype type);

// Runs a reduction; bits do not depend on the number of threads. ARGMAX and ARGMIN count positions
// along the reduced dimensions in index order and find the first. Returns false when interrupted.
bool nj_reduce_run(const nj_reduce_job *job, nj_reduction reduction, nj_dtype type);
