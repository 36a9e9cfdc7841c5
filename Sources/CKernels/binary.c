// Comparisons, powers, remainders and other functions of two numbers; choices by a condition.

#include "map.h"
#include "math_f32.h"
#include "nj_elementwise.h"

#define COMPARISONS(T, S)                                                                        \
    NJ_BINARY(VECTOR, eq_##S, uint8_t, T, a == b)                                                \
    NJ_BINARY(VECTOR, ne_##S, uint8_t, T, a != b)                                                \
    NJ_BINARY(VECTOR, lt_##S, uint8_t, T, a < b)                                                 \
    NJ_BINARY(VECTOR, le_##S, uint8_t, T, a <= b)                                                \
    NJ_BINARY(VECTOR, gt_##S, uint8_t, T, a > b)                                                 \
    NJ_BINARY(VECTOR, ge_##S, uint8_t, T, a >= b)
COMPARISONS(uint8_t, u8)
COMPARISONS(int32_t, i32)
COMPARISONS(int64_t, i64)
COMPARISONS(float, f32)
COMPARISONS(double, f64)

nj_kernel nj_compare_kernel(nj_compare comparison, nj_dtype type) {
#define ROW(F) {F##_u8, F##_u8, F##_i32, F##_i64, F##_f32, F##_f64}
    static const nj_kernel table[6][6] = {
        [NJ_EQ] = ROW(eq), [NJ_NE] = ROW(ne), [NJ_LT] = ROW(lt),
        [NJ_LE] = ROW(le), [NJ_GT] = ROW(gt), [NJ_GE] = ROW(ge),
    };
#undef ROW
    return table[comparison][type];
}

NJ_BINARY(VECTOR, xor_b, uint8_t, uint8_t, a ^ b)

// Quotients toward minus infinity and their remainders. Division by zero is refused before; here
// it must only not trap.
#define INTEGER(T, U, S)                                                                         \
    NJ_INLINE T quotient_##S(T a, T b) {                                                         \
        if (b == 0) return 0;                                                                    \
        if (b == (T)-1) return (T)(0 - (U)a);                                                    \
        T q = (T)(a / b);                                                                        \
        return (T)(q - (a % b != 0 && (a < 0) != (b < 0)));                                      \
    }                                                                                            \
    NJ_INLINE T power_##S(T a, T b) {                                                            \
        if (b < 0) return a == 1 ? 1 : a == (T)-1 ? (b % 2 ? (T)-1 : 1) : 0;                     \
        U result = 1, base = (U)a;                                                               \
        for (U e = (U)b; e; e >>= 1, base *= base)                                               \
            if (e & 1) result *= base;                                                           \
        return (T)result;                                                                        \
    }                                                                                            \
    NJ_BINARY(SCALAR, floor_divide_##S, T, T, quotient_##S(a, b))                                \
    NJ_BINARY(SCALAR, remainder_##S, T, T, (T)((U)a - (U)quotient_##S(a, b) * (U)b))             \
    NJ_BINARY(SCALAR, fmod_##S, T, T, b == 0 || b == (T)-1 ? 0 : a % b)                          \
    NJ_BINARY(SCALAR, pow_##S, T, T, power_##S(a, b))
INTEGER(int32_t, uint32_t, i32)
INTEGER(int64_t, uint64_t, i64)
// Unsigned: nothing to adjust, and -1 is 255.
NJ_BINARY(SCALAR, floor_divide_u8, uint8_t, uint8_t, b == 0 ? 0 : a / b)
NJ_BINARY(SCALAR, remainder_u8, uint8_t, uint8_t, b == 0 ? 0 : a % b)
NJ_INLINE uint8_t power_u8(uint8_t a, uint8_t b) {
    unsigned result = 1, base = a;
    for (unsigned e = b; e; e >>= 1, base *= base)
        if (e & 1) result *= base;
    return (uint8_t)result;
}
NJ_BINARY(SCALAR, pow_u8, uint8_t, uint8_t, power_u8(a, b))

// As Python and PyTorch have them: the quotient that goes with the remainder of the divisor's sign.
#define FLOATING(T, S, FMOD, FLOOR, COPYSIGN)                                                    \
    NJ_INLINE T remainder_of_##S(T a, T b) {                                                     \
        T r = FMOD(a, b);                                                                        \
        return r != 0 && (b < 0) != (r < 0) ? r + b : r;                                         \
    }                                                                                            \
    NJ_INLINE T quotient_##S(T a, T b) {                                                         \
        if (b == 0) return a / b;                                                                \
        const T r = FMOD(a, b);                                                                  \
        T q = (a - r) / b;                                                                       \
        if (r != 0 && (b < 0) != (r < 0)) q -= 1;                                                \
        if (q == 0) return COPYSIGN(0, a / b);                                                   \
        const T whole = FLOOR(q);                                                                \
        return q - whole > (T)0.5 ? whole + 1 : whole;                                           \
    }                                                                                            \
    NJ_BINARY(SCALAR, floor_divide_##S, T, T, quotient_##S(a, b))                                \
    NJ_BINARY(SCALAR, remainder_##S, T, T, remainder_of_##S(a, b))                               \
    NJ_BINARY(SCALAR, fmod_##S, T, T, FMOD(a, b))
FLOATING(float, f32, fmodf, floorf, copysignf)
FLOATING(double, f64, fmod, floor, copysign)

NJ_BINARY(VECTOR, pow_f32, float, float, pow_of_f32(a, b))
NJ_BINARY(SCALAR, pow_f64, double, double, pow(a, b))
NJ_BINARY(VECTOR, atan2_f32, float, float, atan2_of_f32(a, b))
NJ_BINARY(SCALAR, atan2_f64, double, double, atan2(a, b))

// log(exp(a) + exp(b)) from the larger one, so that nothing overflows; equal infinities and NaN stay.
NJ_BINARY(VECTOR, logaddexp_f32, float, float,
          (isinf(a) && a == b) || a != a ? a : (float)((a > b ? a : b) + log1p_core(exp_core(-fabs((double)a - b)))))
NJ_BINARY(SCALAR, logaddexp_f64, double, double,
          isinf(a) && a == b ? a : (a > b ? a : b) + log1p(exp(-fabs(a - b))))

// The share of a in the gradient of the larger (smaller) one: 1, 0, or half when they are equal.
#define SHARES(T, S)                                                                             \
    NJ_BINARY(VECTOR, share_larger_##S, T, T, a < b ? (T)0 : a == b ? (T)0.5 : (T)1)             \
    NJ_BINARY(VECTOR, share_smaller_##S, T, T, a > b ? (T)0 : a == b ? (T)0.5 : (T)1)
SHARES(float, f32)
SHARES(double, f64)

nj_kernel nj_binary_math_kernel(nj_binary operation, nj_dtype type) {
    switch (operation) {
#define CASE(OP, U8, I32, I64, F32, F64)                                                         \
    case OP: {                                                                                   \
        static const nj_kernel row[6] = {0, U8, I32, I64, F32, F64};                             \
        return row[type];                                                                        \
    }
#define ALL(OP, F) CASE(OP, F##_u8, F##_i32, F##_i64, F##_f32, F##_f64)
#define FLOATS(OP, F) CASE(OP, 0, 0, 0, F##_f32, F##_f64)
        ALL(NJ_POW, pow)
        ALL(NJ_FLOOR_DIVIDE, floor_divide)
        ALL(NJ_REMAINDER, remainder)
        CASE(NJ_FMOD, remainder_u8, fmod_i32, fmod_i64, fmod_f32, fmod_f64)
        FLOATS(NJ_ATAN2, atan2)
        FLOATS(NJ_LOGADDEXP, logaddexp)
        FLOATS(NJ_SHARE_LARGER, share_larger)
        FLOATS(NJ_SHARE_SMALLER, share_smaller)
        case NJ_LOGICAL_XOR: return type == NJ_BOOL ? xor_b : 0;
        default: return 0;
    }
}

// ---- three operands

NJ_TERNARY(VECTOR, where_8, uint8_t, uint8_t, a ? b : d)
NJ_TERNARY(VECTOR, where_32, uint32_t, uint8_t, a ? b : d)
NJ_TERNARY(VECTOR, where_64, uint64_t, uint8_t, a ? b : d)

nj_kernel nj_where_kernel(nj_dtype type) {
    static const nj_kernel table[6] = {where_8, where_8, where_32, where_64, where_32, where_64};
    return table[type];
}

// a + d * (b - a), from the nearer end, as PyTorch computes it.
NJ_TERNARY(VECTOR, lerp_f32, float, float, d < 0.5f && d > -0.5f ? a + d * (b - a) : b - (b - a) * (1.0f - d))
NJ_TERNARY(VECTOR, lerp_f64, double, double, d < 0.5 && d > -0.5 ? a + d * (b - a) : b - (b - a) * (1.0 - d))

nj_kernel nj_lerp_kernel(nj_dtype type) {
    return type == NJ_FLOAT32 ? lerp_f32 : type == NJ_FLOAT64 ? lerp_f64 : 0;
}
