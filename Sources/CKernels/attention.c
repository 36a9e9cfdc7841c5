// Attention in blocks that stay in cache.

#include "math_f32.h"
#include "nj_attention.h"
#include "packed_product.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { BLOCK = 64 };
enum { PANEL_f32 = NJ_PANEL_F32, PANEL_f64 = NJ_PANEL_F64 };

// With a causal mask later blocks cost more; this order gives each half of the tasks as much work.
static int64_t balanced(int64_t i, int64_t n) { return i & 1 ? n - 1 - i / 2 : i / 2; }

#define NAME(X) NAME_(X)
#define T float
#define NAME_(X) X##_f32
#define EXP exp_of_f32
#define LOG logf
#include "attention_body.h"

#define NAME(X) NAME_(X)
#define T double
#define NAME_(X) X##_f64
#define EXP exp
#define LOG log
#include "attention_body.h"

nj_outcome nj_attention_forward(nj_dtype type, const nj_attention *attention) {
    return type == NJ_FLOAT64 ? attend_f64(attention) : attend_f32(attention);
}

nj_outcome nj_attention_backward(nj_dtype type, const nj_attention *attention) {
    return type == NJ_FLOAT64 ? attend_backward_f64(attention) : attend_backward_f32(attention);
}
