// Scans, and counting elements by value.

#include "nj_scan.h"

#include <math.h>
#include <string.h>

enum { TILE = 128 };

typedef struct {
    char *out;
    int64_t *positions;
    const char *x;
    int64_t n, inner, tiles;
    bool reversed, interrupted;
} scan;

// Sums of rows are carried in A. Four elements at a time are added among themselves first, so that the
// chain from one to the next is a quarter as long.
#define TOTALS(NAME, T, A, FIRST, OP)                                                            \
    static void NAME##_row(T *out, const T *x, int64_t n, int64_t step) {                        \
        A total = FIRST;                                                                         \
        int64_t i = 0;                                                                           \
        for (; i + 4 <= n; i += 4, x += 4 * step, out += 4 * step) {                             \
            const A a = (A)x[0], b = a OP (A)x[step];                                            \
            const A c = (A)x[2 * step], d = c OP (A)x[3 * step];                                 \
            const A bc = b OP c, bd = b OP d;                                                    \
            out[0] = (T)(total OP a);                                                            \
            out[step] = (T)(total OP b);                                                         \
            out[2 * step] = (T)(total OP bc);                                                    \
            out[3 * step] = (T)(total = total OP bd);                                            \
        }                                                                                        \
        for (; i < n; i++, x += step, out += step) *out = (T)(total = total OP (A)*x);           \
    }                                                                                            \
    static void NAME##_columns(T *out, const T *x, int64_t n, int64_t step, int64_t m) {         \
        A total[TILE];                                                                           \
        for (int64_t j = 0; j < m; j++) total[j] = FIRST;                                        \
        for (int64_t i = 0; i < n; i++, x += step, out += step)                                  \
            for (int64_t j = 0; j < m; j++) out[j] = (T)(total[j] = total[j] OP (A)x[j]);        \
    }                                                                                            \
    TASKS(NAME, T, NAME##_row(out, x, job->n, job->reversed ? -1 : 1), NAME##_columns(out, x, job->n, step, m))

// Running extremes with positions; a NaN stays once it was met.
#define EXTREMES(NAME, T, REACHES)                                                               \
    static void NAME##_columns(T *out, int64_t *at, const T *x, int64_t n, int64_t step, int64_t m) { \
        for (int64_t i = 0; i < n; i++, x += step, out += step, at += step)                      \
            for (int64_t j = 0; j < m; j++) {                                                    \
                const bool takes = i == 0 || x[j] != x[j] || x[j] REACHES out[j - step];         \
                out[j] = takes ? x[j] : out[j - step];                                           \
                at[j] = takes ? i : at[j - step];                                                \
            }                                                                                    \
    }                                                                                            \
    TASKS(NAME, T, NAME##_columns(out, job->positions + start, x, job->n, 1, 1),                 \
          NAME##_columns(out, job->positions + start, x, job->n, step, m))

// A task is one row, or TILE neighbouring columns.
#define TASKS(NAME, T, ROW, COLUMNS)                                                             \
    static void NAME(void *context, int64_t begin, int64_t end) {                                \
        scan *job = context;                                                                     \
        for (int64_t task = begin; task < end && !job->interrupted; task++) {                    \
            const int64_t column = task % job->tiles * TILE;                                     \
            const int64_t m = job->inner - column < TILE ? job->inner - column : TILE;           \
            int64_t start = task / job->tiles * job->n * job->inner + column, step = job->inner; \
            if (job->reversed) {                                                                 \
                start += (job->n - 1) * job->inner;                                              \
                step = -step;                                                                    \
            }                                                                                    \
            T *out = (T *)job->out + start;                                                      \
            const T *x = (const T *)job->x + start;                                              \
            (void)m, (void)step;                                                                 \
            if (job->inner == 1) {                                                               \
                ROW;                                                                             \
            } else {                                                                             \
                COLUMNS;                                                                         \
            }                                                                                    \
            if ((task & 63) == 63 && nj_interrupted()) job->interrupted = true;                  \
        }                                                                                        \
    }

TOTALS(cumsum_i64, uint64_t, uint64_t, 0, +)
TOTALS(cumsum_f32, float, double, 0, +)
TOTALS(cumsum_f64, double, double, 0, +)
TOTALS(cumprod_i64, uint64_t, uint64_t, 1, *)
TOTALS(cumprod_f32, float, double, 1, *)
TOTALS(cumprod_f64, double, double, 1, *)
#define BOTH(T, S) EXTREMES(cummax_##S, T, >=) EXTREMES(cummin_##S, T, <=)
BOTH(uint8_t, u8)
BOTH(int32_t, i32)
BOTH(int64_t, i64)
BOTH(float, f32)
BOTH(double, f64)

bool nj_scan(nj_scan_kind kind, nj_dtype type, void *out, int64_t *positions, const void *x, int64_t outer, int64_t n,
             int64_t inner, bool reversed) {
    static const nj_range_body table[4][6] = {
        [NJ_CUMSUM] = {0, 0, 0, cumsum_i64, cumsum_f32, cumsum_f64},
        [NJ_CUMPROD] = {0, 0, 0, cumprod_i64, cumprod_f32, cumprod_f64},
        [NJ_CUMMAX] = {cummax_u8, cummax_u8, cummax_i32, cummax_i64, cummax_f32, cummax_f64},
        [NJ_CUMMIN] = {cummin_u8, cummin_u8, cummin_i32, cummin_i64, cummin_f32, cummin_f64},
    };
    if (outer <= 0 || n <= 0 || inner <= 0) return true;
    scan job = {out, positions, x, n, inner, (inner + TILE - 1) / TILE, reversed, false};
    const int64_t work = n * (inner < TILE ? inner : TILE);
    nj_parallel(outer * job.tiles, 16384 / work + 1, table[kind][type], &job);
    return !job.interrupted;
}

#define RUNS(NAME, T)                                                                            \
    static void NAME(const T *x, int64_t rows, int64_t n, int64_t *last) {                       \
        for (int64_t r = 0; r < rows; r++, x += n) {                                             \
            int64_t longest = 0, length = 0;                                                     \
            last[r] = 0;                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                length = i > 0 && x[i] == x[i - 1] ? length + 1 : 1;                             \
                const bool ends = i + 1 == n || x[i + 1] != x[i];                                \
                if (ends && length > longest) {                                                  \
                    longest = length;                                                            \
                    last[r] = i;                                                                 \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
    }
RUNS(runs_u8, uint8_t)
RUNS(runs_i32, int32_t)
RUNS(runs_i64, int64_t)
RUNS(runs_f32, float)
RUNS(runs_f64, double)

void nj_longest_runs(nj_dtype type, const void *sorted, int64_t rows, int64_t n, int64_t *last) {
    switch (type) {
        case NJ_BOOL:
        case NJ_UINT8: runs_u8(sorted, rows, n, last); break;
        case NJ_INT32: runs_i32(sorted, rows, n, last); break;
        case NJ_INT64: runs_i64(sorted, rows, n, last); break;
        case NJ_FLOAT32: runs_f32(sorted, rows, n, last); break;
        case NJ_FLOAT64: runs_f64(sorted, rows, n, last); break;
    }
}

#define HISTOGRAM(NAME, T)                                                                       \
    static void NAME(T *counts, const T *x, int64_t n, int64_t bins, T low, T high) {            \
        for (int64_t i = 0; i < n; i++) {                                                        \
            if (!(x[i] >= low && x[i] <= high)) continue;                                        \
            int64_t bin = (int64_t)((x[i] - low) / (high - low) * (T)bins);                      \
            counts[bin < bins ? bin : bins - 1] += 1;                                            \
        }                                                                                        \
    }
HISTOGRAM(histogram_f32, float)
HISTOGRAM(histogram_f64, double)

void nj_histogram(nj_dtype type, void *counts, const void *x, int64_t n, int64_t bins, double low, double high) {
    if (type == NJ_FLOAT32) histogram_f32(counts, x, n, bins, (float)low, (float)high);
    else histogram_f64(counts, x, n, bins, low, high);
}

int64_t nj_bincount(int64_t *counts, double *sums, const int64_t *x, const double *weights, int64_t n, int64_t size) {
    for (int64_t i = 0; i < n; i++) {
        if (x[i] < 0 || x[i] >= size) return i;
        if (weights) sums[x[i]] += weights[i];
        else counts[x[i]]++;
    }
    return -1;
}
