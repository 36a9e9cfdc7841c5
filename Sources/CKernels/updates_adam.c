// Adam and its relatives. The formulas and the order of their steps are PyTorch's.

#include "updates.h"

// Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019), AMSGrad (Reddi et al. 2018).
// Arrays: parameter, gradient, mean, mean of squares, largest mean of squares.
// Numbers: rate / (1 - beta1^t), sqrt(1 - beta2^t).
// Options: rate, beta1, beta2, epsilon, weight decay, decoupled, sign of the gradient, AMSGrad.
#define ADAM(NAME, T, SQRT, ABS)                                                                      \
    UPDATE(NAME) {                                                                               \
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
RULE(adam, ADAM)

// Adam with Nesterov's momentum (Dozat 2016).
// Arrays: parameter, gradient, mean, mean of squares. Numbers: factor of the gradient, factor of the
// mean, 1 / sqrt(1 - beta2^t). Options: rate, beta1, beta2, epsilon, weight decay, decoupled, sign.
#define NADAM(NAME, T, SQRT, ABS)                                                                \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *m = ARRAY(T, 2), *v = ARRAY(T, 3);                                  \
        const T *g = ARRAY(T, 1);                                                                \
        const T fresh1 = (T)(1 - options[1]), beta2 = (T)options[2], fresh2 = (T)(1 - options[2]); \
        const T epsilon = (T)options[3], sign = (T)options[6];                                   \
        const T decay = options[5] != 0 ? 0 : (T)options[4];                                     \
        const T shrink = options[5] != 0 ? (T)(1 - options[0] * options[4]) : 1;                 \
        const T ahead = (T)item->numbers[0], along = (T)item->numbers[1], correction = (T)item->numbers[2]; \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i];                                              \
            m[i] += (d - m[i]) * fresh1;                                                         \
            v[i] = v[i] * beta2 + fresh2 * d * d;                                                \
            p[i] = p[i] * shrink - (ahead * d + along * m[i]) / (SQRT(v[i]) * correction + epsilon); \
        }                                                                                        \
    }
RULE(nadam, NADAM)

// Adam with a rectified variance (Liu et al. 2020).
// Arrays as NAdam's. Numbers: rate / (1 - beta1^t), rectification * sqrt(1 - beta2^t), or 0 while the
// variance is not known well enough. Options as NAdam's.
#define RADAM(NAME, T, SQRT, ABS)                                                                \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *m = ARRAY(T, 2), *v = ARRAY(T, 3);                                  \
        const T *g = ARRAY(T, 1);                                                                \
        const T fresh1 = (T)(1 - options[1]), beta2 = (T)options[2], fresh2 = (T)(1 - options[2]); \
        const T epsilon = (T)options[3], sign = (T)options[6];                                   \
        const T decay = options[5] != 0 ? 0 : (T)options[4];                                     \
        const T shrink = options[5] != 0 ? (T)(1 - options[0] * options[4]) : 1;                 \
        const T step = (T)item->numbers[0], scale = (T)item->numbers[1];                         \
        const bool adaptive = scale != 0;                                                        \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i];                                              \
            m[i] += (d - m[i]) * fresh1;                                                         \
            v[i] = v[i] * beta2 + fresh2 * d * d;                                                \
            p[i] = p[i] * shrink - step * m[i] * (adaptive ? scale / (SQRT(v[i]) + epsilon) : 1); \
        }                                                                                        \
    }
RULE(radam, RADAM)

// Adam by the largest gradient (Kingma and Ba 2015).
// Arrays: parameter, gradient, mean, largest. Numbers: rate / (1 - beta1^t).
// Options: beta1, beta2, epsilon, weight decay, sign.
#define ADAMAX(NAME, T, SQRT, ABS)                                                               \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *m = ARRAY(T, 2), *u = ARRAY(T, 3);                                  \
        const T *g = ARRAY(T, 1);                                                                \
        const T fresh1 = (T)(1 - options[0]), beta2 = (T)options[1], epsilon = (T)options[2];    \
        const T decay = (T)options[3], sign = (T)options[4], step = (T)item->numbers[0];         \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i], size = ABS(d) + epsilon, old = u[i] * beta2; \
            m[i] += (d - m[i]) * fresh1;                                                         \
            u[i] = old > size ? old : size;                                                      \
            p[i] -= step * m[i] / u[i];                                                          \
        }                                                                                        \
    }
RULE(adamax, ADAMAX)

// LAMB's direction (You et al. 2020); the step along it waits for its norm.
// Arrays: parameter, gradient, mean, mean of squares, direction (result).
// Numbers: 1 / (1 - beta1^t), 1 / sqrt(1 - beta2^t). Options: beta1, beta2, epsilon, weight decay, sign.
#define LAMB(NAME, T, SQRT, ABS)                                                                 \
    UPDATE(NAME) {                                                                               \
        T *m = ARRAY(T, 2), *v = ARRAY(T, 3), *direction = ARRAY(T, 4);                          \
        const T *p = ARRAY(T, 0), *g = ARRAY(T, 1);                                              \
        const T fresh1 = (T)(1 - options[0]), beta2 = (T)options[1], fresh2 = (T)(1 - options[1]); \
        const T epsilon = (T)options[2], decay = (T)options[3], sign = (T)options[4];            \
        const T mean = (T)item->numbers[0], correction = (T)item->numbers[1];                    \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i];                                                             \
            m[i] += (d - m[i]) * fresh1;                                                         \
            v[i] = v[i] * beta2 + fresh2 * d * d;                                                \
            direction[i] = mean * m[i] / (SQRT(v[i]) * correction + epsilon) + decay * p[i];     \
        }                                                                                        \
    }
RULE(lamb, LAMB)
