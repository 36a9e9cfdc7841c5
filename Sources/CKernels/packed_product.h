// Small products inside kernels: C = A · B on one thread, with B packed beforehand.
//
// Large products belong to oneDNN; these serve kernels that multiply blocks while they are in cache
// (attention, recurrent layers), where the price of a library call would exceed the work.
#pragma once

#include "nj_core.h"

// Columns of B that lie together in packed form: 128 bytes of each row.
enum { NJ_PANEL_F32 = 32, NJ_PANEL_F64 = 16 };

// Elements that `k` rows and `n` columns take in packed form.
static inline int64_t packed_size_f32(int64_t k, int64_t n) { return (n + NJ_PANEL_F32 - 1) / NJ_PANEL_F32 * NJ_PANEL_F32 * k; }
static inline int64_t packed_size_f64(int64_t k, int64_t n) { return (n + NJ_PANEL_F64 - 1) / NJ_PANEL_F64 * NJ_PANEL_F64 * k; }

// Packs B, whose element (p, j) is at b[p * row + j * column], adding zeros up to whole panels.
void pack_f32(float *packed, const float *b, int64_t k, int64_t n, int64_t row, int64_t column);
void pack_f64(double *packed, const double *b, int64_t k, int64_t n, int64_t row, int64_t column);

// C (m × n, rows `ldc` apart) = A · B, or += when `add`; A's element (i, p) is at
// a[i * row + p * column]. The sum over p is taken in order, so the bits depend on nothing else.
void multiply_f32(int64_t m, int64_t n, int64_t k, const float *a, int64_t row, int64_t column, const float *packed,
                  float *c, int64_t ldc, bool add);
void multiply_f64(int64_t m, int64_t n, int64_t k, const double *a, int64_t row, int64_t column, const double *packed,
                  double *c, int64_t ldc, bool add);
