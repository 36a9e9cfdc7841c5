// What the walk over a reduction's index space (reduce.c) and its arithmetic (reducers.c) share.
#pragma once

#include "nj_reduce.h"

// Columns that are reduced side by side.
enum { NJ_TILE = 512 };

// A block of `rows` by `columns` elements, folded into one accumulator for each column.
typedef struct {
    const char *x;
    int64_t row_stride, rows, column_stride, columns;
    const void *other;  // one element for each column
    double parameter;
    // For ARGMAX and ARGMIN: the position of an element is base + row * row_step + column * lane_step.
    int64_t base, row_step, lane_step;
} nj_fold;

// `rows` runs of `n` neighbouring elements, each reduced to one result; strides in bytes.
typedef struct {
    const char *x, *other;  // `other`, where there is one, has one element for each row
    char *out;
    int64_t rows, n, row_stride, other_stride, out_stride;
    double parameter, divisor;
} nj_lines;

// Accumulators are arrays of `size` bytes each; positions go in `index`.
typedef struct {
    size_t size;
    bool finds_position;
    void (*start)(void *accumulators, int64_t *index, int64_t n);
    void (*fold)(const nj_fold *fold, void *accumulators, int64_t *index);
    void (*join)(void *accumulators, int64_t *index, const void *others, const int64_t *other_index, int64_t n);
    void (*finish)(char *out, int64_t stride, const void *accumulators, int64_t n, double divisor);
    void (*lines)(const nj_lines *lines);  // NULL where positions are found
} nj_reducer;

// NULL where not defined.
const nj_reducer *nj_reducer_for(nj_reduction reduction, nj_dtype type);
