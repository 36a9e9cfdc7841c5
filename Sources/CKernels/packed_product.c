// Packed products for each level of x86-64, chosen at run time; portable vectors elsewhere.

#include "packed_product.h"

#include <string.h>

#if defined(__x86_64__)
#define TARGET __attribute__((target("arch=x86-64-v4")))
#define T float
#define NAME(X) NAME_(X)
#define NAME_(X) X##_f32_v4
#define LANES 16
#define PANEL NJ_PANEL_F32
#define ROWS 8
#define FULL_TILE tile8
#include "packed_product_body.h"
#undef NAME_

#define T double
#define NAME(X) NAME_(X)
#define NAME_(X) X##_f64_v4
#define LANES 8
#define PANEL NJ_PANEL_F64
#define ROWS 8
#define FULL_TILE tile8
#include "packed_product_body.h"
#undef NAME_
#undef TARGET

#define TARGET __attribute__((target("arch=x86-64-v3")))
#define T float
#define NAME(X) NAME_(X)
#define NAME_(X) X##_f32_v3
#define LANES 8
#define PANEL NJ_PANEL_F32
#define ROWS 6
#define FULL_TILE tile6
#include "packed_product_body.h"
#undef NAME_

#define T double
#define NAME(X) NAME_(X)
#define NAME_(X) X##_f64_v3
#define LANES 4
#define PANEL NJ_PANEL_F64
#define ROWS 6
#define FULL_TILE tile6
#include "packed_product_body.h"
#undef NAME_
#undef TARGET
#endif

#define TARGET
#define T float
#define NAME(X) NAME_(X)
#define NAME_(X) X##_f32_v1
#define LANES 4
#define PANEL NJ_PANEL_F32
#define ROWS 4
#define FULL_TILE tile4
#include "packed_product_body.h"
#undef NAME_

#define T double
#define NAME(X) NAME_(X)
#define NAME_(X) X##_f64_v1
#define LANES 2
#define PANEL NJ_PANEL_F64
#define ROWS 4
#define FULL_TILE tile4
#include "packed_product_body.h"
#undef NAME_
#undef TARGET

#if defined(__x86_64__)
// 4 with AVX-512, 3 with AVX2 and FMA, 1 otherwise.
static int processor_level(void) {
    static int level;
    if (level == 0) {
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
            level = 4;
        else
            level = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") ? 3 : 1;
    }
    return level;
}
#define CHOOSE(TYPE, ...)                                                      \
    switch (processor_level()) {                                               \
    case 4: multiply_##TYPE##_v4(__VA_ARGS__); break;                          \
    case 3: multiply_##TYPE##_v3(__VA_ARGS__); break;                          \
    default: multiply_##TYPE##_v1(__VA_ARGS__);                                \
    }
#else
#define CHOOSE(TYPE, ...) multiply_##TYPE##_v1(__VA_ARGS__);
#endif

void multiply_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t row, int64_t column, const float *packed,
                  float *c, int64_t ldc, bool add) {
    CHOOSE(f32, m, n, k, a, row, column, packed, c, ldc, add)
}

void multiply_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t row, int64_t column, const double *packed,
                  double *c, int64_t ldc, bool add) {
    CHOOSE(f64, m, n, k, a, row, column, packed, c, ldc, add)
}

#define PACK(NAME, T, PANEL)                                                                            \
    void NAME(T *packed, const T *b, int64_t k, int64_t n, int64_t row, int64_t column) {               \
        for (int64_t j = 0; j < n; j += PANEL) {                                                        \
            const int64_t width = n - j < PANEL ? n - j : PANEL;                                        \
            for (int64_t p = 0; p < k; p++, packed += PANEL) {                                          \
                const T *from = b + p * row + j * column;                                               \
                if (width == PANEL && column == 1) {                                                    \
                    memcpy(packed, from, PANEL * sizeof(T));                                            \
                    continue;                                                                           \
                }                                                                                       \
                for (int64_t i = 0; i < width; i++) packed[i] = from[i * column];                       \
                for (int64_t i = width; i < PANEL; i++) packed[i] = 0;                                  \
            }                                                                                           \
        }                                                                                               \
    }

PACK(pack_f32, float, NJ_PANEL_F32)
PACK(pack_f64, double, NJ_PANEL_F64)
