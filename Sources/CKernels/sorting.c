// Sorting by radix: elements are mapped to unsigned keys of the same order, which are distributed
// by their digits from the lowest to the highest. Selection looks at the highest digit first and
// sorts only what can be among the results.

#include "nj_sorting.h"

#include "nj_loop.h"

#include <string.h>

enum {
    SMALL = 32,            // fewer elements are sorted by insertion
    FEW = 1 << 14,         // fewer elements are distributed by 8 bits at a time, more by 11
    CHUNK = 1 << 17,       // elements per thread when one row is shared
    MAX_CHUNKS = 16,
    MAX_BUCKETS = 1 << 11,
    TOP_BITS = 11,
};

typedef struct { uint32_t key, index; } pair32;
typedef struct { uint64_t key, index; } pair64;

// ---- Keys

NJ_INLINE uint32_t key_f32(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x) return UINT32_MAX;
    if (x == 0) return 1u << 31;
    return bits >> 31 ? ~bits : bits | 1u << 31;
}

NJ_INLINE uint64_t key_f64(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x) return UINT64_MAX;
    if (x == 0) return 1ull << 63;
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}

NJ_INLINE uint32_t key_i32(int32_t x) { return (uint32_t)x ^ 1u << 31; }
NJ_INLINE uint64_t key_i64(int64_t x) { return (uint64_t)x ^ 1ull << 63; }
NJ_INLINE uint32_t key_u8(uint8_t x) { return x; }

// ---- Distribution

#define RADIX(PAIR, KEY, S)                                                                      \
    static void insertion_##S(PAIR *p, int64_t n) {                                              \
        for (int64_t i = 1; i < n; i++) {                                                        \
            PAIR x = p[i];                                                                       \
            int64_t j = i;                                                                       \
            for (; j > 0 && p[j - 1].key > x.key; j--) p[j] = p[j - 1];                          \
            p[j] = x;                                                                            \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    typedef struct {                                                                             \
        const PAIR *from;                                                                        \
        PAIR *to;                                                                                \
        int64_t n, chunks;                                                                       \
        int shift;                                                                               \
        KEY mask;                                                                                \
        uint32_t (*counts)[MAX_BUCKETS];                                                         \
    } pass_##S;                                                                                  \
                                                                                                 \
    static void count_##S(void *context, int64_t begin, int64_t end) {                           \
        const pass_##S *w = context;                                                             \
        for (int64_t chunk = begin; chunk < end; chunk++) {                                      \
            uint32_t *count = w->counts[chunk];                                                  \
            memset(count, 0, ((size_t)w->mask + 1) * sizeof *count);                             \
            int64_t last = w->n * (chunk + 1) / w->chunks;                                       \
            for (int64_t i = w->n * chunk / w->chunks; i < last; i++) count[w->from[i].key >> w->shift & w->mask]++; \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    static void distribute_##S(void *context, int64_t begin, int64_t end) {                      \
        const pass_##S *w = context;                                                             \
        for (int64_t chunk = begin; chunk < end; chunk++) {                                      \
            uint32_t *start = w->counts[chunk];                                                  \
            int64_t last = w->n * (chunk + 1) / w->chunks;                                       \
            for (int64_t i = w->n * chunk / w->chunks; i < last; i++)                            \
                w->to[start[w->from[i].key >> w->shift & w->mask]++] = w->from[i];               \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    /* Sorts `p` with the help of `other`; returns which of the two holds the result. */         \
    static PAIR *radix_##S(PAIR *p, PAIR *other, int64_t n, int bits, int64_t chunks, uint32_t (*counts)[MAX_BUCKETS]) { \
        if (n <= SMALL) {                                                                        \
            insertion_##S(p, n);                                                                 \
            return p;                                                                            \
        }                                                                                        \
        int digit = n < FEW ? 8 : 11;                                                            \
        for (int shift = 0; shift < bits && !nj_interrupted(); shift += digit) {                 \
            pass_##S pass = {p, other, n, chunks, shift, ((KEY)1 << digit) - 1, counts};         \
            nj_parallel(chunks, 1, count_##S, &pass);                                            \
            uint32_t total = 0;                                                                  \
            bool trivial = false;                                                                \
            for (int64_t bucket = 0; bucket < (int64_t)1 << digit; bucket++) {                   \
                uint32_t before = total;                                                         \
                for (int64_t c = 0; c < chunks; c++) {                                           \
                    uint32_t count = counts[c][bucket];                                          \
                    counts[c][bucket] = total;                                                   \
                    total += count;                                                              \
                }                                                                                \
                trivial = trivial || total - before == (uint32_t)n;                              \
            }                                                                                    \
            if (trivial) continue;                                                               \
            nj_parallel(chunks, 1, distribute_##S, &pass);                                       \
            PAIR *swap = p;                                                                      \
            p = other;                                                                           \
            other = swap;                                                                        \
        }                                                                                        \
        return p;                                                                                \
    }

RADIX(pair32, uint32_t, 32)
RADIX(pair64, uint64_t, 64)

// ---- Rows

typedef struct {
    const char *in;
    char *values;
    int64_t *indices;
    int64_t rows, n, k, chunks;
    bool descending, failed;
} rows_job;

// The functions for one element type: T with keys of type KEY in pairs of type PAIR.
#define ROWS(T, PAIR, KEY, S, BITS, NAME)                                                        \
    typedef struct {                                                                             \
        const T *in;                                                                             \
        PAIR *out;                                                                               \
        KEY flip;                                                                                \
    } keys_##NAME;                                                                               \
                                                                                                 \
    static void make_keys_##NAME(void *context, int64_t begin, int64_t end) {                    \
        const keys_##NAME *w = context;                                                          \
        for (int64_t i = begin; i < end; i++) w->out[i] = (PAIR){key_##NAME(w->in[i]) ^ w->flip, (KEY)i}; \
    }                                                                                            \
                                                                                                 \
    static void deliver_##NAME(const T *in, const PAIR *p, T *values, int64_t *indices, int64_t n) { \
        for (int64_t i = 0; i < n; i++) {                                                        \
            values[i] = in[p[i].index];                                                          \
            indices[i] = (int64_t)p[i].index;                                                    \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    static void sort_rows_##NAME(void *context, int64_t begin, int64_t end) {                    \
        rows_job *w = context;                                                                   \
        size_t capacity, capacity2;                                                              \
        PAIR *pairs = nj_allocate(2 * (size_t)w->n * sizeof(PAIR), &capacity);                   \
        uint32_t(*counts)[MAX_BUCKETS] = nj_allocate((size_t)w->chunks * sizeof *counts, &capacity2); \
        w->failed = w->failed || !pairs || !counts;                                              \
        for (int64_t row = begin; row < end && !w->failed && !nj_interrupted(); row++) {         \
            const T *in = (const T *)w->in + row * w->n;                                         \
            keys_##NAME keys = {in, pairs, w->descending ? (KEY)~(KEY)0 : 0};                    \
            nj_parallel(w->n, CHUNK, make_keys_##NAME, &keys);                                   \
            PAIR *sorted = radix_##S(pairs, pairs + w->n, w->n, BITS, w->chunks, counts);        \
            deliver_##NAME(in, sorted, (T *)w->values + row * w->n, w->indices + row * w->n, w->n); \
        }                                                                                        \
        if (pairs) nj_release(pairs, capacity);                                                  \
        if (counts) nj_release(counts, capacity2);                                               \
    }                                                                                            \
                                                                                                 \
    /* Pairs that may be among the k first, and in `below` how many surely are. */               \
    static int64_t candidates_##NAME(const T *in, int64_t n, int64_t k, KEY flip, bool only_bucket, PAIR *out, int64_t *below) { \
        enum { SHIFT = BITS > TOP_BITS ? BITS - TOP_BITS : 0 };                                  \
        uint32_t counts[1 << TOP_BITS] = {0};                                                    \
        const KEY mask = BITS < 32 ? ((KEY)1 << (BITS % 32)) - 1 : (KEY)~(KEY)0;                 \
        for (int64_t i = 0; i < n; i++) counts[((key_##NAME(in[i]) ^ flip) & mask) >> SHIFT]++;  \
        int64_t before = 0;                                                                      \
        KEY bucket = 0;                                                                          \
        while (before + counts[bucket] < k) before += counts[bucket++];                          \
        *below = before;                                                                         \
        int64_t found = 0;                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                        \
            KEY key = (key_##NAME(in[i]) ^ flip) & mask, top = key >> SHIFT;                     \
            if (top == bucket || (top < bucket && !only_bucket)) out[found++] = (PAIR){key, (KEY)i}; \
        }                                                                                        \
        return found;                                                                            \
    }                                                                                            \
                                                                                                 \
    /* With k results per row, or one when `k` is negative: position -k - 1. */                  \
    static void select_rows_##NAME(void *context, int64_t begin, int64_t end) {                  \
        rows_job *w = context;                                                                   \
        size_t capacity, capacity2;                                                              \
        PAIR *pairs = nj_allocate(2 * (size_t)w->n * sizeof(PAIR), &capacity);                   \
        uint32_t(*counts)[MAX_BUCKETS] = nj_allocate(sizeof *counts, &capacity2);                \
        w->failed = w->failed || !pairs || !counts;                                              \
        bool one = w->k < 0;                                                                     \
        int64_t k = one ? -w->k : w->k, out = one ? 1 : k;                                       \
        for (int64_t row = begin; row < end && !w->failed && !nj_interrupted(); row++) {         \
            const T *in = (const T *)w->in + row * w->n;                                         \
            int64_t below = 0;                                                                   \
            int64_t found = candidates_##NAME(in, w->n, k, w->descending ? (KEY)~(KEY)0 : 0, one, pairs, &below); \
            PAIR *sorted = radix_##S(pairs, pairs + w->n, found, BITS, 1, counts);               \
            deliver_##NAME(in, one ? sorted + (k - 1 - below) : sorted, (T *)w->values + row * out, w->indices + row * out, out); \
        }                                                                                        \
        if (pairs) nj_release(pairs, capacity);                                                  \
        if (counts) nj_release(counts, capacity2);                                               \
    }                                                                                            \
                                                                                                 \
    static int64_t unique_##NAME(                                                                \
        const T *sorted, const int64_t *indices, int64_t n, T *values, int64_t *inverse, int64_t *counts) { \
        int64_t m = 0;                                                                           \
        for (int64_t i = 0; i < n; i++) {                                                        \
            if (i == 0 || sorted[i] != sorted[i - 1]) {                                          \
                values[m] = sorted[i];                                                           \
                counts[m++] = 0;                                                                 \
            }                                                                                    \
            counts[m - 1]++;                                                                     \
            inverse[indices[i]] = m - 1;                                                         \
        }                                                                                        \
        return m;                                                                                \
    }                                                                                            \
                                                                                                 \
    static void search_##NAME(void *context, int64_t begin, int64_t end) {                       \
        const search_job *w = context;                                                           \
        for (int64_t i = begin; i < end; i++) {                                                  \
            const T *row = (const T *)w->sorted + (w->rows == 1 ? 0 : i / w->count * w->n);      \
            const KEY key = key_##NAME(((const T *)w->values)[i]);                               \
            const T *low = row;                                                                  \
            int64_t length = w->n;                                                               \
            while (length > 1) {                                                                 \
                int64_t half = length / 2;                                                       \
                KEY middle = key_##NAME(low[half - 1]);                                          \
                low += (w->after ? middle <= key : middle < key) ? half : 0;                     \
                length -= half;                                                                  \
            }                                                                                    \
            if (length == 1) {                                                                   \
                KEY middle = key_##NAME(*low);                                                   \
                low += w->after ? middle <= key : middle < key;                                  \
            }                                                                                    \
            w->out[i] = low - row;                                                               \
        }                                                                                        \
    }

typedef struct {
    const void *sorted, *values;
    int64_t rows, n, count;
    int64_t *out;
    bool after;
} search_job;

ROWS(uint8_t, pair32, uint32_t, 32, 8, u8)
ROWS(int32_t, pair32, uint32_t, 32, 32, i32)
ROWS(float, pair32, uint32_t, 32, 32, f32)
ROWS(int64_t, pair64, uint64_t, 64, 64, i64)
ROWS(double, pair64, uint64_t, 64, 64, f64)

// ---- By type

static nj_outcome run_rows(rows_job *job, const nj_range_body bodies[6], nj_dtype type) {
    // Indices within a row have 32 bits, and counts too.
    if (job->n > UINT32_MAX) return NJ_NO_MEMORY;
    if (job->rows == 0 || job->n == 0) return NJ_DONE;
    if (job->rows == 1) bodies[type](job, 0, 1);
    else nj_parallel(job->rows, CHUNK / job->n / 8 + 1, bodies[type], job);
    return job->failed ? NJ_NO_MEMORY : nj_interrupted() ? NJ_STOPPED : NJ_DONE;
}

nj_outcome nj_sort(
    nj_dtype type, const void *in, void *values, int64_t *indices, int64_t rows, int64_t n, bool descending) {
    static const nj_range_body bodies[6] = {
        sort_rows_u8, sort_rows_u8, sort_rows_i32, sort_rows_i64, sort_rows_f32, sort_rows_f64};
    int64_t chunks = rows == 1 ? n / CHUNK : 1, threads = nj_num_threads();
    if (chunks > threads) chunks = threads;
    if (chunks > MAX_CHUNKS) chunks = MAX_CHUNKS;
    rows_job job = {in, values, indices, rows, n, n, chunks < 1 ? 1 : chunks, descending, false};
    return run_rows(&job, bodies, type);
}

static const nj_range_body select_bodies[6] = {
    select_rows_u8, select_rows_u8, select_rows_i32, select_rows_i64, select_rows_f32, select_rows_f64};

nj_outcome nj_topk(
    nj_dtype type, const void *in, void *values, int64_t *indices, int64_t rows, int64_t n, int64_t k, bool largest) {
    if (k == 0) return NJ_DONE;
    rows_job job = {in, values, indices, rows, n, k, 1, largest, false};
    return run_rows(&job, select_bodies, type);
}

nj_outcome nj_kth(nj_dtype type, const void *in, void *values, int64_t *indices, int64_t rows, int64_t n, int64_t k) {
    rows_job job = {in, values, indices, rows, n, -(k + 1), 1, false, false};
    return run_rows(&job, select_bodies, type);
}

int64_t nj_unique(
    nj_dtype type, const void *sorted, const int64_t *indices, int64_t n, void *values, int64_t *inverse, int64_t *counts) {
    switch (type) {
        case NJ_BOOL:
        case NJ_UINT8: return unique_u8(sorted, indices, n, values, inverse, counts);
        case NJ_INT32: return unique_i32(sorted, indices, n, values, inverse, counts);
        case NJ_INT64: return unique_i64(sorted, indices, n, values, inverse, counts);
        case NJ_FLOAT32: return unique_f32(sorted, indices, n, values, inverse, counts);
        case NJ_FLOAT64: return unique_f64(sorted, indices, n, values, inverse, counts);
    }
    return 0;
}

bool nj_search(
    nj_dtype type, const void *sorted, int64_t rows, int64_t n, const void *values, int64_t count, int64_t *out, bool after) {
    static const nj_range_body bodies[6] = {search_u8, search_u8, search_i32, search_i64, search_f32, search_f64};
    if (count == 0 || rows == 0) return true;
    search_job job = {sorted, values, rows, n, count, out, after};
    nj_parallel(rows * count, 1 << 12, bodies[type], &job);
    return !nj_interrupted();
}
