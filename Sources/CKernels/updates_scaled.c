// Update rules that divide by the size of past gradients. The formulas and the order of their steps
// are PyTorch's.

#include "updates.h"

// Adagrad (Duchi et al. 2011). Arrays: parameter, gradient, sum of squares. Numbers: the decayed rate.
// Options: epsilon, weight decay, sign of the gradient.
#define ADAGRAD(NAME, T, SQRT, ABS)                                                              \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *sum = ARRAY(T, 2);                                                  \
        const T *g = ARRAY(T, 1);                                                                \
        const T epsilon = (T)options[0], decay = (T)options[1], sign = (T)options[2], rate = (T)item->numbers[0]; \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i];                                              \
            sum[i] += d * d;                                                                     \
            p[i] -= rate * d / (SQRT(sum[i]) + epsilon);                                         \
        }                                                                                        \
    }
RULE(adagrad, ADAGRAD)

// Adadelta (Zeiler 2012). Arrays: parameter, gradient, mean of squares, mean of squared steps.
// Options: rate, rho, epsilon, weight decay, sign of the gradient.
#define ADADELTA(NAME, T, SQRT, ABS)                                                             \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *squares = ARRAY(T, 2), *steps = ARRAY(T, 3);                        \
        const T *g = ARRAY(T, 1);                                                                \
        const T rate = (T)options[0], rho = (T)options[1], epsilon = (T)options[2];              \
        const T decay = (T)options[3], sign = (T)options[4];                                     \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i];                                              \
            squares[i] = rho * squares[i] + (1 - rho) * d * d;                                   \
            const T step = SQRT(steps[i] + epsilon) / SQRT(squares[i] + epsilon) * d;            \
            steps[i] = rho * steps[i] + (1 - rho) * step * step;                                 \
            p[i] -= rate * step;                                                                 \
        }                                                                                        \
    }
RULE(adadelta, ADADELTA)

// RMSprop (Hinton, lecture 6e of "Neural Networks for Machine Learning", 2012).
// Arrays: parameter, gradient, mean of squares, then momentum and mean, as far as they are used.
// Options: rate, alpha, epsilon, weight decay, momentum, centered, sign of the gradient.
#define RMSPROP(NAME, T, SQRT, ABS)                                                              \
    UPDATE(NAME) {                                                                               \
        T *p = ARRAY(T, 0), *squares = ARRAY(T, 2);                                              \
        const T *g = ARRAY(T, 1);                                                                \
        const T rate = (T)options[0], alpha = (T)options[1], epsilon = (T)options[2];            \
        const T decay = (T)options[3], momentum = (T)options[4], sign = (T)options[6];           \
        T *kept = momentum != 0 ? ARRAY(T, 3) : NULL;                                            \
        T *mean = options[5] != 0 ? ARRAY(T, momentum != 0 ? 4 : 3) : NULL;                      \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = 0; i < n; i++) {                                                        \
            const T d = sign * g[i] + decay * p[i];                                              \
            squares[i] = alpha * squares[i] + (1 - alpha) * d * d;                               \
            T spread = squares[i];                                                               \
            if (mean) {                                                                          \
                mean[i] += (d - mean[i]) * (1 - alpha);                                          \
                spread -= mean[i] * mean[i];                                                     \
            }                                                                                    \
            T step = d / (SQRT(spread) + epsilon);                                               \
            if (kept) kept[i] = step = momentum * kept[i] + step;                                \
            p[i] -= rate * step;                                                                 \
        }                                                                                        \
    }
RULE(rmsprop, RMSPROP)
