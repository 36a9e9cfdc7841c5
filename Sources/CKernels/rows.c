// Gathering rows of data sets into batches.

#include "nj_learning.h"
#include "nj_loop.h"

#include <string.h>

typedef struct {
    char *to;
    const char *from;
    int64_t row_bytes;
    const int64_t *indices;
    const float *table;
} gather_job;

static void gather(void *context, int64_t begin, int64_t end) {
    const gather_job *job = context;
    const int64_t size = job->row_bytes;
    if (size == 8) {
        const int64_t *from = (const int64_t *)job->from;
        int64_t *to = (int64_t *)job->to;
        for (int64_t i = begin; i < end; i++) to[i] = from[job->indices[i]];
        return;
    }
    for (int64_t i = begin; i < end; i++)
        memcpy(job->to + i * size, job->from + job->indices[i] * size, (size_t)size);
}

void nj_gather_rows(void *to, const void *from, int64_t row_bytes, const int64_t *indices, int64_t n) {
    gather_job job = {to, from, row_bytes, indices, NULL};
    int64_t grain = (1 << 18) / (row_bytes > 0 ? row_bytes : 1);
    nj_parallel(n, grain > 1 ? grain : 1, gather, &job);
}

NJ_CLONES static void gather_bytes(void *context, int64_t begin, int64_t end) {
    const gather_job *job = context;
    const int64_t size = job->row_bytes;
    for (int64_t i = begin; i < end; i++) {
        const uint8_t *from = (const uint8_t *)job->from + job->indices[i] * size;
        float *to = (float *)job->to + i * size;
        for (int64_t k = 0; k < size; k++) to[k] = job->table[from[k]];
    }
}

void nj_gather_bytes(
    float *to, const uint8_t *from, int64_t row_count, const int64_t *indices, int64_t n, const float *table) {
    gather_job job = {(char *)to, (const char *)from, row_count, indices, table};
    int64_t grain = 65536 / (row_count > 0 ? row_count : 1);
    nj_parallel(n, grain > 1 ? grain : 1, gather_bytes, &job);
}

int64_t nj_find_bad_index(const int64_t *indices, int64_t n, int64_t limit) {
    for (int64_t i = 0; i < n; i++)
        if (indices[i] < 0 || indices[i] >= limit) return i;
    return -1;
}
