// Elementwise kernels by operation and element type.
#pragma once

#include "nj_loop.h"

// Two inputs and a result of one type.
typedef enum {
    NJ_ADD, NJ_SUB, NJ_MUL, NJ_DIV, NJ_MINIMUM, NJ_MAXIMUM, NJ_ARITHMETIC_COUNT,
    NJ_POW = NJ_ARITHMETIC_COUNT, NJ_FLOOR_DIVIDE, NJ_REMAINDER, NJ_FMOD, NJ_ATAN2, NJ_LOGADDEXP,
    NJ_SHARE_LARGER, NJ_SHARE_SMALLER, NJ_LOGICAL_XOR, NJ_BINARY_COUNT
} nj_binary;

// The kernel for an operation, or NULL where it has no meaning for the type.
nj_kernel nj_binary_kernel(nj_binary operation, nj_dtype type);

nj_kernel nj_binary_math_kernel(nj_binary operation, nj_dtype type);

// Two inputs of one type, a bool result.
typedef enum { NJ_EQ, NJ_NE, NJ_LT, NJ_LE, NJ_GT, NJ_GE } nj_compare;
nj_kernel nj_compare_kernel(nj_compare comparison, nj_dtype type);

// One input and a result of its type; the questions and LOGICAL_NOT give bool. `context` points to
// parameters of the input's type: CLAMP (low, high), NAN_TO_NUM (for NaN, inf, -inf), ROUND_TO (10^n,
// whether n was negative).
typedef enum {
    NJ_NEG, NJ_ABS, NJ_SIGN, NJ_SQUARE, NJ_RELU, NJ_CLAMP, NJ_RECIPROCAL, NJ_NAN_TO_NUM, NJ_SQRT, NJ_RSQRT,
    NJ_FLOOR, NJ_CEIL, NJ_ROUND, NJ_TRUNC, NJ_FRAC, NJ_ROUND_TO,
    NJ_EXP, NJ_EXPM1, NJ_LOG, NJ_LOG1P, NJ_LOG2, NJ_LOG10, NJ_SIN, NJ_COS, NJ_TAN, NJ_ASIN, NJ_ACOS, NJ_ATAN,
    NJ_SINH, NJ_COSH, NJ_TANH, NJ_ERF, NJ_ISNAN, NJ_ISINF, NJ_ISFINITE, NJ_LOGICAL_NOT, NJ_UNARY_COUNT
} nj_unary;
nj_kernel nj_unary_kernel(nj_unary operation, nj_dtype type);

// Activations of float32 and float64. Parameters: ELU (alpha), SOFTPLUS (beta, threshold), LEAKY_RELU
// (slope). The last two have only a backward kernel here.
typedef enum {
    NJ_SIGMOID, NJ_GELU, NJ_GELU_TANH, NJ_SILU, NJ_ELU, NJ_SOFTPLUS, NJ_MISH, NJ_LEAKY_RELU, NJ_LOG_SIGMOID,
    NJ_ACTIVATION_TANH, NJ_ACTIVATION_RELU, NJ_ACTIVATION_COUNT
} nj_activation;
nj_kernel nj_activation_kernel(nj_activation activation, nj_dtype type);
// The result's gradient times the slope: gradient, then the input (for sigmoid, tanh and relu the result).
nj_kernel nj_activation_backward_kernel(nj_activation activation, nj_dtype type);

// condition (bool), then the two choices.
nj_kernel nj_where_kernel(nj_dtype type);
// start, end, weight.
nj_kernel nj_lerp_kernel(nj_dtype type);

// Copies with conversion: result, then source. Floating to integer truncates toward zero and
// saturates; NaN becomes 0. Anything to bool is "not zero".
nj_kernel nj_copy_kernel(nj_dtype to, nj_dtype from);

// Adds the source to the result, for walks that may meet a result element more than once.
nj_kernel nj_accumulate_kernel(nj_dtype type);

// Fills the result with the value `context` points to, of the same type.
nj_kernel nj_fill_kernel(nj_dtype type);

// Position of the first NaN or infinity among `n` floating point elements, or -1.
int64_t nj_first_not_finite(nj_dtype type, const void *elements, int64_t n);
