// Functions of one number: arithmetic, rounding, exponentials, trigonometry, questions.

#include "map.h"
#include "math_f32.h"
#include "nj_elementwise.h"

#define PLAIN(NAME, T, S, EXPR) NJ_UNARY(VECTOR, NAME##_##S, T, T, EXPR)
#define FLOATING(NAME, F32, F64)                                                                 \
    NJ_UNARY(VECTOR, NAME##_f32, float, float, F32)                                              \
    NJ_UNARY(SCALAR, NAME##_f64, double, double, F64)

// For every type; the casts to an unsigned type keep overflow defined in C.
#define NUMERIC(T, U, S)                                                                         \
    PLAIN(neg, T, S, (T)(0 - (U)a))                                                              \
    PLAIN(abs, T, S, a < 0 ? (T)(0 - (U)a) : a)                                                  \
    PLAIN(sign, T, S, (a > 0) - (a < 0))                                                         \
    PLAIN(square, T, S, (T)((U)a * (U)a))                                                        \
    PLAIN(relu, T, S, a < 0 ? 0 : a)                                                             \
    PLAIN(clamp, T, S, a < k[0] ? (k[0] > k[1] ? k[1] : k[0]) : a > k[1] ? k[1] : a)
NUMERIC(uint8_t, uint8_t, u8)
NUMERIC(int32_t, uint32_t, i32)
NUMERIC(int64_t, uint64_t, i64)
#define REAL(T, S, ABS, COPYSIGN)                                                                \
    PLAIN(neg, T, S, -a)                                                                         \
    PLAIN(abs, T, S, ABS(a))                                                                     \
    PLAIN(sign, T, S, (T)((a > 0) - (a < 0)))                                                    \
    PLAIN(square, T, S, a * a)                                                                   \
    PLAIN(relu, T, S, a < 0 ? 0 : a)                                                             \
    PLAIN(clamp, T, S, a < k[0] ? (k[0] > k[1] ? k[1] : k[0]) : a > k[1] ? k[1] : a)             \
    PLAIN(reciprocal, T, S, 1 / a)                                                               \
    PLAIN(nan_to_num, T, S, a != a ? k[0] : a == (T)INFINITY ? k[1] : a == -(T)INFINITY ? k[2] : a)
REAL(float, f32, fabsf, copysignf)
REAL(double, f64, fabs, copysign)

#define BOTH(NAME, F32, F64)                                                                     \
    NJ_UNARY(VECTOR, NAME##_f32, float, float, F32)                                              \
    NJ_UNARY(VECTOR, NAME##_f64, double, double, F64)
BOTH(sqrt, sqrtf(a), sqrt(a))
BOTH(rsqrt, 1.0f / sqrtf(a), 1.0 / sqrt(a))
BOTH(floor, floorf(a), floor(a))
BOTH(ceil, ceilf(a), ceil(a))
BOTH(round, rintf(a), rint(a))
BOTH(trunc, truncf(a), trunc(a))
BOTH(frac, a - truncf(a), a - trunc(a))
// k[0] is 10^decimals, k[1] whether to divide by it instead.
BOTH(round_to, k[1] != 0 ? rintf(a / k[0]) * k[0] : rintf(a * k[0]) / k[0],
     k[1] != 0 ? rint(a / k[0]) * k[0] : rint(a * k[0]) / k[0])

FLOATING(exp, exp_of_f32(a), exp(a))
FLOATING(expm1, expm1_of_f32(a), expm1(a))
FLOATING(log, log_of_f32(a), log(a))
FLOATING(log1p, log1p_of_f32(a), log1p(a))
FLOATING(log2, log2_of_f32(a), log2(a))
FLOATING(log10, log10_of_f32(a), log10(a))
FLOATING(asin, asin_of_f32(a), asin(a))
FLOATING(acos, acos_of_f32(a), acos(a))
FLOATING(atan, atan_of_f32(a), atan(a))
FLOATING(sinh, sinh_of_f32(a), sinh(a))
FLOATING(cosh, cosh_of_f32(a), cosh(a))
FLOATING(tanh, tanh_of_f32(a), tanh(a))
FLOATING(erf, erf_of_f32(a), erf(a))

// Angles: the vector loop, then the few too large for it one by one.
#define ANGLE(NAME)                                                                              \
    NJ_CLONES static void NAME##_f32(char *const *p, const int64_t *s, int64_t n, const void *c) {\
        (void)c;                                                                                 \
        float in[NJ_CHUNK], out[NJ_CHUNK];                                                       \
        for (int64_t at = 0; at < n; at += NJ_CHUNK) {                                           \
            const int64_t m = n - at < NJ_CHUNK ? n - at : NJ_CHUNK;                             \
            NJ_GATHER(float, in, p[1] + at * s[1], s[1], m);                                     \
            int large = 0;                                                                       \
            for (int64_t i = 0; i < m; i++) {                                                    \
                large |= !(fabsf(in[i]) < NJ_FAST_ANGLE);                                        \
                out[i] = NAME##_of_f32(in[i]);                                                   \
            }                                                                                    \
            for (int64_t i = 0; large && i < m; i++)                                             \
                if (!(fabsf(in[i]) < NJ_FAST_ANGLE)) out[i] = (float)NAME((double)in[i]);        \
            for (int64_t i = 0; i < m; i++) *(float *)(p[0] + (at + i) * s[0]) = out[i];         \
        }                                                                                        \
    }                                                                                            \
    NJ_UNARY(SCALAR, NAME##_f64, double, double, NAME(a))
ANGLE(sin)
ANGLE(cos)
ANGLE(tan)

#define QUESTION(NAME, T, S, EXPR) NJ_UNARY(VECTOR, NAME##_##S, uint8_t, T, EXPR)
QUESTION(isnan, float, f32, a != a)
QUESTION(isnan, double, f64, a != a)
QUESTION(isinf, float, f32, fabsf(a) == INFINITY)
QUESTION(isinf, double, f64, fabs(a) == (double)INFINITY)
QUESTION(isfinite, float, f32, fabsf(a) < INFINITY)
QUESTION(isfinite, double, f64, fabs(a) < (double)INFINITY)
QUESTION(logical_not, uint8_t, u8, a == 0)
QUESTION(logical_not, int32_t, i32, a == 0)
QUESTION(logical_not, int64_t, i64, a == 0)
QUESTION(logical_not, float, f32, a == 0)
QUESTION(logical_not, double, f64, a == 0)

nj_kernel nj_unary_kernel(nj_unary operation, nj_dtype type) {
    // Columns in the order of nj_dtype: bool, uint8, int32, int64, float32, float64.
#define ALL(F) {0, F##_u8, F##_i32, F##_i64, F##_f32, F##_f64}
#define FLOATS(F) {0, 0, 0, 0, F##_f32, F##_f64}
    static const nj_kernel table[NJ_UNARY_COUNT][6] = {
        [NJ_NEG] = ALL(neg), [NJ_ABS] = ALL(abs), [NJ_SIGN] = ALL(sign), [NJ_SQUARE] = ALL(square),
        [NJ_RELU] = ALL(relu), [NJ_CLAMP] = ALL(clamp), [NJ_RECIPROCAL] = FLOATS(reciprocal),
        [NJ_NAN_TO_NUM] = FLOATS(nan_to_num), [NJ_SQRT] = FLOATS(sqrt), [NJ_RSQRT] = FLOATS(rsqrt),
        [NJ_FLOOR] = FLOATS(floor), [NJ_CEIL] = FLOATS(ceil), [NJ_ROUND] = FLOATS(round),
        [NJ_TRUNC] = FLOATS(trunc), [NJ_FRAC] = FLOATS(frac), [NJ_ROUND_TO] = FLOATS(round_to),
        [NJ_EXP] = FLOATS(exp), [NJ_EXPM1] = FLOATS(expm1), [NJ_LOG] = FLOATS(log),
        [NJ_LOG1P] = FLOATS(log1p), [NJ_LOG2] = FLOATS(log2), [NJ_LOG10] = FLOATS(log10),
        [NJ_SIN] = FLOATS(sin), [NJ_COS] = FLOATS(cos), [NJ_TAN] = FLOATS(tan),
        [NJ_ASIN] = FLOATS(asin), [NJ_ACOS] = FLOATS(acos), [NJ_ATAN] = FLOATS(atan),
        [NJ_SINH] = FLOATS(sinh), [NJ_COSH] = FLOATS(cosh), [NJ_TANH] = FLOATS(tanh),
        [NJ_ERF] = FLOATS(erf), [NJ_ISNAN] = FLOATS(isnan), [NJ_ISINF] = FLOATS(isinf),
        [NJ_ISFINITE] = FLOATS(isfinite),
        [NJ_LOGICAL_NOT] = {logical_not_u8, logical_not_u8, logical_not_i32, logical_not_i64,
                            logical_not_f32, logical_not_f64},
    };
    return table[operation][type];
}
