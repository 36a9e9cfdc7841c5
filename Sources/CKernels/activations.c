// Activation functions, and their gradients fused with the product by the incoming one.

#include "map.h"
#include "math_f32.h"
#include "nj_elementwise.h"

NJ_INLINE double sigmoid_of_f64(double x) {
    const double e = exp(-fabs(x));
    return (x < 0 ? e : 1.0) / (1.0 + e);
}
NJ_INLINE double softplus_of_f64(double x, double beta, double threshold) {
    const double v = x * beta;
    return v > threshold ? x : ((v > 0 ? v : 0) + log1p(exp(-fabs(v)))) / beta;
}
NJ_INLINE double normal_below(double x) { return 0.5 * erfc(-x * 0.70710678118654752); }

// The argument of the sigmoid in GELU's approximation (Hendrycks and Gimpel 2016), and its slope.
#define GELU_ARGUMENT(x) (1.5957691216057308 * ((x) + 0.044715 * (x) * (x) * (x)))
#define GELU_ARGUMENT_SLOPE(x) (1.5957691216057308 * (1.0 + 3.0 * 0.044715 * (x) * (x)))

NJ_INLINE float gelu_tanh_slope_f32(float x) {
    const double s = sigmoid_core(GELU_ARGUMENT((double)x));
    return (float)(s + x * s * (1.0 - s) * GELU_ARGUMENT_SLOPE((double)x));
}
NJ_INLINE double gelu_tanh_slope_f64(double x) {
    const double s = sigmoid_of_f64(GELU_ARGUMENT(x));
    return s + x * s * (1.0 - s) * GELU_ARGUMENT_SLOPE(x);
}
NJ_INLINE float silu_slope_f32(float x) {
    const float s = sigmoid_of_f32(x);
    return s * (1.0f + x * (1.0f - s));
}
NJ_INLINE double silu_slope_f64(double x) {
    const double s = sigmoid_of_f64(x);
    return s * (1.0 + x * (1.0 - s));
}
NJ_INLINE float mish_slope_f32(float x) {
    const double e = exp_core(x > 40.0f ? 40.0 : (double)x), n = e * (e + 2.0), t = n / (n + 2.0);
    return (float)(t + x * (1.0 - t * t) * (e / (1.0 + e)));
}
NJ_INLINE double mish_slope_f64(double x) {
    const double t = tanh(softplus_of_f64(x, 1, 40));
    return t + x * (1.0 - t * t) * sigmoid_of_f64(x);
}

#define FORWARD(NAME, F32, F64)                                                                  \
    NJ_UNARY(VECTOR, NAME##_f32, float, float, F32)                                              \
    NJ_UNARY(SCALAR, NAME##_f64, double, double, F64)
FORWARD(sigmoid, sigmoid_of_f32(a), sigmoid_of_f64(a))
FORWARD(gelu, gelu_of_f32(a), a * normal_below(a))
FORWARD(gelu_tanh, product_f32(a, sigmoid_core(GELU_ARGUMENT((double)a))), a * sigmoid_of_f64(GELU_ARGUMENT(a)))
FORWARD(silu, silu_of_f32(a), a * sigmoid_of_f64(a))
FORWARD(elu, a > 0 ? a : k[0] * expm1_of_f32(a), a > 0 ? a : k[0] * expm1(a))
FORWARD(softplus, softplus_of_f32(a, k[0], k[1]), softplus_of_f64(a, k[0], k[1]))
FORWARD(mish, mish_of_f32(a), a * tanh(softplus_of_f64(a, 1, 40)))
FORWARD(leaky_relu, a > 0 ? a : k[0] * a, a > 0 ? a : k[0] * a)
FORWARD(log_sigmoid, -softplus_of_f32(-a, 1, 1e30), -softplus_of_f64(-a, 1, 1e300))

nj_kernel nj_activation_kernel(nj_activation activation, nj_dtype type) {
    static const nj_kernel table[NJ_ACTIVATION_COUNT][2] = {
        [NJ_SIGMOID] = {sigmoid_f32, sigmoid_f64}, [NJ_GELU] = {gelu_f32, gelu_f64},
        [NJ_GELU_TANH] = {gelu_tanh_f32, gelu_tanh_f64}, [NJ_SILU] = {silu_f32, silu_f64},
        [NJ_ELU] = {elu_f32, elu_f64}, [NJ_SOFTPLUS] = {softplus_f32, softplus_f64},
        [NJ_MISH] = {mish_f32, mish_f64}, [NJ_LEAKY_RELU] = {leaky_relu_f32, leaky_relu_f64},
        [NJ_LOG_SIGMOID] = {log_sigmoid_f32, log_sigmoid_f64},
    };
    return type == NJ_FLOAT32 ? table[activation][0] : type == NJ_FLOAT64 ? table[activation][1] : 0;
}

// a is the gradient of the result; b the input, for tanh, sigmoid and relu the result.
#define BACKWARD(NAME, F32, F64)                                                                 \
    NJ_BINARY(VECTOR, NAME##_backward_f32, float, float, F32)                                    \
    NJ_BINARY(SCALAR, NAME##_backward_f64, double, double, F64)
BACKWARD(tanh, a * (1.0f - b * b), a * (1.0 - b * b))
BACKWARD(relu, b <= 0 ? 0 : a, b <= 0 ? 0 : a)
BACKWARD(sigmoid, a * ((1.0f - b) * b), a * ((1.0 - b) * b))
BACKWARD(gelu, a * gelu_slope_of_f32(b), a * (normal_below(b) + b * 0.3989422804014327 * exp(-0.5 * b * b)))
BACKWARD(gelu_tanh, a * gelu_tanh_slope_f32(b), a * gelu_tanh_slope_f64(b))
BACKWARD(silu, a * silu_slope_f32(b), a * silu_slope_f64(b))
BACKWARD(elu, b > 0 ? a : a * k[0] * exp_of_f32(b), b > 0 ? a : a * k[0] * exp(b))
BACKWARD(softplus, b * k[0] > k[1] ? a : a * sigmoid_of_f32(b * k[0]),
         b * k[0] > k[1] ? a : a * sigmoid_of_f64(b * k[0]))
BACKWARD(mish, a * mish_slope_f32(b), a * mish_slope_f64(b))
BACKWARD(leaky_relu, b > 0 ? a : a * k[0], b > 0 ? a : a * k[0])
BACKWARD(log_sigmoid, a * sigmoid_of_f32(-b), a * sigmoid_of_f64(-b))

nj_kernel nj_activation_backward_kernel(nj_activation activation, nj_dtype type) {
#define ROW(F) {F##_backward_f32, F##_backward_f64}
    static const nj_kernel table[NJ_ACTIVATION_COUNT][2] = {
        [NJ_SIGMOID] = ROW(sigmoid), [NJ_GELU] = ROW(gelu), [NJ_GELU_TANH] = ROW(gelu_tanh),
        [NJ_SILU] = ROW(silu), [NJ_ELU] = ROW(elu), [NJ_SOFTPLUS] = ROW(softplus), [NJ_MISH] = ROW(mish),
        [NJ_LEAKY_RELU] = ROW(leaky_relu), [NJ_LOG_SIGMOID] = ROW(log_sigmoid),
        [NJ_ACTIVATION_TANH] = ROW(tanh), [NJ_ACTIVATION_RELU] = ROW(relu),
    };
    return type == NJ_FLOAT32 ? table[activation][0] : type == NJ_FLOAT64 ? table[activation][1] : 0;
}
