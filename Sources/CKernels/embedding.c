// Rows by number.

#include "nj_embedding.h"
#include "nj_loop.h"
#include "stopping.h"

#include <string.h>

#define NAME(X) NAME_(X)
#define T float
#define NAME_(X) X##_f32
#include "embedding_body.h"

#define T double
#define NAME_(X) X##_f64
#include "embedding_body.h"
#undef NAME

typedef struct {
    const char *table;
    const int64_t *positions;
    int64_t bytes;
    char *out;
    atomic_int outcome;
} take_job;

static void take_range(void *context, int64_t begin, int64_t end) {
    take_job *job = context;
    for (int64_t i = begin; i < end; i++) {
        if ((i & 1023) == 0 && stopped(&job->outcome)) return;
        memcpy(job->out + i * job->bytes, job->table + job->positions[i] * job->bytes, (size_t)job->bytes);
    }
}

nj_outcome nj_take_rows(const void *table, const int64_t *positions, int64_t count, int64_t bytes, void *out) {
    take_job job = {table, positions, bytes, out, 0};
    nj_parallel(count, 65536 / (bytes + 1) + 1, take_range, &job);
    return (nj_outcome)job.outcome;
}

nj_outcome nj_add_rows(nj_dtype type, const void *rows, const int64_t *of, const void *weight, const int64_t *positions,
                       int64_t count, int64_t width, int64_t size, int64_t skip, void *out) {
    // Each thread walks all positions, which must be cheap beside the additions.
    const int64_t work = (size + count) * width, grain = work < 65536 ? size : size / 64 + 1;
    if (type == NJ_FLOAT64) {
        rows_job_f64 job = {.rows = rows, .weight = weight, .of = of, .positions = positions, .count = count, .width = width, .skip = skip, .out = out};
        nj_parallel(size, grain, add_range_f64, &job);
        return (nj_outcome)job.outcome;
    }
    rows_job_f32 job = {.rows = rows, .weight = weight, .of = of, .positions = positions, .count = count, .width = width, .skip = skip, .out = out};
    nj_parallel(size, grain, add_range_f32, &job);
    return (nj_outcome)job.outcome;
}

nj_outcome nj_bag_rows(nj_dtype type, nj_bag mode, const void *table, const int64_t *positions, const void *weight,
                       const int64_t *offsets, int64_t bags, int64_t width, int64_t skip, void *out, int64_t *chosen) {
    const int64_t grain = 4096 / (width + 1) + 1;
    if (type == NJ_FLOAT64) {
        rows_job_f64 job = {.mode = mode, .rows = table, .weight = weight, .positions = positions, .offsets = offsets, .width = width, .skip = skip, .out = out, .chosen = chosen};
        nj_parallel(bags, grain, bag_range_f64, &job);
        return (nj_outcome)job.outcome;
    }
    rows_job_f32 job = {.mode = mode, .rows = table, .weight = weight, .positions = positions, .offsets = offsets, .width = width, .skip = skip, .out = out, .chosen = chosen};
    nj_parallel(bags, grain, bag_range_f32, &job);
    return (nj_outcome)job.outcome;
}
