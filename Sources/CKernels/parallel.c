// Parallel loops over libgomp's threads, which oneDNN uses as well: one pool, no oversubscription.

#include "nj_core.h"

// libgomp's entry points (its ABI is stable; clang's own OpenMP runtime would be a second pool).
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern int omp_in_parallel(void);
extern void omp_set_num_threads(int);

typedef struct {
    nj_range_body body;
    void *context;
    int64_t count;
} parallel_job;

static void run_share(void *data) {
    parallel_job *job = data;
    int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
    int64_t begin = job->count * thread / threads, end = job->count * (thread + 1) / threads;
    if (begin < end) job->body(job->context, begin, end);
}

void nj_parallel(int64_t count, int64_t grain, nj_range_body body, void *context) {
    if (count <= 0) return;
    int64_t threads = count / (grain > 0 ? grain : 1);
    if (threads > 1) {
        int limit = omp_get_max_threads();
        if (threads > limit) threads = limit;
    }
    if (threads <= 1 || omp_in_parallel()) {
        body(context, 0, count);
        return;
    }
    parallel_job job = {body, context, count};
    GOMP_parallel(run_share, &job, (unsigned)threads, 0);
}

int nj_num_threads(void) { return omp_get_max_threads(); }

void nj_set_num_threads(int count) { omp_set_num_threads(count < 1 ? 1 : count); }
