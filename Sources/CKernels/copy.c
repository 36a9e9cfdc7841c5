// Copies with conversion, fills, and accumulation.

#include "nj_elementwise.h"

#include <math.h>
#include <string.h>

#define COPY(NAME, TO, FROM, EXPR)                                                               \
    NJ_CLONES static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {     \
        (void)c;                                                                                 \
        if (s[0] == sizeof(TO) && s[1] == sizeof(FROM)) {                                        \
            TO *out = (TO *)p[0];                                                                \
            const FROM *in = (const FROM *)p[1];                                                 \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const FROM a = in[i];                                                            \
                out[i] = (EXPR);                                                                 \
            }                                                                                    \
        } else {                                                                                 \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const FROM a = *(const FROM *)(p[1] + i * s[1]);                                 \
                *(TO *)(p[0] + i * s[0]) = (EXPR);                                               \
            }                                                                                    \
        }                                                                                        \
    }

// Floating to integer: toward zero, clamped to the range, NaN to 0.
#define TRUNCATED(T, LOW, HIGH) (a != a ? 0 : a <= (LOW) ? (T)(LOW) : a >= (HIGH) ? (T)(HIGH) : (T)a)
NJ_INLINE int64_t to_i64(double a) {
    return a != a ? 0 : a < -0x1p63 ? INT64_MIN : a >= 0x1p63 ? INT64_MAX : (int64_t)a;
}
NJ_INLINE int32_t to_i32(double a) { return TRUNCATED(int32_t, -0x1p31, 0x1p31 - 1); }
// Wraps around like integers do, so that -1 becomes 255 as in PyTorch.
NJ_INLINE uint8_t to_u8(double a) { return (uint8_t)to_i64(a); }

#define FROM_INTEGER(T, SUFFIX)                                                                  \
    COPY(bool_from_##SUFFIX, uint8_t, T, a != 0)                                                 \
    COPY(u8_from_##SUFFIX, uint8_t, T, (uint8_t)a)                                               \
    COPY(i32_from_##SUFFIX, int32_t, T, (int32_t)a)                                              \
    COPY(i64_from_##SUFFIX, int64_t, T, (int64_t)a)                                              \
    COPY(f32_from_##SUFFIX, float, T, (float)a)                                                  \
    COPY(f64_from_##SUFFIX, double, T, (double)a)

#define FROM_FLOATING(T, SUFFIX)                                                                 \
    COPY(bool_from_##SUFFIX, uint8_t, T, a != 0)                                                 \
    COPY(u8_from_##SUFFIX, uint8_t, T, to_u8(a))                                                 \
    COPY(i32_from_##SUFFIX, int32_t, T, to_i32(a))                                               \
    COPY(i64_from_##SUFFIX, int64_t, T, to_i64(a))                                               \
    COPY(f32_from_##SUFFIX, float, T, (float)a)                                                  \
    COPY(f64_from_##SUFFIX, double, T, (double)a)

FROM_INTEGER(uint8_t, u8)
FROM_INTEGER(int32_t, i32)
FROM_INTEGER(int64_t, i64)
FROM_FLOATING(float, f32)
FROM_FLOATING(double, f64)

// Of one type: the C library's copy knows how to pass large blocks by the cache.
#define MOVE(NAME, T)                                                                            \
    static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {               \
        (void)c;                                                                                 \
        if (s[0] == sizeof(T) && s[1] == sizeof(T)) memcpy(p[0], p[1], (size_t)n * sizeof(T));   \
        else for (int64_t i = 0; i < n; i++) *(T *)(p[0] + i * s[0]) = *(const T *)(p[1] + i * s[1]); \
    }

MOVE(move_8, uint8_t)
MOVE(move_32, uint32_t)
MOVE(move_64, uint64_t)

bool nj_moves(nj_kernel kernel) { return kernel == move_8 || kernel == move_32 || kernel == move_64; }

nj_kernel nj_copy_kernel(nj_dtype to, nj_dtype from) {
    static const nj_kernel same[6] = {move_8, move_8, move_32, move_64, move_32, move_64};
    if (to == from) return same[to];
#define ROW(S) {bool_from_##S, u8_from_##S, i32_from_##S, i64_from_##S, f32_from_##S, f64_from_##S}
    // A bool is a byte of 0 or 1, so that it converts like uint8; to uint8 the bits stay.
    static const nj_kernel table[6][6] = {ROW(u8), ROW(u8), ROW(i32), ROW(i64), ROW(f32), ROW(f64)};
#undef ROW
    return table[from][to];
}

#define ACCUMULATE(NAME, T, U)                                                                   \
    static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {               \
        (void)c;                                                                                 \
        for (int64_t i = 0; i < n; i++) {                                                        \
            T *out = (T *)(p[0] + i * s[0]);                                                     \
            *out = (T)((U)*out + (U) * (const T *)(p[1] + i * s[1]));                            \
        }                                                                                        \
    }

ACCUMULATE(accumulate_u8, uint8_t, uint8_t)
ACCUMULATE(accumulate_i32, int32_t, uint32_t)
ACCUMULATE(accumulate_i64, int64_t, uint64_t)
ACCUMULATE(accumulate_f32, float, float)
ACCUMULATE(accumulate_f64, double, double)

nj_kernel nj_accumulate_kernel(nj_dtype type) {
    static const nj_kernel table[6] = {
        0, accumulate_u8, accumulate_i32, accumulate_i64, accumulate_f32, accumulate_f64};
    return table[type];
}

#define FILL(NAME, T)                                                                            \
    NJ_CLONES static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {     \
        const T value = *(const T *)c;                                                           \
        if (s[0] == sizeof(T)) {                                                                 \
            T *out = (T *)p[0];                                                                  \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) out[i] = value;                                      \
        } else {                                                                                 \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) *(T *)(p[0] + i * s[0]) = value;                     \
        }                                                                                        \
    }

FILL(fill_8, uint8_t)
FILL(fill_32, uint32_t)
FILL(fill_64, uint64_t)

nj_kernel nj_fill_kernel(nj_dtype type) {
    static const nj_kernel table[6] = {fill_8, fill_8, fill_32, fill_64, fill_32, fill_64};
    return table[type];
}

int64_t nj_first_not_finite(nj_dtype type, const void *elements, int64_t n) {
    if (type == NJ_FLOAT32) {
        const float *x = elements;
        for (int64_t i = 0; i < n; i++)
            if (!isfinite(x[i])) return i;
    } else if (type == NJ_FLOAT64) {
        const double *x = elements;
        for (int64_t i = 0; i < n; i++)
            if (!isfinite(x[i])) return i;
    }
    return -1;
}
