// Philox and the distributions made from it. No product and sum are fused in this file, and no
// function of the C library decides a bit.
#pragma STDC FP_CONTRACT OFF

#include "math_f32.h"
#include "nj_random.h"

enum { BLOCKS = 64 };

// `count` blocks from number `first` on: word w of block b is words[w][b].
NJ_INLINE void philox(uint64_t seed, uint64_t first, uint32_t words[4][BLOCKS]) {
    for (int b = 0; b < BLOCKS; b++) {
        const uint64_t counter = first + (uint64_t)b;
        uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = 0, c3 = 0;
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c1 = (uint32_t)p1;
            c3 = (uint32_t)p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        words[0][b] = c0;
        words[1][b] = c1;
        words[2][b] = c2;
        words[3][b] = c3;
    }
}

typedef struct {
    char *out;
    int64_t n;
    uint64_t seed, first;
    double a, b;
    const double *each;
    int64_t low;
    uint64_t range;
    bool interrupted;
} draw;

// log(x) for 0 < x < 1 and the sine and cosine of an eighth turn, to about 1e-15.
NJ_INLINE double precise_log(double x) {
    const uint64_t shifted = bits_f64(x) - 0x3fe6a09e667f3bcdull;
    const double e = (double)((int64_t)shifted >> 52);
    const double m = from_bits_f64((shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull);
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double p = 1.0 / 21;
    p = p * z + 1.0 / 19;
    p = p * z + 1.0 / 17;
    p = p * z + 1.0 / 15;
    p = p * z + 1.0 / 13;
    p = p * z + 1.0 / 11;
    p = p * z + 1.0 / 9;
    p = p * z + 1.0 / 7;
    p = p * z + 1.0 / 5;
    p = p * z + 1.0 / 3;
    return e * 0.69314718055994531 + (2.0 * s + 2.0 * s * (p * z));
}
NJ_INLINE double precise_sin(double r) {
    const double z = r * r;
    double p = 1.0 / 355687428096000;
    p = p * z - 1.0 / 1307674368000;
    p = p * z + 1.0 / 6227020800;
    p = p * z - 1.0 / 39916800;
    p = p * z + 1.0 / 362880;
    p = p * z - 1.0 / 5040;
    p = p * z + 1.0 / 120;
    p = p * z - 1.0 / 6;
    return r + r * (p * z);
}
NJ_INLINE double precise_cos(double r) {
    const double z = r * r;
    double p = -1.0 / 6402373705728000;
    p = p * z + 1.0 / 20922789888000;
    p = p * z - 1.0 / 87178291200;
    p = p * z + 1.0 / 479001600;
    p = p * z - 1.0 / 3628800;
    p = p * z + 1.0 / 40320;
    p = p * z - 1.0 / 720;
    p = p * z + 1.0 / 24;
    return 1.0 - 0.5 * z + z * z * p;
}

#define UNIT32(w) ((double)(w) * 0x1p-32 + 0x1p-33)                          /* in (0, 1) */
#define BITS53(high, low) (((uint64_t)(high) << 21) | ((low) >> 11))
#define UNIT53(high, low) ((double)(int64_t)BITS53(high, low) * 0x1p-53)     /* in [0, 1) */

// The signed part of a turn within its eighth, and the quarter it belongs to.
#define TURN_PART(w) ((double)(int32_t)((w) << 2) * (0.78539816339744828 * 0x1p-31))
#define TURN_QUARTER(w) (((w) + 0x20000000u) >> 30)

NJ_INLINE double turned(double sine, double cosine, uint32_t quarter) {
    const double y = quarter & 1 ? cosine : sine;
    return quarter & 2 ? -y : y;
}

// Defines the tasks of a distribution: BODY fills values[0..<BLOCKS * PER] from `w`.
#define DISTRIBUTION(NAME, T, PER, BODY)                                                         \
    NJ_CLONES static void NAME(void *context, int64_t begin, int64_t end) {                      \
        draw *d = context;                                                                       \
        const double a = d->a, b = d->b;                                                         \
        (void)a, (void)b;                                                                        \
        uint32_t w[4][BLOCKS];                                                                   \
        T values[BLOCKS * PER];                                                                  \
        for (int64_t chunk = begin; chunk < end; chunk++) {                                      \
            const int64_t at = chunk * BLOCKS * PER;                                             \
            philox(d->seed, d->first + (uint64_t)chunk * BLOCKS, w);                             \
            BODY;                                                                                \
            const int64_t m = d->n - at < BLOCKS * PER ? d->n - at : BLOCKS * PER;               \
            memcpy(d->out + at * (int64_t)sizeof(T), values, (size_t)m * sizeof(T));             \
            if ((chunk & 1023) == 1023 && nj_interrupted()) {                                    \
                d->interrupted = true;                                                           \
                return;                                                                          \
            }                                                                                    \
        }                                                                                        \
    }

static bool run(draw *d, int64_t per_block, nj_range_body body) {
    const int64_t per_chunk = BLOCKS * per_block;
    nj_parallel((d->n + per_chunk - 1) / per_chunk, 64, body, d);
    return !d->interrupted;
}

NJ_INLINE float uniform_of_f32(uint32_t w, float low, float high) {
    const float v = (float)(w >> 8) * 0x1p-24f * (high - low) + low;
    return v < high ? v : low;
}
NJ_INLINE double uniform_of_f64(uint32_t h, uint32_t l, double low, double high) {
    const double v = UNIT53(h, l) * (high - low) + low;
    return v < high ? v : low;
}

DISTRIBUTION(uniform_f32, float, 4, {
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 4; k++) values[4 * j + k] = uniform_of_f32(w[k][j], (float)a, (float)b);
})
DISTRIBUTION(uniform_f64, double, 2, {
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 2; k++) values[2 * j + k] = uniform_of_f64(w[2 * k][j], w[2 * k + 1][j], a, b);
})

// Box and Muller 1958: a radius and an angle give two independent numbers.
DISTRIBUTION(normal_f32, float, 4, {
    for (int k = 0; k < 2; k++) {
        double first[BLOCKS];
        double second[BLOCKS];
        for (int j = 0; j < BLOCKS; j++) {
            const double radius = sqrt(-2.0 * log_core(UNIT32(w[2 * k][j])));
            const uint32_t turn = w[2 * k + 1][j];
            const uint32_t quarter = TURN_QUARTER(turn);
            const double part = TURN_PART(turn);
            const double sine = small_sin(part);
            const double cosine = small_cos(part);
            first[j] = radius * turned(sine, cosine, quarter);
            second[j] = radius * turned(sine, cosine, quarter + 1);
        }
        for (int j = 0; j < BLOCKS; j++) {
            values[4 * j + 2 * k] = (float)(first[j] * b + a);
            values[4 * j + 2 * k + 1] = (float)(second[j] * b + a);
        }
    }
})
DISTRIBUTION(normal_f64, double, 2, {
    for (int j = 0; j < BLOCKS; j++) {
        const double unit = UNIT53(w[0][j], w[1][j]) + 0x1p-54;
        const double radius = sqrt(-2.0 * precise_log(unit));
        const uint32_t turn = w[2][j];
        const uint32_t quarter = TURN_QUARTER(turn);
        const double part = TURN_PART(turn) + (double)w[3][j] * (1.5707963267948966 * 0x1p-62);
        const double sine = precise_sin(part);
        const double cosine = precise_cos(part);
        values[2 * j] = radius * turned(sine, cosine, quarter) * b + a;
        values[2 * j + 1] = radius * turned(sine, cosine, quarter + 1) * b + a;
    }
})

DISTRIBUTION(exponential_f32, float, 4, {
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 4; k++) values[4 * j + k] = (float)(-log_core(UNIT32(w[k][j])) / a);
})
DISTRIBUTION(exponential_f64, double, 2, {
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 2; k++)
            values[2 * j + k] = -precise_log(UNIT53(w[2 * k][j], w[2 * k + 1][j]) + 0x1p-54) / a;
})

// The high half of a product spreads 64 random bits over the range.
DISTRIBUTION(integers, int64_t, 2, {
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 2; k++) {
            const uint64_t bits = (uint64_t)w[2 * k][j] << 32 | w[2 * k + 1][j];
            const uint64_t part = d->range ? (uint64_t)(((unsigned __int128)bits * d->range) >> 64) : bits;
            values[2 * j + k] = (int64_t)((uint64_t)d->low + part);
        }
})

DISTRIBUTION(bernoulli, uint8_t, 4, {
    for (int j = 0; j < BLOCKS; j++)
        for (int k = 0; k < 4; k++) {
            const double limit = d->each ? (at + 4 * j + k < d->n ? d->each[at + 4 * j + k] : 0) : a;
            values[4 * j + k] = (double)w[k][j] * 0x1p-32 < limit;
        }
})

int64_t nj_random_per_block(nj_dtype type) { return type == NJ_FLOAT32 ? 4 : 2; }

bool nj_random_uniform(nj_dtype type, void *out, int64_t n, uint64_t seed, uint64_t first, double low, double high) {
    draw d = {.out = out, .n = n, .seed = seed, .first = first, .a = low, .b = high};
    return type == NJ_FLOAT32 ? run(&d, 4, uniform_f32) : run(&d, 2, uniform_f64);
}

bool nj_random_normal(nj_dtype type, void *out, int64_t n, uint64_t seed, uint64_t first, double mean, double deviation) {
    draw d = {.out = out, .n = n, .seed = seed, .first = first, .a = mean, .b = deviation};
    return type == NJ_FLOAT32 ? run(&d, 4, normal_f32) : run(&d, 2, normal_f64);
}

bool nj_random_exponential(nj_dtype type, void *out, int64_t n, uint64_t seed, uint64_t first, double rate) {
    draw d = {.out = out, .n = n, .seed = seed, .first = first, .a = rate};
    return type == NJ_FLOAT32 ? run(&d, 4, exponential_f32) : run(&d, 2, exponential_f64);
}

bool nj_random_integers(int64_t *out, int64_t n, uint64_t seed, uint64_t first, int64_t low, uint64_t range) {
    draw d = {.out = (char *)out, .n = n, .seed = seed, .first = first, .low = low, .range = range};
    return run(&d, 2, integers);
}

bool nj_random_bernoulli(uint8_t *out, int64_t n, uint64_t seed, uint64_t first, double probability,
                         const double *probabilities) {
    draw d = {.out = (char *)out, .n = n, .seed = seed, .first = first, .a = probability, .each = probabilities};
    return run(&d, 4, bernoulli);
}

uint64_t nj_random_reserve(uint64_t *counter, uint64_t blocks) {
    return __atomic_fetch_add(counter, blocks, __ATOMIC_RELAXED);
}

void nj_range_integers(nj_dtype type, void *out, int64_t n, int64_t start, int64_t step) {
    for (int64_t i = 0; i < n; i++) {
        const int64_t value = (int64_t)((uint64_t)start + (uint64_t)i * (uint64_t)step);
        if (type == NJ_INT64) ((int64_t *)out)[i] = value;
        else if (type == NJ_INT32) ((int32_t *)out)[i] = (int32_t)value;
        else ((uint8_t *)out)[i] = (uint8_t)value;
    }
}

// Counted from both ends, so that the last element is exactly `last`.
void nj_range_floating(nj_dtype type, void *out, int64_t n, double start, double step, double last) {
    for (int64_t i = 0; i < n; i++) {
        const double value = i < (n + 1) / 2 ? start + step * (double)i : last - step * (double)(n - 1 - i);
        if (type == NJ_FLOAT32) ((float *)out)[i] = (float)value;
        else ((double *)out)[i] = value;
    }
}
