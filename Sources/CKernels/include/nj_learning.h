// Kernels for training: fused losses, parameter updates, and gathering rows of data sets.
#pragma once

#include "nj_core.h"

// ---- losses.c

// What nj_cross_entropy computes: `rows` rows of `classes` scores, one class number each.
typedef struct {
    nj_dtype type;            // NJ_FLOAT32 or NJ_FLOAT64, of scores, weights, losses and slopes
    int64_t rows, classes;
    const void *scores;       // [rows, classes]
    const int64_t *labels;    // [rows], 0..<classes or `ignored`
    const void *weights;      // [classes] or NULL
    int64_t ignored;
    double smoothing;
    void *losses;             // [rows]: each row's loss, 0 where ignored
    void *slopes;             // [rows, classes]: derivative of each row's loss by its scores; scratch when `wants_slopes` is false
    bool wants_slopes;
    double loss_sum;          // result: the sum of all losses
    double weight_sum;        // result: the sum of the weights of rows not ignored
} nj_cross_entropy_job;

// Labels must have been checked with nj_find_bad_label.
void nj_cross_entropy(nj_cross_entropy_job *job);

// The position of the first label that is neither in 0..<classes nor `ignored`, or -1. Gives the
// smallest and largest label that is not ignored as well.
int64_t nj_find_bad_label(
    const int64_t *labels, int64_t n, int64_t classes, int64_t ignored, int64_t *smallest, int64_t *largest);

// ---- optimizers.c, updates_*.c

typedef enum {
    NJ_UPDATE_SGD,
    NJ_UPDATE_LION,
    NJ_UPDATE_RPROP,
    NJ_UPDATE_ADAM,
    NJ_UPDATE_NADAM,
    NJ_UPDATE_RADAM,
    NJ_UPDATE_ADAMAX,
    NJ_UPDATE_LAMB,
    NJ_UPDATE_ADAGRAD,
    NJ_UPDATE_ADADELTA,
    NJ_UPDATE_RMSPROP,
    NJ_UPDATE_COUNT
} nj_update;

enum { NJ_UPDATE_ARRAYS = 6, NJ_UPDATE_NUMBERS = 6, NJ_UPDATE_OPTIONS = 12 };

// One parameter: its elements, its gradient's, and the optimizer's own arrays for it.
typedef struct {
    void *arrays[NJ_UPDATE_ARRAYS];
    int64_t count;
    nj_dtype type;
    double numbers[NJ_UPDATE_NUMBERS];  // that differ between parameters, such as step sizes
} nj_update_item;

// Updates all parameters by one rule, shared among threads as one long array. `options` are the
// rule's own, as each rule in updates_*.c describes.
void nj_update_run(nj_update rule, const nj_update_item *items, int64_t n, const double *options);

// ---- rows.c

// Copies rows of `row_bytes` bytes: row i of the result is row indices[i] of the source. The caller
// has checked the indices.
void nj_gather_rows(void *to, const void *from, int64_t row_bytes, const int64_t *indices, int64_t n);

// The same for rows of bytes that become numbers, each through a table of 256.
void nj_gather_bytes(
    float *to, const uint8_t *from, int64_t row_count, const int64_t *indices, int64_t n, const float *table);

// Position of the first index outside of 0..<limit, or -1.
int64_t nj_find_bad_index(const int64_t *indices, int64_t n, int64_t limit);

// ---- dropout.c

// out[i] = x[i] * scale where mask[i] is 1, else 0.
bool nj_masked_scale(nj_dtype type, void *out, const void *x, const uint8_t *mask, int64_t n, double scale);
