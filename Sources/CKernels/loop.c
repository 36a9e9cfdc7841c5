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

// ---- Tiles
//
// Where neighbours in the result are not neighbours in an operand, as in a transposed one, the two
// dimensions are walked in tiles. An operand's tile is read line by line, so that neighbours in memory
// are used together however far apart the lines are, and turned in the cache next to the core.

enum { ROWS = 32, COLUMNS = 64 };

typedef struct {
    const walk *walk;
    int64_t down, across;  // tiles of the last two dimensions
    bool moves;            // without arithmetic, so that tiles turn right into the result
} tiling;

// Turns columns that lie `stride` bytes apart into rows that lie `row` bytes apart, a square of four by
// four at a time.
#define TURN(NAME, T)                                                                            \
    NJ_CLONES static void NAME(char *out, int64_t row, const char *in, int64_t stride, int64_t rows, int64_t columns) { \
        typedef T four __attribute__((vector_size(4 * sizeof(T)), aligned(sizeof(T))));          \
        T lines[COLUMNS][ROWS];                                                                  \
        if (rows == ROWS)                                                                        \
            for (int64_t c = 0; c < columns; c++) memcpy(lines[c], in + c * stride, sizeof lines[c]); \
        else                                                                                     \
            for (int64_t c = 0; c < columns; c++) memcpy(lines[c], in + c * stride, (size_t)rows * sizeof(T)); \
        int64_t r = 0;                                                                           \
        for (; r + 4 <= rows; r += 4, out += 4 * row) {                                          \
            T *out0 = (T *)out, *out1 = (T *)(out + row), *out2 = (T *)(out + 2 * row), *out3 = (T *)(out + 3 * row); \
            int64_t c = 0;                                                                       \
            for (; c + 4 <= columns; c += 4) {                                                   \
                const four v0 = *(const four *)&lines[c][r], v1 = *(const four *)&lines[c + 1][r]; \
                const four v2 = *(const four *)&lines[c + 2][r], v3 = *(const four *)&lines[c + 3][r]; \
                const four a = __builtin_shufflevector(v0, v1, 0, 4, 1, 5), b = __builtin_shufflevector(v0, v1, 2, 6, 3, 7); \
                const four d = __builtin_shufflevector(v2, v3, 0, 4, 1, 5), e = __builtin_shufflevector(v2, v3, 2, 6, 3, 7); \
                *(four *)(out0 + c) = __builtin_shufflevector(a, d, 0, 1, 4, 5);                 \
                *(four *)(out1 + c) = __builtin_shufflevector(a, d, 2, 3, 6, 7);                 \
                *(four *)(out2 + c) = __builtin_shufflevector(b, e, 0, 1, 4, 5);                 \
                *(four *)(out3 + c) = __builtin_shufflevector(b, e, 2, 3, 6, 7);                 \
            }                                                                                    \
            for (; c < columns; c++)                                                             \
                out0[c] = lines[c][r], out1[c] = lines[c][r + 1], out2[c] = lines[c][r + 2], out3[c] = lines[c][r + 3]; \
        }                                                                                        \
        for (; r < rows; r++, out += row)                                                        \
            for (int64_t c = 0; c < columns; c++) ((T *)out)[c] = lines[c][r];                   \
    }

TURN(turn_8, uint8_t)
TURN(turn_32, uint32_t)
TURN(turn_64, uint64_t)

// Whether some operand's neighbours lie along another dimension than the result's; that dimension is
// made the last but one.
static bool crosses(nj_loop *loop) {
    const int inner = loop->rank - 1;
    int row = -1;
    int64_t least = INT64_MAX;
    for (int i = 1; i < loop->operands; i++)
        for (int d = 0; d < inner; d++) {
            const int64_t stride = magnitude(loop->strides[i][d]);
            if (stride == 0 || stride >= magnitude(loop->strides[i][inner]) || stride >= least) continue;
            least = stride;
            row = d;
        }
    if (row < 0 || loop->sizes[row] < 4 || loop->sizes[inner] < 4 || loop->sizes[row] * loop->sizes[inner] < 256) return false;
    for (int d = row; d < inner - 1; d++) swap_dims(loop, d, d + 1);
    return true;
}

// The tiles begin..<end.
static void walk_tiles(void *context, int64_t begin, int64_t end) {
    const tiling *t = context;
    const walk *w = t->walk;
    const nj_loop *loop = w->loop;
    const int inner = loop->rank - 1, outer = inner - 1;
    char turned[NJ_MAX_OPERANDS - 1][ROWS * COLUMNS * 8] __attribute__((aligned(64)));
    int64_t until_look = w->stretch;
    for (int64_t at = begin; at < end; at++) {
        const int64_t row = at / t->across % t->down * ROWS, column = at % t->across * COLUMNS;
        const int64_t rows = loop->sizes[outer] - row < ROWS ? loop->sizes[outer] - row : ROWS;
        const int64_t columns = loop->sizes[inner] - column < COLUMNS ? loop->sizes[inner] - column : COLUMNS;
        int64_t index[NJ_MAX_DIMS], rest = at / t->across / t->down;
        for (int d = outer - 1; d >= 0; d--) {
            index[d] = rest % loop->sizes[d];
            rest /= loop->sizes[d];
        }
        char *data[NJ_MAX_OPERANDS];
        int64_t row_strides[NJ_MAX_OPERANDS], strides[NJ_MAX_OPERANDS];
        bool done = false;
        for (int i = 0; i < loop->operands; i++) {
            row_strides[i] = loop->strides[i][outer], strides[i] = loop->strides[i][inner];
            data[i] = loop->data[i] + row * row_strides[i] + column * strides[i];
            for (int d = 0; d < outer; d++) data[i] += index[d] * loop->strides[i][d];
            const int64_t element = loop->elements[i];
            if (i == 0 || element == 0 || row_strides[i] != element || magnitude(strides[i]) <= element) continue;
            const bool direct = t->moves && strides[0] == element;
            (element == 1 ? turn_8 : element == 4 ? turn_32 : turn_64)(
                direct ? data[0] : turned[i - 1], direct ? row_strides[0] : element * COLUMNS, data[i], strides[i], rows, columns);
            done = direct;
            data[i] = turned[i - 1];
            strides[i] = element;
            row_strides[i] = element * COLUMNS;
        }
        for (int64_t r = 0; r < rows && !done; r++) {
            w->kernel(data, strides, columns, w->context);
            for (int i = 0; i < loop->operands; i++) data[i] += row_strides[i];
        }
        until_look -= rows * columns;
        if (until_look <= 0) {
            if (nj_interrupted()) return;
            until_look = w->stretch;
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
    const int64_t grain = GRAIN / (cost > 0 ? cost : 1);
    if (count >= 1024 && crosses(loop)) {
        const int64_t *sizes = loop->sizes + loop->rank - 2;
        tiling t = {&w, (sizes[0] + ROWS - 1) / ROWS, (sizes[1] + COLUMNS - 1) / COLUMNS, nj_moves(kernel)};
        const int64_t tiles = count / (sizes[0] * sizes[1]) * t.down * t.across;
        nj_parallel(tiles, grain / (ROWS * COLUMNS) + 1, walk_tiles, &t);
    } else {
        nj_parallel(count, grain, walk_range, &w);
    }
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
