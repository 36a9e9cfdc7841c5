// The walk over the index space of a reduction.
//
// Dimensions are split into kept and reduced ones, ordered by their steps in memory and merged. Where
// neighbours in memory belong to different results, a tile of columns is reduced at a time; where they
// belong to the same, the elements are laid out as a few lanes whose accumulators are joined at the
// end. Long reductions are cut into blocks that depend on the shape alone, so that the bits of a sum
// do not depend on the number of threads.

#include "reducers.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t size, input, result, other, values;
} dimension;

typedef struct {
    const nj_reducer *reducer;
    const nj_reduce_job *job;
    size_t element;  // bytes of an input element
    dimension kept[NJ_MAX_DIMS], reduced[NJ_MAX_DIMS];
    int kept_rank, reduced_rank;  // without the columns
    dimension columns;            // the dimension whose results are computed side by side
    int64_t total;                // elements for each result
    int64_t outer, tiles, tile, blocks, block;
    int64_t groups;               // rows that lie beside each other in one row of accumulators
    char *partial;
    int64_t *partial_index;
    bool interrupted;
} plan;

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

static void sort_and_merge(dimension *d, int *rank, bool sorted) {
    for (int i = 1; sorted && i < *rank; i++)
        for (int j = i; j > 0 && magnitude(d[j - 1].input) < magnitude(d[j].input); j--) {
            dimension swap = d[j];
            d[j] = d[j - 1];
            d[j - 1] = swap;
        }
    int last = 0;
    for (int i = 1; i < *rank; i++) {
        const dimension *a = &d[last], *b = &d[i];
        const bool merges = a->input == b->input * b->size && a->result == b->result * b->size &&
                            a->other == b->other * b->size && a->values == b->values * b->size;
        if (merges) {
            int64_t size = a->size * b->size;
            d[last] = *b;
            d[last].size = size;
        } else {
            d[++last] = *b;
        }
    }
    if (*rank > 0) *rank = last + 1;
}

static void make_plan(plan *p) {
    const nj_reduce_job *job = p->job;
    for (int i = 0; i < job->rank; i++) {
        if (job->sizes[i] == 1) continue;
        const dimension d = {job->sizes[i], job->input_strides[i], job->result_strides[i], job->other_strides[i],
                             job->values_strides[i]};
        if (job->reduced[i]) {
            p->reduced[p->reduced_rank++] = (dimension){d.size, d.input, 0, 0, 0};
        } else {
            p->kept[p->kept_rank++] = d;
        }
    }
    sort_and_merge(p->kept, &p->kept_rank, true);
    sort_and_merge(p->reduced, &p->reduced_rank, !p->reducer->finds_position);
    p->total = 1;
    for (int i = 0; i < p->reduced_rank; i++) p->total *= p->reduced[i].size;
    if (p->reduced_rank == 0) p->reduced[p->reduced_rank++] = (dimension){1, 0, 0, 0, 0};
    const dimension rows = p->reduced[p->reduced_rank - 1];
    p->columns = (dimension){1, rows.input, 0, 0, 0};
    p->groups = 1;
    if (p->kept_rank > 0) {
        const dimension inner = p->kept[p->kept_rank - 1];
        const bool beside = magnitude(inner.input) < magnitude(rows.input);
        if (beside || (rows.size <= (p->reducer->lines ? 15 : 32) && inner.size >= 8)) {
            p->columns = inner;
            p->kept_rank--;
        }
    }
    const int64_t wanted = rows.size >= 1024 ? 64 : 16;
    const bool adjoining = p->columns.size == 1 || rows.input == p->columns.size * p->columns.input;
    if (adjoining && p->columns.size < 16 && !(p->reducer->finds_position && p->columns.size > 1))
        p->groups = wanted / p->columns.size;
    if (p->groups > rows.size) p->groups = 1;
    p->outer = 1;
    for (int i = 0; i < p->kept_rank; i++) p->outer *= p->kept[i].size;
    p->tile = p->columns.size < NJ_TILE ? p->columns.size : NJ_TILE;
    p->tiles = (p->columns.size + p->tile - 1) / p->tile;
    // Cut long reductions when there are few results.
    p->blocks = 1;
    if (p->outer * p->tiles < 16) {
        p->blocks = p->total / (65536 / p->tile + 1) + 1;
        if (p->blocks > 64) p->blocks = 64;
    }
    p->block = (p->total + p->blocks - 1) / p->blocks;
    p->blocks = p->block > 0 ? (p->total + p->block - 1) / p->block : 1;
    if (p->blocks < 1) p->blocks = 1;
}

// Folds the reduced positions begin..<end of `columns` columns into accumulators.
static void fold_range(plan *p, const char *input, int64_t columns, const void *other, int64_t begin, int64_t end,
                       char *acc, int64_t *index) {
    if (begin >= end) return;
    const int inner = p->reduced_rank - 1;
    const dimension rows = p->reduced[inner];
    const int64_t groups = p->groups;
    int64_t at[NJ_MAX_DIMS], rest = begin;
    const char *x = input;
    for (int d = inner; d >= 0; d--) {
        at[d] = rest % p->reduced[d].size;
        rest /= p->reduced[d].size;
        x += at[d] * p->reduced[d].input;
    }
    nj_fold fold = {.column_stride = p->columns.input, .other = other, .parameter = p->job->parameter};
    fold.lane_step = p->columns.size == 1;
    int64_t since_look = 0;
    while (begin < end) {
        int64_t n = rows.size - at[inner];
        if (n > end - begin) n = end - begin;
        // Very long runs are folded piece by piece, to look at the interrupt flag in between.
        const int64_t limit = ((1 << 20) / columns / groups + 1) * groups;
        if (n > limit) n = limit;
        const int64_t whole = n / groups;
        fold.x = x;
        fold.row_stride = rows.input * groups;
        fold.rows = whole;
        fold.columns = columns * groups;
        fold.base = begin;
        fold.row_step = groups;
        if (whole > 0) p->reducer->fold(&fold, acc, index);
        if (whole * groups < n) {
            fold.x = x + whole * groups * rows.input;
            fold.row_stride = rows.input;
            fold.rows = n - whole * groups;
            fold.columns = columns;
            fold.base = begin + whole * groups;
            fold.row_step = 1;
            p->reducer->fold(&fold, acc, index);
        }
        begin += n;
        since_look += n * columns;
        if (since_look >= 1 << 18) {
            since_look = 0;
            if (nj_interrupted()) {
                p->interrupted = true;
                return;
            }
        }
        at[inner] += n;
        x += n * rows.input;
        for (int d = inner; d > 0 && at[d] == p->reduced[d].size; d--) {
            at[d] = 0;
            at[d - 1]++;
            x += p->reduced[d - 1].input - p->reduced[d].size * p->reduced[d].input;
        }
    }
}

static void finish(plan *p, char *result, char *values, int64_t columns, const char *acc, const int64_t *index) {
    if (p->reducer->finds_position) {
        for (int64_t j = 0; j < columns; j++) *(int64_t *)(result + j * p->columns.result) = index[j];
        if (values) p->reducer->finish(values, p->columns.values, acc, columns, 1);
    } else {
        p->reducer->finish(result, p->columns.result, acc, columns, p->job->divisor);
    }
}

// Runs the tasks begin..<end; a task is one block of one tile of columns.
static void run_tasks(void *context, int64_t begin, int64_t end) {
    plan *p = context;
    const size_t size = p->reducer->size;
    char acc[NJ_TILE * 8] __attribute__((aligned(64)));
    int64_t index[NJ_TILE];
    char other[NJ_TILE * 8] __attribute__((aligned(64)));
    memset(other, 0, sizeof other);
    for (int64_t task = begin; task < end; task++) {
        if (p->interrupted) return;
        if ((task & 255) == 255 && nj_interrupted()) p->interrupted = true;
        const int64_t block = task % p->blocks, tile = task / p->blocks % p->tiles;
        int64_t rest = task / p->blocks / p->tiles;
        const char *input = p->job->input, *from = p->job->other;
        char *result = p->job->result, *values = p->job->values;
        for (int d = p->kept_rank - 1; d >= 0; d--) {
            const int64_t at = rest % p->kept[d].size;
            rest /= p->kept[d].size;
            input += at * p->kept[d].input;
            result += at * p->kept[d].result;
            if (from) from += at * p->kept[d].other;
            if (values) values += at * p->kept[d].values;
        }
        const int64_t first = tile * p->tile;
        const int64_t columns = p->columns.size - first < p->tile ? p->columns.size - first : p->tile;
        if (p->columns.size > 1) {
            input += first * p->columns.input;
            result += first * p->columns.result;
            if (from) from += first * p->columns.other;
            if (values) values += first * p->columns.values;
        }
        if (from)
            for (int64_t g = 0; g < p->groups; g++)
                for (int64_t j = 0; j < columns; j++)
                    memcpy(other + (g * columns + j) * p->element, from + j * p->columns.other, p->element);
        p->reducer->start(acc, index, columns * p->groups);
        const int64_t low = block * p->block, high = low + p->block < p->total ? low + p->block : p->total;
        fold_range(p, input, columns, other, low, high, acc, index);
        for (int64_t groups = p->groups; groups > 1;) {
            const int64_t half = (groups + 1) / 2, at = half * columns;
            p->reducer->join(acc, index, acc + at * size, index + at, (groups - half) * columns);
            groups = half;
        }
        if (p->partial) {
            memcpy(p->partial + task * p->tile * size, acc, columns * size);
            if (p->partial_index) memcpy(p->partial_index + task * p->tile, index, columns * sizeof(int64_t));
        } else {
            finish(p, result, values, columns, acc, index);
        }
    }
}

// Whether each result comes from one run of neighbours in memory.
static bool has_lines(const plan *p) {
    return p->reducer->lines && p->columns.size == 1 && p->reduced_rank == 1 && p->blocks == 1
        && p->reduced[0].input == (int64_t)p->element;
}

// The results begin..<end from such runs.
static void run_lines(void *context, int64_t begin, int64_t end) {
    plan *p = context;
    const int64_t at_once = (1 << 18) / (p->total + 1) + 1;  // results between two looks at the interrupt flag
    const int inner = p->kept_rank - 1;
    while (begin < end && !p->interrupted) {
        nj_lines lines = {.x = p->job->input, .other = p->job->other, .out = p->job->result, .rows = 1, .n = p->total,
                          .parameter = p->job->parameter, .divisor = p->job->divisor};
        int64_t rest = begin;
        for (int d = inner; d >= 0; d--) {
            const dimension *kept = &p->kept[d];
            const int64_t at = rest % kept->size;
            rest /= kept->size;
            lines.x += at * kept->input;
            lines.out += at * kept->result;
            if (lines.other) lines.other += at * kept->other;
            if (d < inner) continue;
            lines.rows = kept->size - at;
            lines.row_stride = kept->input, lines.out_stride = kept->result, lines.other_stride = kept->other;
        }
        if (lines.rows > end - begin) lines.rows = end - begin;
        if (lines.rows > at_once) lines.rows = at_once;
        p->reducer->lines(&lines);
        begin += lines.rows;
        if (nj_interrupted()) p->interrupted = true;
    }
}

// Joins the blocks of each tile in order.
static void join_blocks(plan *p) {
    const size_t size = p->reducer->size;
    for (int64_t t = 0; t < p->outer * p->tiles; t++) {
        char *acc = p->partial + t * p->blocks * p->tile * size;
        int64_t *index = p->partial_index ? p->partial_index + t * p->blocks * p->tile : NULL;
        const int64_t tile = t % p->tiles, first = tile * p->tile;
        const int64_t columns = p->columns.size - first < p->tile ? p->columns.size - first : p->tile;
        for (int64_t b = 1; b < p->blocks; b++)
            p->reducer->join(acc, index, acc + b * p->tile * size, index ? index + b * p->tile : NULL, columns);
        char *result = p->job->result, *values = p->job->values;
        int64_t rest = t / p->tiles;
        for (int d = p->kept_rank - 1; d >= 0; d--) {
            const int64_t at = rest % p->kept[d].size;
            rest /= p->kept[d].size;
            result += at * p->kept[d].result;
            if (values) values += at * p->kept[d].values;
        }
        if (p->columns.size > 1) {
            result += first * p->columns.result;
            if (values) values += first * p->columns.values;
        }
        finish(p, result, values, columns, acc, index);
    }
}

bool nj_reduce_supports(nj_reduction reduction, nj_dtype type) { return nj_reducer_for(reduction, type) != NULL; }

bool nj_reduce_run(const nj_reduce_job *job, nj_reduction reduction, nj_dtype type) {
    static const size_t sizes[6] = {1, 1, 4, 8, 4, 8};
    for (int d = 0; d < job->rank; d++)
        if (!job->reduced[d] && job->sizes[d] == 0) return true;
    plan p = {.reducer = nj_reducer_for(reduction, type), .job = job, .element = sizes[type]};
    make_plan(&p);
    if (p.blocks > 1) {
        p.partial = malloc(p.outer * p.tiles * p.blocks * p.tile * p.reducer->size);
        if (p.reducer->finds_position) p.partial_index = malloc(p.outer * p.tiles * p.blocks * p.tile * sizeof(int64_t));
        if (!p.partial || (p.reducer->finds_position && !p.partial_index)) {
            free(p.partial);
            free(p.partial_index);
            p.partial = NULL;
            p.partial_index = NULL;
            p.blocks = 1;
            p.block = p.total;
        }
    }
    const int64_t work = p.block * p.tile + 64;
    const int64_t grain = 32768 / work + 1;
    nj_parallel(p.outer * p.tiles * p.blocks, grain, has_lines(&p) ? run_lines : run_tasks, &p);
    if (p.partial && !p.interrupted) join_blocks(&p);
    free(p.partial);
    free(p.partial_index);
    return !p.interrupted;
}
