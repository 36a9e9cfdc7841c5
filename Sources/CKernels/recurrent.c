// Recurrent layers.

#include "math_f32.h"
#include "nj_recurrent.h"
#include "packed_product.h"
#include "stopping.h"

#include <math.h>
#include <string.h>

static double sigmoid_of_f64(double x) {
    const double e = exp(-fabs(x));
    return (x < 0 ? e : 1) / (1 + e);
}

#define NAME(X) NAME_(X)
#define T float
#define NAME_(X) X##_f32
#define SIGMOID sigmoid_of_f32
#define TANH tanh_of_f32
#include "recurrent_body.h"

#define T double
#define NAME_(X) X##_f64
#define SIGMOID sigmoid_of_f64
#define TANH tanh
#include "recurrent_body.h"
#undef NAME

nj_outcome nj_recurrent_forward(nj_dtype type, const nj_recurrent *r) {
    return type == NJ_FLOAT64 ? run_sequences_f64(r, false) : run_sequences_f32(r, false);
}

nj_outcome nj_recurrent_backward(nj_dtype type, const nj_recurrent *r) {
    return type == NJ_FLOAT64 ? run_sequences_f64(r, true) : run_sequences_f32(r, true);
}
