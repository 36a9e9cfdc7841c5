// Binary arithmetic on two operands of one type.

#include "nj_elementwise.h"

// Defines a kernel with loops for the common cases: all contiguous, or one input a single number.
#define BINARY(NAME, T, EXPR)                                                                    \
    NJ_CLONES static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {     \
        (void)c;                                                                                 \
        const int64_t w = sizeof(T);                                                             \
        if (s[0] == w && s[1] == w && s[2] == w) {                                               \
            T *out = (T *)p[0];                                                                  \
            const T *in1 = (const T *)p[1], *in2 = (const T *)p[2];                              \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const T a = in1[i], b = in2[i];                                                  \
                out[i] = (EXPR);                                                                 \
            }                                                                                    \
        } else if (s[0] == w && s[1] == w && s[2] == 0) {                                        \
            T *out = (T *)p[0];                                                                  \
            const T *in1 = (const T *)p[1], b = *(const T *)p[2];                                \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const T a = in1[i];                                                              \
                out[i] = (EXPR);                                                                 \
            }                                                                                    \
        } else if (s[0] == w && s[1] == 0 && s[2] == w) {                                        \
            T *out = (T *)p[0];                                                                  \
            const T a = *(const T *)p[1], *in2 = (const T *)p[2];                                \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const T b = in2[i];                                                              \
                out[i] = (EXPR);                                                                 \
            }                                                                                    \
        } else {                                                                                 \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const T a = *(const T *)(p[1] + i * s[1]), b = *(const T *)(p[2] + i * s[2]);    \
                *(T *)(p[0] + i * s[0]) = (EXPR);                                                \
            }                                                                                    \
        }                                                                                        \
    }

// Integers wrap around on overflow, as in PyTorch; the casts keep that defined in C.
#define ARITHMETIC(T, U, SUFFIX)                                                                 \
    BINARY(add_##SUFFIX, T, (T)((U)a + (U)b))                                                    \
    BINARY(sub_##SUFFIX, T, (T)((U)a - (U)b))                                                    \
    BINARY(mul_##SUFFIX, T, (T)((U)a * (U)b))

// The smaller or larger of two numbers; NaN when either is NaN.
#define EXTREMES(T, SUFFIX)                                                                      \
    BINARY(minimum_##SUFFIX, T, (a != a || a < b) ? a : b)                                       \
    BINARY(maximum_##SUFFIX, T, (a != a || a > b) ? a : b)

ARITHMETIC(float, float, f32)
ARITHMETIC(double, double, f64)
ARITHMETIC(int64_t, uint64_t, i64)
ARITHMETIC(int32_t, uint32_t, i32)
ARITHMETIC(uint8_t, uint8_t, u8)
BINARY(div_f32, float, a / b)
BINARY(div_f64, double, a / b)
BINARY(or_b, uint8_t, a | b)
BINARY(and_b, uint8_t, a & b)
EXTREMES(float, f32)
EXTREMES(double, f64)
EXTREMES(int64_t, i64)
EXTREMES(int32_t, i32)
EXTREMES(uint8_t, u8)

nj_kernel nj_binary_kernel(nj_binary operation, nj_dtype type) {
    // Columns in the order of nj_dtype: bool, uint8, int32, int64, float32, float64.
    static const nj_kernel table[NJ_ARITHMETIC_COUNT][6] = {
        [NJ_ADD] = {or_b, add_u8, add_i32, add_i64, add_f32, add_f64},
        [NJ_SUB] = {0, sub_u8, sub_i32, sub_i64, sub_f32, sub_f64},
        [NJ_MUL] = {and_b, mul_u8, mul_i32, mul_i64, mul_f32, mul_f64},
        [NJ_DIV] = {0, 0, 0, 0, div_f32, div_f64},
        [NJ_MINIMUM] = {and_b, minimum_u8, minimum_i32, minimum_i64, minimum_f32, minimum_f64},
        [NJ_MAXIMUM] = {or_b, maximum_u8, maximum_i32, maximum_i64, maximum_f32, maximum_f64},
    };
    return operation < NJ_ARITHMETIC_COUNT ? table[operation][type] : nj_binary_math_kernel(operation, type);
}
