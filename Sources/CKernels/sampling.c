// Random orders and weighted choices.
#pragma STDC FP_CONTRACT OFF

#include "nj_random.h"

#include <math.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum { BATCH = 1024 };

uint64_t nj_random_seed(void) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = (uint64_t)time(NULL) * 0x9e3779b97f4a7c15u;
    return seed >> 11;
}

bool nj_random_shuffle(int64_t *order, int64_t n, uint64_t seed, uint64_t first) {
    int64_t draws[BATCH];
    for (int64_t i = 0; i < n; i++) {
        if (i % BATCH == 0) {
            if (nj_interrupted()) return false;
            const int64_t m = n - i < BATCH ? n - i : BATCH;
            nj_random_integers(draws, m, seed, first + (uint64_t)(i / 2), 0, 0);
        }
        // From the end: position last is exchanged with one of 0...last.
        const int64_t last = n - 1 - i;
        const int64_t other = (int64_t)(((unsigned __int128)(uint64_t)draws[i % BATCH] * (uint64_t)(last + 1)) >> 64);
        const int64_t swap = order[last];
        order[last] = order[other];
        order[other] = swap;
    }
    return true;
}

static bool choose_with_replacement(int64_t *out, const double *weights, double *sums, int64_t width, int64_t count,
                                    uint64_t seed, uint64_t first, int64_t skip) {
    double total = 0;
    for (int64_t i = 0; i < width; i++) {
        if (!(weights[i] >= 0) || isinf(weights[i])) return false;
        sums[i] = total += weights[i];
    }
    if (!(total > 0) || isinf(total)) return false;
    for (int64_t k = 0; k < count; k++) {
        double pair[2];
        nj_random_uniform(NJ_FLOAT64, pair, 2, seed, first + (uint64_t)((skip + k) / 2), 0, 1);
        const double target = pair[(skip + k) % 2] * total;
        int64_t low = 0, high = width - 1;  // the first position whose sum exceeds the target
        while (low < high) {
            const int64_t middle = (low + high) / 2;
            if (sums[middle] > target) high = middle;
            else low = middle + 1;
        }
        while (low > 0 && weights[low] == 0) low--;
        out[k] = low;
    }
    return true;
}

typedef struct {
    double key;
    int64_t position;
} runner;

static int by_key(const void *a, const void *b) {
    const runner *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

// A race of exponential clocks (Efraimidis and Spirakis 2006): the order of arrival is a draw by
// weight without replacement.
static bool choose_without(int64_t *out, const double *weights, runner *runners, int64_t width, int64_t count,
                           uint64_t seed, uint64_t first, int64_t skip) {
    int64_t possible = 0;
    double pair[2];
    for (int64_t i = 0; i < width; i++) {
        if (!(weights[i] >= 0) || isinf(weights[i])) return false;
        if ((skip + i) % 2 == 0 || i == 0)
            nj_random_exponential(NJ_FLOAT64, pair, 2, seed, first + (uint64_t)((skip + i) / 2), 1);
        runners[i] = (runner){weights[i] > 0 ? pair[(skip + i) % 2] / weights[i] : INFINITY, i};
        possible += weights[i] > 0;
    }
    if (possible < count) return false;
    qsort(runners, (size_t)width, sizeof(runner), by_key);
    for (int64_t k = 0; k < count; k++) out[k] = runners[k].position;
    return true;
}

bool nj_random_multinomial(int64_t *out, const double *weights, int64_t rows, int64_t width, int64_t count,
                           bool replacement, uint64_t seed, uint64_t first, int64_t *bad_row) {
    if (rows == 0 || width == 0) return true;
    void *scratch = malloc((size_t)width * sizeof(runner));
    if (!scratch) return false;
    bool finished = true;
    for (int64_t r = 0; r < rows && finished && *bad_row < 0; r++) {
        const int64_t skip = r * (replacement ? count : width);
        const bool valid = replacement
            ? choose_with_replacement(out + r * count, weights + r * width, scratch, width, count, seed, first, skip)
            : choose_without(out + r * count, weights + r * width, scratch, width, count, seed, first, skip);
        if (!valid) *bad_row = r;
        finished = !nj_interrupted();
    }
    free(scratch);
    return finished;
}
