// Parameter updates of optimizers: all parameters in one call, shared among threads.
//
// To add a rule: its name in nj_update, its function in one of the updates_*.c, its row here.

#include "updates.h"

extern const update_function nj_update_sgd[2], nj_update_lion[2], nj_update_rprop[2];
extern const update_function nj_update_adam[2], nj_update_nadam[2], nj_update_radam[2], nj_update_adamax[2], nj_update_lamb[2];
extern const update_function nj_update_adagrad[2], nj_update_adadelta[2], nj_update_rmsprop[2];

static const update_function *const table[NJ_UPDATE_COUNT] = {
    [NJ_UPDATE_SGD] = nj_update_sgd,
    [NJ_UPDATE_LION] = nj_update_lion,
    [NJ_UPDATE_RPROP] = nj_update_rprop,
    [NJ_UPDATE_ADAM] = nj_update_adam,
    [NJ_UPDATE_NADAM] = nj_update_nadam,
    [NJ_UPDATE_RADAM] = nj_update_radam,
    [NJ_UPDATE_ADAMAX] = nj_update_adamax,
    [NJ_UPDATE_LAMB] = nj_update_lamb,
    [NJ_UPDATE_ADAGRAD] = nj_update_adagrad,
    [NJ_UPDATE_ADADELTA] = nj_update_adadelta,
    [NJ_UPDATE_RMSPROP] = nj_update_rmsprop,
};

typedef struct {
    const update_function *functions;
    const nj_update_item *items;
    const double *options;
} update_job;

// Walks the parameters as one long array.
static void update_range(void *context, int64_t begin, int64_t end) {
    const update_job *job = context;
    int64_t start = 0;
    for (const nj_update_item *item = job->items; start < end; start += item->count, item++) {
        int64_t low = begin > start ? begin - start : 0;
        int64_t high = end - start < item->count ? end - start : item->count;
        if (low < high) job->functions[item->type == NJ_FLOAT64](item, low, high - low, job->options);
    }
}

void nj_update_run(nj_update rule, const nj_update_item *items, int64_t n, const double *options) {
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++) total += items[i].count;
    update_job job = {table[rule], items, options};
    nj_parallel(total, 16384, update_range, &job);
}
