// Single elements looked up along a dimension, masks and positions of nonzero elements.

#include "nj_indexing.h"

#include "nj_loop.h"

#include <string.h>

enum { GRAIN = 16384 };

// ---- Along a dimension

// A run over the last dimension of the positions: `step` per position in the looked-up dimension,
// `along` per neighbour in the run.
typedef void (*along_run)(char *tensor, int64_t step, int64_t along, const int64_t *p, char *values, int64_t vs, int64_t n);

#define ALONG(NAME, T)                                                                           \
    static void along_get_##NAME(                                                                \
        char *tensor, int64_t step, int64_t along, const int64_t *p, char *values, int64_t vs, int64_t n) { \
        (void)vs;                                                                                \
        T *out = (T *)values;                                                                    \
        if (along == 0 && step == sizeof(T))                                                     \
            for (int64_t k = 0; k < n; k++) out[k] = ((const T *)tensor)[p[k]];                  \
        else                                                                                     \
            for (int64_t k = 0; k < n; k++) out[k] = *(const T *)(tensor + p[k] * step + k * along); \
    }                                                                                            \
    static void along_put_##NAME(                                                                \
        char *tensor, int64_t step, int64_t along, const int64_t *p, char *values, int64_t vs, int64_t n) { \
        for (int64_t k = 0; k < n; k++)                                                          \
            *(T *)(tensor + p[k] * step + k * along) = *(const T *)(values + k * vs);            \
    }

ALONG(8, uint8_t)
ALONG(32, uint32_t)
ALONG(64, uint64_t)

#define ALONG_ADD(NAME, T, U)                                                                    \
    static void along_add_##NAME(                                                                \
        char *tensor, int64_t step, int64_t along, const int64_t *p, char *values, int64_t vs, int64_t n) { \
        for (int64_t k = 0; k < n; k++) {                                                        \
            T *to = (T *)(tensor + p[k] * step + k * along);                                     \
            *to = (T)((U)*to + (U) * (const T *)(values + k * vs));                              \
        }                                                                                        \
    }

ALONG_ADD(f32, float, float)
ALONG_ADD(f64, double, double)
ALONG_ADD(i64, int64_t, uint64_t)
ALONG_ADD(i32, int32_t, uint32_t)
ALONG_ADD(u8, uint8_t, uint8_t)

static void along_or(char *tensor, int64_t step, int64_t along, const int64_t *p, char *values, int64_t vs, int64_t n) {
    for (int64_t k = 0; k < n; k++) *(tensor + p[k] * step + k * along) |= *(values + k * vs);
}

static const along_run along_table[3][6] = {
    {along_get_8, along_get_8, along_get_32, along_get_64, along_get_32, along_get_64},
    {along_put_8, along_put_8, along_put_32, along_put_64, along_put_32, along_put_64},
    {along_or, along_add_u8, along_add_i32, along_add_i64, along_add_f32, along_add_f64},
};

typedef struct {
    const nj_along *a;
    along_run run;
    int64_t step, along, length;  // of the last dimension
    int64_t rows;
} along_walk;

static char *row_start(const nj_along *a, int64_t row) {
    char *tensor = a->tensor;
    for (int d = a->rank - 2; d >= 0; d--) {
        int64_t i = row % a->sizes[d];
        row /= a->sizes[d];
        if (d != a->dim) tensor += i * a->tensor_strides[d];
    }
    return tensor;
}

// Positions begin..<end of the flattened array.
static void along_range(void *context, int64_t begin, int64_t end) {
    const along_walk *w = context;
    const nj_along *a = w->a;
    while (begin < end) {
        int64_t row = begin / w->length, k = begin % w->length, n = w->length - k;
        if (n > end - begin) n = end - begin;
        if (n > 1 << 16) n = 1 << 16;
        w->run(row_start(a, row) + k * w->along, w->step, w->along, a->positions + begin,
               a->values + begin * a->values_step, a->values_step, n);
        begin += n;
        if (nj_interrupted()) return;
    }
}

static void along_rows(void *context, int64_t begin, int64_t end) {
    const along_walk *w = context;
    along_range(context, begin * w->length, end * w->length);
}

// Columns begin..<end of every row, so that threads change different elements.
static void along_columns(void *context, int64_t begin, int64_t end) {
    const along_walk *w = context;
    const nj_along *a = w->a;
    for (int64_t row = 0; row < w->rows; row++) {
        int64_t at = row * w->length + begin;
        w->run(row_start(a, row) + begin * w->along, w->step, w->along, a->positions + at,
               a->values + at * a->values_step, a->values_step, end - begin);
        if (nj_interrupted()) return;
    }
}

bool nj_along_run(const nj_along *along, nj_lookup lookup) {
    nj_along counted = *along, *a = &counted;
    a->tensor -= a->first * a->tensor_strides[a->dim];
    int last = a->rank - 1;
    bool own = a->dim == last;
    along_walk w = {a, along_table[lookup][a->type], a->tensor_strides[a->dim], own ? 0 : a->tensor_strides[last], a->sizes[last], 1};
    for (int d = 0; d < last; d++) w.rows *= a->sizes[d];
    if (w.rows == 0 || w.length == 0) return true;
    if (own && w.rows == 1 && lookup != NJ_LOOKUP_GET && nj_scatter_in_parts(a, lookup)) return !nj_interrupted();
    if (lookup == NJ_LOOKUP_GET) nj_parallel(w.rows * w.length, GRAIN, along_range, &w);
    else if (own) nj_parallel(w.rows, GRAIN / w.length + 1, along_rows, &w);
    else nj_parallel(w.length, GRAIN / w.rows + 16, along_columns, &w);
    return !nj_interrupted();
}

// ---- Nonzero elements and masks

#define NONZERO(NAME, T)                                                                         \
    static int64_t count_##NAME(const T *x, int64_t n) {                                         \
        int64_t count = 0;                                                                       \
        for (int64_t i = 0; i < n; i++) count += x[i] != 0;                                      \
        return count;                                                                            \
    }                                                                                            \
    static void nonzero_##NAME(const T *x, int64_t count, int64_t *out) {                        \
        for (int64_t i = 0, m = 0; m < count; i++) {                                             \
            out[m] = i;                                                                          \
            m += x[i] != 0;                                                                      \
        }                                                                                        \
    }

NONZERO(u8, uint8_t)
NONZERO(i32, int32_t)
NONZERO(i64, int64_t)
NONZERO(f32, float)
NONZERO(f64, double)

int64_t nj_count_nonzero(nj_dtype type, const void *x, int64_t n) {
    switch (type) {
        case NJ_BOOL:
        case NJ_UINT8: return count_u8(x, n);
        case NJ_INT32: return count_i32(x, n);
        case NJ_INT64: return count_i64(x, n);
        case NJ_FLOAT32: return count_f32(x, n);
        case NJ_FLOAT64: return count_f64(x, n);
    }
    return 0;
}

void nj_nonzero(nj_dtype type, const void *x, int64_t count, int64_t *out) {
    switch (type) {
        case NJ_BOOL:
        case NJ_UINT8: nonzero_u8(x, count, out); break;
        case NJ_INT32: nonzero_i32(x, count, out); break;
        case NJ_INT64: nonzero_i64(x, count, out); break;
        case NJ_FLOAT32: nonzero_f32(x, count, out); break;
        case NJ_FLOAT64: nonzero_f64(x, count, out); break;
    }
}

void nj_unravel(const int64_t *flat, int64_t n, int rank, const int64_t *sizes, int64_t *out) {
    if (rank == 0) return;
    int64_t row = 0, width = sizes[rank - 1];  // where the row at hand begins
    for (int64_t i = 0; i < n; i++, out += rank) {
        if (i > 0 && flat[i] - row < width) {
            for (int d = 0; d < rank - 1; d++) out[d] = out[d - rank];
        } else {
            int64_t rest = flat[i] / width;
            row = rest * width;
            for (int d = rank - 2; d >= 0; d--) {
                out[d] = rest % sizes[d];
                rest /= sizes[d];
            }
        }
        out[rank - 1] = flat[i] - row;
    }
}

#define MASKED(NAME, T)                                                                          \
    static void masked_select_##NAME(T *out, const T *in, const uint8_t *mask, int64_t count) {  \
        for (int64_t i = 0, m = 0; m < count; i++) {                                             \
            out[m] = in[i];                                                                      \
            m += mask[i];                                                                        \
        }                                                                                        \
    }                                                                                            \
    static void masked_scatter_##NAME(T *out, const T *in, const uint8_t *mask, const T *source, int64_t n) { \
        for (int64_t i = 0; i < n; i++) out[i] = mask[i] ? *source++ : in[i];                    \
    }

MASKED(8, uint8_t)
MASKED(32, uint32_t)
MASKED(64, uint64_t)

void nj_masked_select(int64_t size, char *out, const char *in, const uint8_t *mask, int64_t count) {
    if (size == 1) masked_select_8((uint8_t *)out, (const uint8_t *)in, mask, count);
    else if (size == 4) masked_select_32((uint32_t *)out, (const uint32_t *)in, mask, count);
    else masked_select_64((uint64_t *)out, (const uint64_t *)in, mask, count);
}

void nj_masked_scatter(int64_t size, char *out, const char *in, const uint8_t *mask, const char *source, int64_t n) {
    if (size == 1) masked_scatter_8((uint8_t *)out, (const uint8_t *)in, mask, (const uint8_t *)source, n);
    else if (size == 4) masked_scatter_32((uint32_t *)out, (const uint32_t *)in, mask, (const uint32_t *)source, n);
    else masked_scatter_64((uint64_t *)out, (const uint64_t *)in, mask, (const uint64_t *)source, n);
}

// ---- Triangles

void nj_triangle(
    void *out, const void *in, int64_t size, int64_t matrices, int64_t rows, int64_t columns, int64_t diagonal, bool upper) {
    char *to = out;
    const char *from = in;
    // Rows and columns beyond the matrix behave like the last one; clamping keeps sums in range.
    if (diagonal > columns) diagonal = columns;
    if (diagonal < -rows) diagonal = -rows;
    for (int64_t m = 0; m < matrices; m++) {
        for (int64_t i = 0; i < rows; i++, to += columns * size, from += columns * size) {
            int64_t first = i + diagonal + (upper ? 0 : 1);  // of the upper part
            if (first < 0) first = 0;
            if (first > columns) first = columns;
            size_t left = (size_t)(first * size), right = (size_t)((columns - first) * size);
            if (upper) {
                memset(to, 0, left);
                memcpy(to + left, from + left, right);
            } else {
                memcpy(to, from, left);
                memset(to + left, 0, right);
            }
        }
    }
}

#define MASKED_FILL(NAME, T)                                                                     \
    NJ_CLONES static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {     \
        const T value = *(const T *)c;                                                           \
        if (s[0] == sizeof(T) && s[1] == sizeof(T) && s[2] == 1) {                               \
            T *out = (T *)p[0];                                                                  \
            const T *in = (const T *)p[1];                                                       \
            const uint8_t *mask = (const uint8_t *)p[2];                                         \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) out[i] = mask[i] ? value : in[i];                    \
        } else {                                                                                 \
            for (int64_t i = 0; i < n; i++)                                                      \
                *(T *)(p[0] + i * s[0]) = p[2][i * s[2]] ? value : *(const T *)(p[1] + i * s[1]); \
        }                                                                                        \
    }

MASKED_FILL(masked_fill_8, uint8_t)
MASKED_FILL(masked_fill_32, uint32_t)
MASKED_FILL(masked_fill_64, uint64_t)

nj_kernel nj_masked_fill_kernel(nj_dtype type) {
    static const nj_kernel table[6] = {
        masked_fill_8, masked_fill_8, masked_fill_32, masked_fill_64, masked_fill_32, masked_fill_64};
    return table[type];
}
