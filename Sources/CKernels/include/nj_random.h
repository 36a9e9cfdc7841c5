// Random numbers from a counter-based generator: Philox4x32-10 (Salmon et al. 2011).
//
// Block k of a seed is four 32-bit numbers; element i of a draw comes from block `first` + i / 4, or
// i / 2 where it needs 64 bits. So the bits do not depend on threads, and the arithmetic is the same on
// every processor.
#pragma once

#include "nj_core.h"

// Elements that one block gives: 4 for float32 and BERNOULLI, 2 otherwise.
int64_t nj_random_per_block(nj_dtype type);

// Numbers in [low, high).
bool nj_random_uniform(nj_dtype type, void *out, int64_t n, uint64_t seed, uint64_t first, double low, double high);
bool nj_random_normal(nj_dtype type, void *out, int64_t n, uint64_t seed, uint64_t first, double mean, double deviation);
// Exponentially distributed with the given rate.
bool nj_random_exponential(nj_dtype type, void *out, int64_t n, uint64_t seed, uint64_t first, double rate);
// Whole numbers low..<low+range, or of all 64 bits when `range` is 0; two to a block.
bool nj_random_integers(int64_t *out, int64_t n, uint64_t seed, uint64_t first, int64_t low, uint64_t range);
// 1 with the given probability, or with that of each element; four to a block.
bool nj_random_bernoulli(uint8_t *out, int64_t n, uint64_t seed, uint64_t first, double probability,
                         const double *probabilities);

// ---- sampling.c

// Brings 0..<n into random order; n 64-bit draws.
bool nj_random_shuffle(int64_t *order, int64_t n, uint64_t seed, uint64_t first);
// Draws `count` positions from each row of weights: count draws for a row with replacement, one for
// each weight without. `bad_row` becomes the first row whose weights cannot be used.
bool nj_random_multinomial(int64_t *out, const double *weights, int64_t rows, int64_t width, int64_t count,
                           bool replacement, uint64_t seed, uint64_t first, int64_t *bad_row);

// A seed from the system, of 53 bits so that Lua and JSON hold it exactly.
uint64_t nj_random_seed(void);

// Adds to a counter on any thread; returns what it was.
uint64_t nj_random_reserve(uint64_t *counter, uint64_t blocks);

// Sequences start + i * step for float32, float64 and the integers.
void nj_range_integers(nj_dtype type, void *out, int64_t n, int64_t start, int64_t step);
void nj_range_floating(nj_dtype type, void *out, int64_t n, double start, double step, double last);
