// What a plain loop in C over reused memory takes for some operations of operations.lua, on as many
// threads: cc -O3 -march=native -fno-math-errno -fopenmp plain_loops.c -o plain_loops
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifndef N
#define N 1000000
#endif
enum { ROUNDS = 301 };
static float *x, *y, *out;
static volatile float sink;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static int ascending(const void *a, const void *b) {
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

#define MEASURE(NAME, BODY)                                                                      \
    {                                                                                            \
        static double times[ROUNDS];                                                             \
        for (int r = 0; r < ROUNDS; r++) {                                                       \
            double start = now();                                                                \
            BODY;                                                                                \
            times[r] = now() - start;                                                            \
        }                                                                                        \
        qsort(times, ROUNDS, sizeof(double), ascending);                                         \
        printf("%s %.6f\n", NAME, times[ROUNDS / 2] * 1e3);                                      \
    }
#define EACH(EXPR) _Pragma("omp parallel for simd") for (int i = 0; i < N; i++) out[i] = (EXPR)

int main(void) {
    x = aligned_alloc(64, N * sizeof(float)), y = aligned_alloc(64, N * sizeof(float)), out = aligned_alloc(64, N * sizeof(float));
    for (int i = 0; i < N; i++) x[i] = (float)i * 1e-6f, y[i] = 1 - x[i], out[i] = 0;
    MEASURE("add", EACH(x[i] + y[i]))
    MEASURE("mul_number", EACH(x[i] * 2))
    MEASURE("div", EACH(x[i] / y[i]))
    MEASURE("add_", _Pragma("omp parallel for simd") for (int i = 0; i < N; i++) x[i] += 0.0f)
    MEASURE("sqrt", EACH(sqrtf(x[i])))
    MEASURE("sum", {
        float total = 0;
        _Pragma("omp parallel for simd reduction(+ : total)") for (int i = 0; i < N; i++) total += x[i];
        sink = total;
    })
}
