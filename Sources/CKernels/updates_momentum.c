// Update rules that follow the gradient or its sign. The formulas and the order of their steps are
// PyTorch's.

#include "updates.h"

// Stochastic gradient descent (Sutskever et al. 2013 for Nesterov's momentum).
// Arrays: parameter, gradient, momentum. Numbers: whether this is the first step with momentum.
// Options: rate, momentum, dampening, weight decay, Nesterov, sign of the gradient, l1.
#define SGD(NAME, T, SQRT, ABS)                                                                         \
    UPDATE(NAME) {                                                                               \
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
RULE(sgd, SGD)

// Lion (Chen et al. 2023): the sign of a mixture of gradient and memory.
// Arrays: parameter, gradient, memory. Options: rate, beta1, beta2, weight decay, sign of the gradient.
#define LION(NAME, T, SQRT, ABS)                                                                 \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *m = ARRAY(T, 2);                                                    \
        const T *g = ARRAY(T, 1);                                                                \
        const T rate = (T)options[0], beta1 = (T)options[1], beta2 = (T)options[2];              \
        const T shrink = (T)(1 - options[0] * options[3]), sign = (T)options[4];                 \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i], mixed = beta1 * m[i] + (1 - beta1) * d;                     \
            p[i] = p[i] * shrink - rate * (T)SIGN(mixed);                                        \
            m[i] = beta2 * m[i] + (1 - beta2) * d;                                               \
        }                                                                                        \
    }
RULE(lion, LION)

// Resilient propagation (Riedmiller and Braun 1993): steps of their own for each element, which grow
// while the gradient keeps its sign.
// Arrays: parameter, gradient, previous gradient, step sizes.
// Options: shrinking factor, growing factor, smallest step, largest step, sign of the gradient.
#define RPROP(NAME, T, SQRT, ABS)                                                                \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *before = ARRAY(T, 2), *step = ARRAY(T, 3);                          \
        const T *g = ARRAY(T, 1);                                                                \
        const T shrink = (T)options[0], grow = (T)options[1], low = (T)options[2], high = (T)options[3]; \
        const T sign = (T)options[4];                                                            \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            T d = sign * g[i];                                                                   \
            const T agreement = d * before[i];                                                   \
            T s = step[i] * (agreement > 0 ? grow : agreement < 0 ? shrink : 1);                 \
            s = s < low ? low : s > high ? high : s;                                             \
            d = agreement < 0 ? 0 : d;                                                           \
            p[i] -= s * (T)SIGN(d);                                                              \
            step[i] = s;                                                                         \
            before[i] = d;                                                                       \
        }                                                                                        \
    }
RULE(rprop, RPROP)
