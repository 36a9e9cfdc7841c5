// Templates for elementwise kernels with one vector loop each: operands that are not contiguous are
// gathered into a small buffer first, numbers that meet a tensor fill one.
#pragma once

#include "nj_loop.h"

enum { NJ_CHUNK = 512 };

// How a kernel's loop is compiled: as vector code for each level of the processor, or one by one
// where the function comes from the C library.
#define NJ_ATTRIBUTE_VECTOR NJ_CLONES
#define NJ_LOOP_VECTOR NJ_VECTORIZE
#define NJ_ATTRIBUTE_SCALAR
#define NJ_LOOP_SCALAR

#define NJ_GATHER(T, BUFFER, P, S, M)                                                            \
    for (int64_t i = 0; i < (M); i++) (BUFFER)[i] = *(const T *)((P) + i * (S))

// Operand J of type T for the positions at..<at+m: in place where contiguous, else in BUFFER.
#define NJ_OPERAND(T, NAME, J, BUFFER)                                                           \
    const T *NAME = (const T *)(p[J] + at * s[J]);                                               \
    if (s[J] != sizeof(T)) {                                                                     \
        if (s[J] != 0 || at == 0) NJ_GATHER(T, BUFFER, p[J] + at * s[J], s[J], m);               \
        NAME = BUFFER;                                                                           \
    }

#define NJ_RESULT(T)                                                                             \
    T *out = s[0] == sizeof(T) ? (T *)(p[0] + at * s[0]) : results;

#define NJ_SCATTER(T)                                                                            \
    if (s[0] != sizeof(T))                                                                       \
        for (int64_t i = 0; i < m; i++) *(T *)(p[0] + (at + i) * s[0]) = results[i]

// TO result, FROM a; EXPR may use `k`, parameters of type FROM.
#define NJ_UNARY(KIND, NAME, TO, FROM, EXPR)                                                     \
    NJ_ATTRIBUTE_##KIND static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {\
        const FROM *k = c;                                                                       \
        (void)k;                                                                                 \
        FROM buffer1[NJ_CHUNK];                                                                  \
        TO results[NJ_CHUNK];                                                                    \
        const bool flat = s[0] == sizeof(TO) && s[1] == sizeof(FROM);                            \
        const int64_t chunk = flat ? n : NJ_CHUNK;                                               \
        for (int64_t at = 0; at < n; at += chunk) {                                              \
            const int64_t m = n - at < chunk ? n - at : chunk;                                   \
            NJ_OPERAND(FROM, in1, 1, buffer1)                                                    \
            NJ_RESULT(TO)                                                                        \
            NJ_LOOP_##KIND                                                                       \
            for (int64_t i = 0; i < m; i++) {                                                    \
                const FROM a = in1[i];                                                           \
                out[i] = (TO)(EXPR);                                                             \
            }                                                                                    \
            NJ_SCATTER(TO);                                                                      \
        }                                                                                        \
    }

// TO result, FROM a and b.
#define NJ_BINARY(KIND, NAME, TO, FROM, EXPR)                                                    \
    NJ_ATTRIBUTE_##KIND static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {\
        const FROM *k = c;                                                                       \
        (void)k;                                                                                 \
        FROM buffer1[NJ_CHUNK], buffer2[NJ_CHUNK];                                               \
        TO results[NJ_CHUNK];                                                                    \
        const bool flat = s[0] == sizeof(TO) && s[1] == sizeof(FROM) && s[2] == sizeof(FROM);    \
        const int64_t chunk = flat ? n : NJ_CHUNK;                                               \
        for (int64_t at = 0; at < n; at += chunk) {                                              \
            const int64_t m = n - at < chunk ? n - at : chunk;                                   \
            NJ_OPERAND(FROM, in1, 1, buffer1)                                                    \
            NJ_OPERAND(FROM, in2, 2, buffer2)                                                    \
            NJ_RESULT(TO)                                                                        \
            NJ_LOOP_##KIND                                                                       \
            for (int64_t i = 0; i < m; i++) {                                                    \
                const FROM a = in1[i], b = in2[i];                                               \
                out[i] = (TO)(EXPR);                                                             \
            }                                                                                    \
            NJ_SCATTER(TO);                                                                      \
        }                                                                                        \
    }

// T result; FIRST a, T b and d.
#define NJ_TERNARY(KIND, NAME, T, FIRST, EXPR)                                                   \
    NJ_ATTRIBUTE_##KIND static void NAME(char *const *p, const int64_t *s, int64_t n, const void *c) {\
        (void)c;                                                                                 \
        FIRST buffer1[NJ_CHUNK];                                                                 \
        T buffer2[NJ_CHUNK], buffer3[NJ_CHUNK], results[NJ_CHUNK];                               \
        const bool flat =                                                                        \
            s[0] == sizeof(T) && s[1] == sizeof(FIRST) && s[2] == sizeof(T) && s[3] == sizeof(T);\
        const int64_t chunk = flat ? n : NJ_CHUNK;                                               \
        for (int64_t at = 0; at < n; at += chunk) {                                              \
            const int64_t m = n - at < chunk ? n - at : chunk;                                   \
            NJ_OPERAND(FIRST, in1, 1, buffer1)                                                   \
            NJ_OPERAND(T, in2, 2, buffer2)                                                       \
            NJ_OPERAND(T, in3, 3, buffer3)                                                       \
            NJ_RESULT(T)                                                                         \
            NJ_LOOP_##KIND                                                                       \
            for (int64_t i = 0; i < m; i++) {                                                    \
                const FIRST a = in1[i];                                                          \
                const T b = in2[i], d = in3[i];                                                  \
                out[i] = (T)(EXPR);                                                              \
            }                                                                                    \
            NJ_SCATTER(T);                                                                       \
        }                                                                                        \
    }
