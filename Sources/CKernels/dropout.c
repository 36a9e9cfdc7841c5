// Dropping elements by a mask of bytes.

#include "nj_learning.h"
#include "nj_loop.h"

typedef struct {
    void *out;
    const void *x;
    const uint8_t *mask;
    double scale;
} mask_job;

// A dropped element is 0 even where it was infinite or NaN.
#define MASKED(NAME, T)                                                                          \
    NJ_CLONES static void NAME(void *context, int64_t begin, int64_t end) {                      \
        const mask_job *job = context;                                                           \
        T *out = job->out;                                                                       \
        const T *x = job->x, scale = (T)job->scale;                                              \
        const uint8_t *mask = job->mask;                                                         \
        NJ_VECTORIZE                                                                             \
        for (int64_t i = begin; i < end; i++) out[i] = mask[i] ? x[i] * scale : 0;               \
    }
MASKED(masked_f32, float)
MASKED(masked_f64, double)

bool nj_masked_scale(nj_dtype type, void *out, const void *x, const uint8_t *mask, int64_t n, double scale) {
    mask_job job = {out, x, mask, scale};
    nj_parallel(n, 32768, type == NJ_FLOAT32 ? masked_f32 : masked_f64, &job);
    return !nj_interrupted();
}
