// One long row changed by several threads: each looks at all positions and changes the part of the row
// that is its own. So elements that are named several times meet their values in order, whatever the
// number of threads, and no two cores write to the same memory.

#include "nj_indexing.h"

#include <string.h>



#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>

// Picking out one's own positions pays with AVX-512's compressing moves alone.
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))
#define COMPRESS_32(MASK, VALUES) _mm256_maskz_compress_epi32(MASK, _mm256_loadu_si256((const void *)(VALUES)))
#define COMPRESS_64(MASK, VALUES) _mm512_maskz_compress_epi64(MASK, _mm512_loadu_si512(VALUES))
#define STORE_32(TO, V) _mm256_storeu_si256((void *)(TO), V)
#define STORE_64(TO, V) _mm512_storeu_si512(TO, V)

enum { BLOCK = 512, LEAST = 1 << 16 };  // positions looked at in one go, and from which this pays

typedef struct {
    const nj_along *a;
    int64_t n, parts;
} scattering;

// The positions begin..<end that lie in low..<low + size, and their values; returns how many.
#define PICK(BITS)                                                                               \
    AVX512 static int64_t pick_##BITS(const nj_along *a, int64_t begin, int64_t end, int64_t low, int64_t size, \
                                      int64_t *positions, uint##BITS##_t *values) {              \
        const int64_t *p = a->positions;                                                         \
        const uint##BITS##_t *v = (const uint##BITS##_t *)a->values;                             \
        int64_t k = begin, m = 0;                                                                \
        for (; a->values_step && k + 8 <= end; k += 8) {                                         \
            const __m512i place = _mm512_loadu_si512(p + k);                                     \
            const __mmask8 mine = _mm512_cmplt_epu64_mask(_mm512_sub_epi64(place, _mm512_set1_epi64(low)), _mm512_set1_epi64(size)); \
            STORE_64(positions + m, _mm512_maskz_compress_epi64(mine, place));                   \
            STORE_##BITS(values + m, COMPRESS_##BITS(mine, v + k));                              \
            m += __builtin_popcount(mine);                                                       \
        }                                                                                        \
        for (; k < end; k++) {                                                                   \
            positions[m] = p[k];                                                                 \
            values[m] = a->values_step ? v[k] : *v;                                              \
            m += (uint64_t)(p[k] - low) < (uint64_t)size;                                        \
        }                                                                                        \
        return m;                                                                                \
    }
PICK(32)
PICK(64)

#define SCATTER(NAME, T, BITS, ...)                                                              \
    static void scatter_##NAME(void *context, int64_t begin, int64_t end) {                      \
        const scattering *s = context;                                                           \
        const nj_along *a = s->a;                                                                \
        const int64_t step = a->tensor_strides[a->dim];                                          \
        int64_t positions[BLOCK + 8];                                                            \
        uint##BITS##_t values[BLOCK + 16];                                                       \
        for (int64_t part = begin; part < end; part++) {                                         \
            const int64_t low = a->first + a->length * part / s->parts;                          \
            const int64_t high = a->first + a->length * (part + 1) / s->parts;                   \
            for (int64_t k = 0; k < s->n && !nj_interrupted(); k += BLOCK) {                     \
                const int64_t last = k + BLOCK < s->n ? k + BLOCK : s->n;                        \
                const int64_t m = pick_##BITS(a, k, last, low, high - low, positions, values);   \
                for (int64_t i = 0; i < m; i++) {                                                \
                    T value, *to = (T *)(a->tensor + positions[i] * step);                       \
                    memcpy(&value, values + i, sizeof value);                                    \
                    __VA_ARGS__;                                                                 \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
    }
SCATTER(put_32, uint32_t, 32, *to = value)
SCATTER(put_64, uint64_t, 64, *to = value)
SCATTER(add_i32, int32_t, 32, *to = (int32_t)((uint32_t)*to + (uint32_t)value))
SCATTER(add_i64, int64_t, 64, *to = (int64_t)((uint64_t)*to + (uint64_t)value))
SCATTER(add_f32, float, 32, *to += value)
SCATTER(add_f64, double, 64, *to += value)

bool nj_scatter_in_parts(const nj_along *a, nj_lookup lookup) {
    static const nj_range_body puts[6] = {0, 0, scatter_put_32, scatter_put_64, scatter_put_32, scatter_put_64};
    static const nj_range_body adds[6] = {0, 0, scatter_add_i32, scatter_add_i64, scatter_add_f32, scatter_add_f64};
    const nj_range_body body = (lookup == NJ_LOOKUP_PUT ? puts : adds)[a->type];
    scattering s = {a, a->sizes[a->rank - 1], nj_num_threads()};
    if (!body || s.n < LEAST || a->length < LEAST || s.parts < 2 || !__builtin_cpu_supports("x86-64-v4")) return false;
    nj_parallel(s.parts, 1, body, &s);
    return true;
}
#else
bool nj_scatter_in_parts(const nj_along *a, nj_lookup lookup) {
    (void)a, (void)lookup;
    return false;
}
#endif
