// Blocks and single elements looked up by position.

#include "nj_indexing.h"

#include "nj_loop.h"

#include <math.h>
#include <string.h>

// Bytes moved per thread below which a second thread costs more than it brings.
enum { GRAIN_BYTES = 128 << 10, POLL = 1 << 12 };

// What threads found out about positions, each about its share.
typedef struct {
    int64_t *out;
    const int64_t *in;
    int64_t first, size;
    _Atomic int wrong, below;
} position_scan;

NJ_CLONES static void check_range(void *context, int64_t begin, int64_t end) {
    position_scan *scan = context;
    const int64_t *in = scan->in, first = scan->first, size = scan->size;
    int64_t wrong = 0, below = 0;
    for (int64_t i = begin; i < end; i++) {
        wrong |= (in[i] >= first + size) | (in[i] < -size) | ((in[i] >= 0) & (in[i] < first));
        below |= in[i];
    }
    if (wrong) scan->wrong = 1;
    if (below < 0) scan->below = 1;
}

int64_t nj_check_positions(const int64_t *positions, int64_t n, int64_t first, int64_t size, bool *negative) {
    position_scan scan = {.in = positions, .first = first, .size = size};
    nj_parallel(n, 1 << 16, check_range, &scan);
    *negative = scan.below;
    if (!scan.wrong) return -1;
    for (int64_t i = 0; i < n; i++)
        if (positions[i] >= first + size || positions[i] < -size || (positions[i] >= 0 && positions[i] < first)) return i;
    return -1;
}

NJ_CLONES static void lower_range(void *context, int64_t begin, int64_t end) {
    position_scan *scan = context;
    const int64_t *in = scan->in;
    int64_t *out = scan->out, zero = 0;
    NJ_VECTORIZE
    for (int64_t i = begin; i < end; i++) {
        zero |= in[i] == 0;
        out[i] = in[i] - (in[i] > 0);
    }
    if (zero) scan->wrong = 1;
}

int64_t nj_positions_from_one(int64_t *out, const int64_t *positions, int64_t n) {
    position_scan scan = {.out = out, .in = positions};
    nj_parallel(n, 1 << 16, lower_range, &scan);
    for (int64_t i = 0; scan.wrong && i < n; i++)
        if (positions[i] == 0) return i;
    return -1;
}

void nj_wrap_positions(int64_t *out, const int64_t *positions, int64_t n, int64_t first, int64_t size) {
    for (int64_t i = 0; i < n; i++) out[i] = positions[i] < 0 ? positions[i] + size : positions[i] - first;
}

void nj_add_offsets(int64_t *offsets, const int64_t *positions, int64_t n, int64_t stride) {
    for (int64_t i = 0; i < n; i++) offsets[i] += positions[i] * stride;
}

#define POSITIONS_FROM(NAME, T)                                                                  \
    int64_t NAME(int64_t *out, const T *values, int64_t n) {                                     \
        for (int64_t i = 0; i < n; i++) {                                                        \
            double v = values[i];                                                                \
            if (!(fabs(v) < 0x1p62) || v != (double)(int64_t)v) return i;                        \
            out[i] = (int64_t)v;                                                                 \
        }                                                                                        \
        return -1;                                                                               \
    }

POSITIONS_FROM(nj_positions_from_f32, float)
POSITIONS_FROM(nj_positions_from_f64, double)

// ---- One run of neighbouring elements between a tensor and its values

typedef void (*run_function)(char *tensor, int64_t ts, char *values, int64_t vs, int64_t n);

#define MOVE(NAME, T)                                                                            \
    static void get_##NAME(char *tensor, int64_t ts, char *values, int64_t vs, int64_t n) {      \
        if (ts == sizeof(T) && vs == sizeof(T)) {                                                \
            memcpy(values, tensor, (size_t)n * sizeof(T));                                       \
            return;                                                                              \
        }                                                                                        \
        for (int64_t i = 0; i < n; i++) *(T *)(values + i * vs) = *(const T *)(tensor + i * ts); \
    }                                                                                            \
    static void put_##NAME(char *tensor, int64_t ts, char *values, int64_t vs, int64_t n) {      \
        if (ts == sizeof(T) && vs == sizeof(T)) {                                                \
            memcpy(tensor, values, (size_t)n * sizeof(T));                                       \
            return;                                                                              \
        }                                                                                        \
        for (int64_t i = 0; i < n; i++) *(T *)(tensor + i * ts) = *(const T *)(values + i * vs); \
    }

MOVE(8, uint8_t)
MOVE(32, uint32_t)
MOVE(64, uint64_t)

#define ADD(NAME, T, U)                                                                          \
    NJ_CLONES static void add_##NAME(char *tensor, int64_t ts, char *values, int64_t vs, int64_t n) { \
        if (ts == sizeof(T) && vs == sizeof(T)) {                                                \
            T *to = (T *)tensor;                                                                 \
            const T *from = (const T *)values;                                                   \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) to[i] = (T)((U)to[i] + (U)from[i]);                  \
            return;                                                                              \
        }                                                                                        \
        for (int64_t i = 0; i < n; i++) {                                                        \
            T *to = (T *)(tensor + i * ts);                                                      \
            *to = (T)((U)*to + (U) * (const T *)(values + i * vs));                              \
        }                                                                                        \
    }

ADD(f32, float, float)
ADD(f64, double, double)
ADD(i64, int64_t, uint64_t)
ADD(i32, int32_t, uint32_t)
ADD(u8, uint8_t, uint8_t)

static void or_b(char *tensor, int64_t ts, char *values, int64_t vs, int64_t n) {
    for (int64_t i = 0; i < n; i++) *(uint8_t *)(tensor + i * ts) |= *(const uint8_t *)(values + i * vs);
}

static run_function run_for(nj_dtype type, nj_lookup lookup) {
    static const run_function table[3][6] = {
        {get_8, get_8, get_32, get_64, get_32, get_64},
        {put_8, put_8, put_32, put_64, put_32, put_64},
        {or_b, add_u8, add_i32, add_i64, add_f32, add_f64},
    };
    return table[lookup][type];
}

static int64_t size_of(nj_dtype type) { return type <= NJ_UINT8 ? 1 : type == NJ_INT32 || type == NJ_FLOAT32 ? 4 : 8; }

// ---- Blocks

// Block dimensions outside of the blocks' own step in the values come first in the walk, then the
// blocks, then the dimensions inside: memory is passed in order where possible.
typedef struct {
    nj_blocks b;
    int outer;  // how many of the block's dimensions lie outside
    int64_t outer_count, inner_rows;
    run_function run;
    nj_lookup lookup;
    int64_t low, high;  // for changes shared among threads: the bytes of the tensor that are ours
} blocks_walk;

static void inner_run(const blocks_walk *w, char *tensor, char *values) {
    const nj_blocks *b = &w->b;
    int last = b->rank - 1;
    if (b->rank == w->outer) {
        w->run(tensor, 0, values, 0, 1);
        return;
    }
    int64_t n = b->sizes[last], ts = b->tensor_strides[last], vs = b->values_strides[last];
    if (w->inner_rows == 1) {
        w->run(tensor, ts, values, vs, n);
        return;
    }
    int64_t index[NJ_MAX_DIMS] = {0};
    for (int64_t row = 0; row < w->inner_rows; row++) {
        w->run(tensor, ts, values, vs, n);
        for (int d = last - 1; d >= w->outer; d--) {
            tensor += b->tensor_strides[d];
            values += b->values_strides[d];
            if (++index[d] < b->sizes[d]) break;
            tensor -= b->sizes[d] * b->tensor_strides[d];
            values -= b->sizes[d] * b->values_strides[d];
            index[d] = 0;
        }
    }
}

// One element for each block, without dimensions inside: the case of vectors.
#define SINGLE(T)                                                                                \
    static void single_##T(const blocks_walk *w, char *tensor, char *values, int64_t from, int64_t to) { \
        const int64_t *offsets = w->b.offsets;                                                   \
        if (w->lookup == NJ_LOOKUP_GET)                                                          \
            for (int64_t i = from; i < to; i++) ((T *)values)[i] = *(const T *)(tensor + offsets[i]); \
        else                                                                                     \
            for (int64_t i = from; i < to; i++) *(T *)(tensor + offsets[i]) = ((const T *)values)[i]; \
    }
SINGLE(uint8_t)
SINGLE(uint32_t)
SINGLE(uint64_t)

static void blocks_range(void *context, int64_t begin, int64_t end) {
    const blocks_walk *w = context;
    const nj_blocks *b = &w->b;
    int64_t size = size_of(b->type);
    bool single = w->outer == b->rank && b->values_step == size && w->lookup != NJ_LOOKUP_ADD;
    while (begin < end) {
        int64_t rest = begin / b->count, from = begin % b->count, to = from + (end - begin);
        if (to > b->count) to = b->count;
        char *tensor = b->tensor, *values = b->values;
        for (int d = w->outer - 1; d >= 0; d--) {
            int64_t i = rest % b->sizes[d];
            rest /= b->sizes[d];
            tensor += i * b->tensor_strides[d];
            values += i * b->values_strides[d];
        }
        begin += to - from;
        while (from < to) {
            int64_t stop = to - from > POLL ? from + POLL : to;
            if (nj_interrupted()) return;
            if (single) {
                if (size == 1) single_uint8_t(w, tensor, values, from, stop);
                else if (size == 4) single_uint32_t(w, tensor, values, from, stop);
                else single_uint64_t(w, tensor, values, from, stop);
            } else {
                for (int64_t i = from; i < stop; i++)
                    if (b->offsets[i] >= w->low && b->offsets[i] < w->high)
                        inner_run(w, tensor + b->offsets[i], values + i * b->values_step);
            }
            from = stop;
        }
    }
}

static void blocks_outer(void *context, int64_t begin, int64_t end) {
    int64_t count = ((const blocks_walk *)context)->b.count;
    blocks_range(context, begin * count, end * count);
}

static void blocks_share(void *context, int64_t begin, int64_t end) {
    blocks_walk w = *(const blocks_walk *)context;
    int64_t unit = w.high;
    w.low = begin * unit;
    w.high = end * unit;
    blocks_range(&w, 0, w.b.count);
}

static void merge_dimensions(nj_blocks *b) {
    int rank = 0;
    for (int d = 0; d < b->rank; d++) {
        if (b->sizes[d] == 1) continue;
        bool outside = rank > 0 && (b->values_strides[rank - 1] > b->values_step) == (b->values_strides[d] > b->values_step);
        if (outside && b->tensor_strides[rank - 1] == b->tensor_strides[d] * b->sizes[d]
            && b->values_strides[rank - 1] == b->values_strides[d] * b->sizes[d]) {
            b->sizes[rank - 1] *= b->sizes[d];
        } else {
            b->sizes[rank++] = b->sizes[d];
        }
        b->tensor_strides[rank - 1] = b->tensor_strides[d];
        b->values_strides[rank - 1] = b->values_strides[d];
    }
    b->rank = rank;
}

bool nj_blocks_run(const nj_blocks *blocks, nj_lookup lookup) {
    blocks_walk w = {*blocks, 0, 1, 1, run_for(blocks->type, lookup), lookup, INT64_MIN, INT64_MAX};
    int64_t size = size_of(blocks->type), bytes = size;
    if (w.b.count == 0) return true;
    for (int d = 0; d < w.b.rank; d++) {
        if (w.b.sizes[d] == 0) return true;
        bytes *= w.b.sizes[d];
    }
    merge_dimensions(&w.b);
    while (w.outer < w.b.rank && w.b.values_strides[w.outer] > w.b.values_step) w.outer_count *= w.b.sizes[w.outer++];
    for (int d = w.outer; d < w.b.rank - 1; d++) w.inner_rows *= w.b.sizes[d];
    int64_t block = bytes / w.outer_count, grain = GRAIN_BYTES / (block > 64 ? block : 64) + 1;
    if (lookup == NJ_LOOKUP_GET) {
        nj_parallel(w.outer_count * w.b.count, grain, blocks_range, &w);
    } else if (w.outer_count > 1) {
        // Threads change different parts of the tensor.
        nj_parallel(w.outer_count, grain / w.b.count + 1, blocks_outer, &w);
    } else if (block >= 256 && w.b.count > 2 * grain) {
        int64_t largest = 0;
        for (int64_t i = 0; i < w.b.count; i++) largest = w.b.offsets[i] > largest ? w.b.offsets[i] : largest;
        enum { SHARES = 64 };
        w.high = largest / SHARES + 1;
        nj_parallel(SHARES, SHARES * grain / w.b.count + 1, blocks_share, &w);
    } else {
        blocks_range(&w, 0, w.b.count);
    }
    return !nj_interrupted();
}
