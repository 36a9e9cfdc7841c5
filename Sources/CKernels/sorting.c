// Sorting by radix. Elements are mapped to unsigned keys of the same order, of which the highest 32
// bits that differ are distributed digit by digit, from the lowest to the highest; the rest only
// decides between elements that still tie. Short rows are sorted by counting, for each element, how
// many come before it.

#include "nj_sorting.h"

#include "nj_loop.h"

#include <string.h>

enum {
    SHORT = 96,            // longest row sorted by counting
    FEW = 1 << 14,         // fewer elements are distributed by 8 bits at a time, more by 11
    CHUNK = 1 << 17,       // elements per thread when one row is shared
    MAX_CHUNKS = 16,
    MAX_BUCKETS = 1 << 11,
};

typedef struct {
    uint32_t key, index;
} pair;

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

// ---- Pairs

// Sorts a few pairs, whose indices differ.
NJ_CLONES static void sort_short(pair *p, pair *out, int64_t n) {
    int64_t packed[SHORT], before[SHORT];
    for (int64_t i = 0; i < n; i++) {
        packed[i] = (int64_t)(((uint64_t)p[i].key << 32 | p[i].index) ^ 1ull << 63);
        before[i] = 0;
    }
    for (int64_t j = 0; j < n; j++) {
        const int64_t other = packed[j];
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) before[i] += other < packed[i];
    }
    for (int64_t i = 0; i < n; i++) out[before[i]] = p[i];
}

typedef struct {
    const pair *from;
    pair *to;
    int64_t n, chunks;
    int shift;
    uint32_t mask;
    uint32_t (*counts)[MAX_BUCKETS];
} radix_pass;

static void count_digits(void *context, int64_t begin, int64_t end) {
    const radix_pass *w = context;
    for (int64_t chunk = begin; chunk < end; chunk++) {
        uint32_t *count = w->counts[chunk];
        memset(count, 0, ((size_t)w->mask + 1) * sizeof *count);
        int64_t last = w->n * (chunk + 1) / w->chunks;
        for (int64_t i = w->n * chunk / w->chunks; i < last; i++) count[w->from[i].key >> w->shift & w->mask]++;
    }
}

static void distribute(void *context, int64_t begin, int64_t end) {
    const radix_pass *w = context;
    for (int64_t chunk = begin; chunk < end; chunk++) {
        uint32_t *start = w->counts[chunk];
        int64_t last = w->n * (chunk + 1) / w->chunks;
        for (int64_t i = w->n * chunk / w->chunks; i < last; i++)
            w->to[start[w->from[i].key >> w->shift & w->mask]++] = w->from[i];
    }
}

// Sorts pairs by the lowest `bits` of their keys, all others being equal. Returns which of the two
// buffers holds the result.
static pair *sort_pairs(pair *p, pair *other, int64_t n, int bits, int64_t chunks, uint32_t (*counts)[MAX_BUCKETS]) {
    if (n <= SHORT) {
        sort_short(p, other, n);
        return other;
    }
    int widest = n < FEW ? 8 : 11, passes = (bits + widest - 1) / widest, digit = passes ? (bits + passes - 1) / passes : 0;
    for (int i = 0; i < passes && !nj_interrupted(); i++) {
        radix_pass pass = {p, other, n, chunks, i * digit, (1u << digit) - 1, counts};
        nj_parallel(chunks, 1, count_digits, &pass);
        uint32_t total = 0;
        for (uint32_t bucket = 0; bucket <= pass.mask; bucket++) {
            for (int64_t c = 0; c < chunks; c++) {
                uint32_t count = counts[c][bucket];
                counts[c][bucket] = total;
                total += count;
            }
        }
        nj_parallel(chunks, 1, distribute, &pass);
        pair *swap = p;
        p = other;
        other = swap;
    }
    return p;
}

static int bit_length(uint64_t x) { return x ? 64 - __builtin_clzll(x) : 0; }

// ---- Rows

typedef struct {
    const char *in;
    char *values;
    int64_t *indices;
    int64_t rows, n, k, chunks;
    bool descending, failed;
} rows_job;

// Work space for one row at a time.
typedef struct {
    pair *pairs, *other;
    uint32_t (*counts)[MAX_BUCKETS];
    size_t capacity[2];
} workspace;

static bool make_workspace(workspace *w, int64_t n, int64_t chunks) {
    w->pairs = nj_allocate(2 * (size_t)n * sizeof(pair), &w->capacity[0]);
    w->counts = nj_allocate((size_t)chunks * sizeof *w->counts, &w->capacity[1]);
    w->other = w->pairs + n;
    return w->pairs && w->counts;
}

static void free_workspace(workspace *w) {
    if (w->pairs) nj_release(w->pairs, w->capacity[0]);
    if (w->counts) nj_release(w->counts, w->capacity[1]);
}

typedef struct {
    const void *sorted, *values;
    int64_t rows, n, count;
    int64_t *out;
    bool after;
} search_job;

// The functions for one element type T with keys of type KEY.
#define ROWS(T, KEY, NAME)                                                                       \
    typedef struct {                                                                             \
        const T *in;                                                                             \
        pair *out;                                                                               \
        KEY flip, least;                                                                         \
        int shift;                                                                               \
    } keys_##NAME;                                                                               \
                                                                                                 \
    NJ_CLONES static void key_range_##NAME(const T *in, int64_t n, KEY flip, KEY *least, KEY *most) { \
        KEY low = (KEY)~(KEY)0, high = 0;                                                        \
        for (int64_t i = 0; i < n; i++) {                                                        \
            KEY key = key_##NAME(in[i]) ^ flip;                                                  \
            low = key < low ? key : low;                                                         \
            high = key > high ? key : high;                                                      \
        }                                                                                        \
        *least = low;                                                                            \
        *most = high;                                                                            \
    }                                                                                            \
                                                                                                 \
    NJ_CLONES static void make_keys_##NAME(void *context, int64_t begin, int64_t end) {          \
        const keys_##NAME *w = context;                                                          \
        for (int64_t i = begin; i < end; i++)                                                    \
            w->out[i] = (pair){(uint32_t)(((key_##NAME(w->in[i]) ^ w->flip) - w->least) >> w->shift), (uint32_t)i}; \
    }                                                                                            \
                                                                                                 \
    /* Puts pairs with equal keys in the order of the bits that the keys left out. */            \
    static void settle_ties_##NAME(const T *in, pair *p, pair *spare, int64_t n, KEY flip, KEY least, int shift, workspace *w) { \
        for (int64_t i = 0, j; i < n; i = j) {                                                   \
            for (j = i + 1; j < n && p[j].key == p[i].key; j++) {}                               \
            if (j - i == 1) continue;                                                            \
            pair *run = spare + i, *room = p + i;                                                \
            const uint32_t mask = (uint32_t)(((uint64_t)1 << shift) - 1);                        \
            for (int64_t q = 0; q < j - i; q++)                                                  \
                run[q] = (pair){(uint32_t)((key_##NAME(in[p[i + q].index]) ^ flip) - least) & mask, p[i + q].index}; \
            pair *sorted = sort_pairs(run, room, j - i, shift, 1, w->counts);                    \
            if (sorted != room) memcpy(room, sorted, (size_t)(j - i) * sizeof(pair));            \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    static pair *sort_row_##NAME(const T *in, int64_t n, KEY flip, int64_t chunks, workspace *w) { \
        KEY least, most;                                                                         \
        key_range_##NAME(in, n, flip, &least, &most);                                            \
        int bits = bit_length(most - least), shift = bits > 32 ? bits - 32 : 0;                  \
        keys_##NAME keys = {in, w->pairs, flip, least, shift};                                   \
        nj_parallel(n, CHUNK, make_keys_##NAME, &keys);                                          \
        pair *sorted = sort_pairs(w->pairs, w->other, n, bits - shift, chunks, w->counts);       \
        if (shift) settle_ties_##NAME(in, sorted, sorted == w->pairs ? w->other : w->pairs, n, flip, least, shift, w); \
        return sorted;                                                                           \
    }                                                                                            \
                                                                                                 \
    static void deliver_##NAME(const T *in, const pair *p, T *values, int64_t *indices, int64_t n) { \
        for (int64_t i = 0; i < n; i++) {                                                        \
            values[i] = in[p[i].index];                                                          \
            indices[i] = (int64_t)p[i].index;                                                    \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    static void sort_rows_##NAME(void *context, int64_t begin, int64_t end) {                    \
        rows_job *job = context;                                                                 \
        workspace w;                                                                             \
        job->failed = !make_workspace(&w, job->n, job->chunks) || job->failed;                   \
        for (int64_t row = begin; row < end && !job->failed && !nj_interrupted(); row++) {       \
            const T *in = (const T *)job->in + row * job->n;                                     \
            pair *sorted = sort_row_##NAME(in, job->n, job->descending ? (KEY)~(KEY)0 : 0, job->chunks, &w); \
            if (nj_interrupted()) break;                                                         \
            deliver_##NAME(in, sorted, (T *)job->values + row * job->n, job->indices + row * job->n, job->n); \
        }                                                                                        \
        free_workspace(&w);                                                                      \
    }                                                                                            \
                                                                                                 \
    /* Whether any of a few elements comes before the threshold. */                              \
    NJ_CLONES static bool any_below_##NAME(const T *in, int64_t n, KEY flip, KEY threshold) {    \
        int any = 0;                                                                             \
        for (int64_t i = 0; i < n; i++) any |= (key_##NAME(in[i]) ^ flip) < threshold;           \
        return any;                                                                              \
    }                                                                                            \
                                                                                                 \
    /* The k first of a row in order, k being much less than n: collects what comes before the   \
       k-th found so far, and cuts the collection down when it is full. */                       \
    static void first_##NAME(const T *in, int64_t n, int64_t k, KEY flip, T *found, int64_t *where, \
                             T *values, int64_t *indices, workspace *w) {                        \
        enum { STRETCH = 64 };                                                                   \
        int64_t room = 2 * k + 256, count = 0;                                                   \
        KEY threshold = 0;                                                                       \
        bool bounded = false;                                                                    \
        for (int64_t i = 0; i < n; i += STRETCH) {                                               \
            int64_t end = i + STRETCH < n ? i + STRETCH : n;                                     \
            if (bounded && !any_below_##NAME(in + i, end - i, flip, threshold)) continue;        \
            for (int64_t j = i; j < end; j++)                                                    \
                if (!bounded || (key_##NAME(in[j]) ^ flip) < threshold) {                        \
                    found[count] = in[j];                                                        \
                    where[count++] = j;                                                          \
                }                                                                                \
            if (count + STRETCH > room || end == n) {                                            \
                pair *sorted = sort_row_##NAME(found, count, flip, 1, w);                        \
                for (int64_t q = 0; q < k; q++) {                                                \
                    values[q] = found[sorted[q].index];                                          \
                    indices[q] = where[sorted[q].index];                                         \
                }                                                                                \
                memcpy(found, values, (size_t)k * sizeof(T));                                    \
                memcpy(where, indices, (size_t)k * sizeof(int64_t));                             \
                count = k;                                                                       \
                threshold = key_##NAME(values[k - 1]) ^ flip;                                    \
                bounded = true;                                                                  \
            }                                                                                    \
        }                                                                                        \
    }                                                                                            \
                                                                                                 \
    /* Finds the elements whose keys share the highest digit with the k-th, from 0; `k` becomes  \
       its place among them. */                                                                  \
    static int64_t narrow_##NAME(const T *in, int64_t n, int64_t *k, T *found, int64_t *where, uint32_t *counts) { \
        KEY least, most;                                                                         \
        key_range_##NAME(in, n, 0, &least, &most);                                               \
        int bits = bit_length(most - least), shift = bits > 11 ? bits - 11 : 0;                  \
        memset(counts, 0, MAX_BUCKETS * sizeof *counts);                                         \
        for (int64_t i = 0; i < n; i++) counts[(key_##NAME(in[i]) - least) >> shift]++;          \
        KEY bucket = 0;                                                                          \
        while (counts[bucket] <= *k) *k -= counts[bucket++];                                     \
        int64_t count = 0;                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                        \
            if ((key_##NAME(in[i]) - least) >> shift != bucket) continue;                        \
            found[count] = in[i];                                                                \
            where[count++] = i;                                                                  \
        }                                                                                        \
        return count;                                                                            \
    }                                                                                            \
                                                                                                 \
    /* With k results per row, or the one at position -k - 1 when k is negative. */              \
    static void select_rows_##NAME(void *context, int64_t begin, int64_t end) {                  \
        rows_job *job = context;                                                                 \
        workspace w;                                                                             \
        size_t capacity;                                                                         \
        bool one = job->k < 0, few = !one && job->k < job->n / 8;                                \
        KEY flip = job->descending ? (KEY)~(KEY)0 : 0;                                           \
        int64_t k = one ? -job->k - 1 : job->k, out = one ? 1 : k;                               \
        int64_t room = one ? job->n : few ? 2 * k + 256 : 0;                                     \
        int64_t *where = nj_allocate((size_t)room * (sizeof(T) + sizeof(int64_t)), &capacity);   \
        T *found = (T *)(where + room);                                                          \
        job->failed = !make_workspace(&w, few ? room : job->n, 1) || !where || job->failed;      \
        for (int64_t row = begin; row < end && !job->failed && !nj_interrupted(); row++) {       \
            const T *in = (const T *)job->in + row * job->n;                                     \
            T *values = (T *)job->values + row * out;                                            \
            int64_t *indices = job->indices + row * out;                                         \
            if (one) {                                                                           \
                int64_t place = k, count = narrow_##NAME(in, job->n, &place, found, where, w.counts[0]); \
                pair *sorted = sort_row_##NAME(found, count, flip, 1, &w);                       \
                *values = found[sorted[place].index];                                            \
                *indices = where[sorted[place].index];                                           \
            } else if (few) {                                                                    \
                first_##NAME(in, job->n, k, flip, found, where, values, indices, &w);            \
            } else {                                                                             \
                deliver_##NAME(in, sort_row_##NAME(in, job->n, flip, 1, &w), values, indices, k); \
            }                                                                                    \
        }                                                                                        \
        free_workspace(&w);                                                                      \
        if (where) nj_release(where, capacity);                                                  \
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
    /* Several searches take their steps together, so that they wait for memory together. */     \
    NJ_CLONES static void search_##NAME(void *context, int64_t begin, int64_t end) {             \
        enum { TOGETHER = 32 };                                                                  \
        const search_job *w = context;                                                           \
        for (int64_t i = begin, next; i < end; i = next) {                                       \
            int64_t row = w->rows == 1 ? 0 : i / w->count, stop = w->rows == 1 ? end : (row + 1) * w->count; \
            next = i + TOGETHER < stop ? i + TOGETHER : stop;                                    \
            next = next < end ? next : end;                                                      \
            const T *sorted = (const T *)w->sorted + row * w->n;                                 \
            const T *wanted = (const T *)w->values + i;                                          \
            int64_t place[TOGETHER] = {0}, m = next - i;                                         \
            KEY keys[TOGETHER];                                                                  \
            /* Elements after equal ones: those not less than the key's successor, if any. */    \
            bool after[TOGETHER];                                                                \
            for (int64_t q = 0; q < m; q++) {                                                    \
                keys[q] = key_##NAME(wanted[q]);                                                 \
                after[q] = w->after && keys[q] == (KEY)~(KEY)0;                                  \
                if (w->after && !after[q]) keys[q]++;                                            \
            }                                                                                    \
            int64_t length = w->n;                                                               \
            for (; length > 1; length -= length / 2) {                                           \
                const int64_t half = length / 2;                                                 \
                NJ_VECTORIZE                                                                     \
                for (int64_t q = 0; q < m; q++)                                                  \
                    place[q] += key_##NAME(sorted[place[q] + half - 1]) < keys[q] ? half : 0;    \
            }                                                                                    \
            for (int64_t q = 0; q < m; q++) {                                                    \
                if (length == 1) place[q] += key_##NAME(sorted[place[q]]) < keys[q];             \
                w->out[i + q] = after[q] ? w->n : place[q];                                      \
            }                                                                                    \
        }                                                                                        \
    }

ROWS(uint8_t, uint32_t, u8)
ROWS(int32_t, uint32_t, i32)
ROWS(float, uint32_t, f32)
ROWS(int64_t, uint64_t, i64)
ROWS(double, uint64_t, f64)

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
