// Elementwise loops: simplify the index space, then walk it.

#include "nj_loop.h"

#include <string.h>

// Elements per thread below which a second thread costs more than it brings.
enum { GRAIN = 32768 };
// Cheap elements between two looks at the interrupt flag.
enum { STRETCH = 1 << 20 };

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

// Whether dimension `a` should lie outside of dimension `b`: larger steps in the result first, the
// inputs decide ties.
static bool outside(const nj_loop *loop, int a, int b) {
    for (int i = 0; i < loop->operands; i++) {
        int64_t x = magnitude(loop->strides[i][a]), y = magnitude(loop->strides[i][b]);
        if (x == 0 || y == 0 || x == y) continue;
        return x > y;
    }
    return true;
}

static void swap_dims(nj_loop *loop, int a, int b) {
    int64_t size = loop->sizes[a];
    loop->sizes[a] = loop->sizes[b];
    loop->sizes[b] = size;
    for (int i = 0; i < loop->operands; i++) {
        int64_t stride = loop->strides[i][a];
        loop->strides[i][a] = loop->strides[i][b];
        loop->strides[i][b] = stride;
    }
}

static bool mergeable(const nj_loop *loop, int outer, int inner) {
    for (int i = 0; i < loop->operands; i++)
        if (loop->strides[i][outer] != loop->strides[i][inner] * loop->sizes[inner]) return false;
    return true;
}

static void simplify(nj_loop *loop, bool reorder) {
    int rank = 0;
    for (int d = 0; d < loop->rank; d++) {
        if (loop->sizes[d] == 1) continue;
        if (d != rank) {
            loop->sizes[rank] = loop->sizes[d];
            for (int i = 0; i < loop->operands; i++) loop->strides[i][rank] = loop->strides[i][d];
        }
        rank++;
    }
    for (int d = 1; reorder && d < rank; d++)
        for (int e = d; e > 0 && !outside(loop, e - 1, e); e--) swap_dims(loop, e - 1, e);
    int last = 0;
    for (int d = 1; d < rank; d++) {
        if (mergeable(loop, last, d)) {
            loop->sizes[last] *= loop->sizes[d];
        } else {
            last++;
            loop->sizes[last] = loop->sizes[d];
        }
        for (int i = 0; i < loop->operands; i++) loop->strides[i][last] = loop->strides[i][d];
    }
    if (rank == 0) {
        loop->sizes[0] = 1;
        for (int i = 0; i < loop->operands; i++) loop->strides[i][0] = 0;
    }
    loop->rank = last + 1;
}

typedef struct {
    const nj_loop *loop;
    nj_kernel kernel;
    const void *context;
    int64_t stretch;                   // elements between two looks at the interrupt flag
    int64_t strides[NJ_MAX_OPERANDS];  // of the innermost dimension
} walk;

// Runs the kernel over the positions begin..<end of the flattened index space.
static void walk_range(void *data, int64_t begin, int64_t end) {
    const walk *w = data;
    const nj_loop *loop = w->loop;
    int inner = loop->rank - 1;
    int64_t index[NJ_MAX_DIMS], rest = begin;
    for (int d = inner; d >= 0; d--) {
        index[d] = rest % loop->sizes[d];
        rest /= loop->sizes[d];
    }
    char *at[NJ_MAX_OPERANDS];
    for (int i = 0; i < loop->operands; i++) {
        at[i] = loop->data[i];
        for (int d = 0; d <= inner; d++) at[i] += index[d] * loop->strides[i][d];
    }
    int64_t until_look = w->stretch;
    while (begin < end) {
        int64_t n = loop->sizes[inner] - index[inner];
        if (n > end - begin) n = end - begin;
        if (n > w->stretch) n = w->stretch;
        w->kernel(at, w->strides, n, w->context);
        begin += n;
        if (begin >= end) return;
        until_look -= n;
        if (until_look <= 0) {
            if (nj_interrupted()) return;
            until_look = w->stretch;
        }
        index[inner] += n;
        for (int i = 0; i < loop->operands; i++) at[i] += n * loop->strides[i][inner];
        for (int d = inner; d > 0 && index[d] == loop->sizes[d]; d--) {
            index[d] = 0;
            index[d - 1]++;
            for (int i = 0; i < loop->operands; i++)
                at[i] += loop->strides[i][d - 1] - loop->sizes[d] * loop->strides[i][d];
        }
    }
}

static bool prepare(
    nj_loop *loop, nj_kernel kernel, const void *context, int cost, bool reorder, walk *w, int64_t *count) {
    *count = 1;
    for (int d = 0; d < loop->rank; d++) *count *= loop->sizes[d];
    if (*count == 0) return false;
    simplify(loop, reorder);
    *w = (walk){loop, kernel, context, STRETCH / (cost > 0 ? cost : 1), {0}};
    for (int i = 0; i < loop->operands; i++) w->strides[i] = loop->strides[i][loop->rank - 1];
    return true;
}

bool nj_loop_run(nj_loop *loop, nj_kernel kernel, const void *context, int cost) {
    walk w;
    int64_t count;
    if (!prepare(loop, kernel, context, cost, true, &w, &count)) return true;
    nj_parallel(count, GRAIN / (cost > 0 ? cost : 1), walk_range, &w);
    return count <= w.stretch || !nj_interrupted();
}

bool nj_flat_run(nj_kernel kernel, int operands, char *const *data, const int64_t *strides, int64_t n,
                 const void *context, int cost) {
    if (n <= 4096) {
        if (n > 0) kernel(data, strides, n, context);
        return true;
    }
    nj_loop loop = {.rank = 1, .operands = operands};
    loop.sizes[0] = n;
    for (int i = 0; i < operands; i++) {
        loop.data[i] = data[i];
        loop.strides[i][0] = strides[i];
    }
    return nj_loop_run(&loop, kernel, context, cost);
}

void nj_loop_run_sequentially(nj_loop *loop, nj_kernel kernel, const void *context) {
    walk w;
    int64_t count;
    if (prepare(loop, kernel, context, 1, false, &w, &count)) walk_range(&w, 0, count);
}
