// Parameter updates. Each rule is one function over a stretch of one parameter's elements; the
// formulas and the order of their steps are PyTorch's.
//
// To add a rule: its name in nj_update, its function for both types, its row in the table.

#include "nj_learning.h"
#include "nj_loop.h"

#include <math.h>

// Elements `begin` and the `n` that follow.
typedef void (*update_function)(const nj_update_item *item, int64_t begin, int64_t n, const double *options);

#define UPDATE(NAME, T)                                                                          \
    NJ_CLONES static void NAME(const nj_update_item *item, int64_t begin, int64_t n, const double *options)

// The array at a position of the item, from `begin` on.
#define ARRAY(T, INDEX) ((T *)item->arrays[INDEX] + begin)
#define SIGN(x) ((x) > 0 ? 1 : (x) < 0 ? -1 : 0)

// Stochastic gradient descent (Sutskever et al. 2013 for Nesterov's momentum).
// Arrays: parameter, gradient, momentum. Numbers: whether this is the first step with momentum.
// Options: rate, momentum, dampening, weight decay, Nesterov, sign of the gradient, l1.
#define SGD(NAME, T)                                                                             \
    UPDATE(NAME, T) {                                                                            \
        T *p = ARRAY(T, 0);                                                                      \
        const T *g = ARRAY(T, 1);                                                                \
        const T rate = (T)options[0], momentum = (T)options[1], fresh = (T)(1 - options[2]);     \
        const T decay = (T)options[3], sign = (T)options[5], l1 = (T)options[6];                 \
        const T nesterov = (T)options[4];                                                        \
        if (momentum == 0) {                                                                     \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                T d = sign * g[i] + decay * p[i] + l1 * (T)SIGN(p[i]);                           \
                p[i] -= rate * d;                                                                \
            }                                                                                    \
            return;                                                                              \
        }                                                                                        \
        T *m = ARRAY(T, 2);                                                                      \
        const T old = item->numbers[0] != 0 ? 0 : momentum, new = item->numbers[0] != 0 ? 1 : fresh; \
        if (item->numbers[0] != 0)                                                               \
            for (int64_t i = 0; i < n; i++) m[i] = 0;                                            \
        if (nesterov != 0) {                                                                     \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                T d = sign * g[i] + decay * p[i] + l1 * (T)SIGN(p[i]);                           \
                m[i] = old * m[i] + new * d;                                                     \
                p[i] -= rate * (d + momentum * m[i]);                                            \
            }                                                                                    \
        } else {                                                                                 \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                T d = sign * g[i] + decay * p[i] + l1 * (T)SIGN(p[i]);                           \
                m[i] = old * m[i] + new * d;                                                     \
                p[i] -= rate * m[i];                                                             \
            }                                                                                    \
        }                                                                                        \
    }
SGD(sgd_f32, float)
SGD(sgd_f64, double)

// Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019), AMSGrad (Reddi et al. 2018).
// Arrays: parameter, gradient, mean, mean of squares, largest mean of squares.
// Numbers: rate / (1 - beta1^t), sqrt(1 - beta2^t).
// Options: rate, beta1, beta2, epsilon, weight decay, decoupled, sign of the gradient, AMSGrad.
#define ADAM(NAME, T, SQRT)                                                                      \
    UPDATE(NAME, T) {                                                                            \
        T *p = ARRAY(T, 0), *m = ARRAY(T, 2), *v = ARRAY(T, 3);                                  \
        const T *g = ARRAY(T, 1);                                                                \
        const T fresh1 = (T)(1 - options[1]), beta2 = (T)options[2], fresh2 = (T)(1 - options[2]); \
        const T epsilon = (T)options[3], sign = (T)options[6];                                   \
        const bool decoupled = options[5] != 0;                                                  \
        const T decay = decoupled ? 0 : (T)options[4];                                           \
        const T shrink = decoupled ? (T)(1 - options[0] * options[4]) : 1;                       \
        const T step = (T)item->numbers[0], correction = (T)(1 / item->numbers[1]);              \
        if (options[7] != 0) {                                                                   \
            T *w = ARRAY(T, 4);                                                                  \
            NJ_VECTORIZE                                                                         \
            for (int64_t i = 0; i < n; i++) {                                                    \
                const T d = sign * g[i] + decay * p[i];                                          \
                m[i] += (d - m[i]) * fresh1;                                                     \
                v[i] = v[i] * beta2 + fresh2 * d * d;                                            \
                w[i] = v[i] > w[i] ? v[i] : w[i];                                                \
                p[i] = p[i] * shrink - step * m[i] / (SQRT(w[i]) * correction + epsilon);        \
            }                                                                                    \
            return;                                                                              \
        }                                                                                        \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i];                                              \
            m[i] += (d - m[i]) * fresh1;                                                         \
            v[i] = v[i] * beta2 + fresh2 * d * d;                                                \
            p[i] = p[i] * shrink - step * m[i] / (SQRT(v[i]) * correction + epsilon);            \
        }                                                                                        \
    }
ADAM(adam_f32, float, sqrtf)
ADAM(adam_f64, double, sqrt)

static const update_function table[NJ_UPDATE_COUNT][2] = {
    [NJ_UPDATE_SGD] = {sgd_f32, sgd_f64},
    [NJ_UPDATE_ADAM] = {adam_f32, adam_f64},
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
