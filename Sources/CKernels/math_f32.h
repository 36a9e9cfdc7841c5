// Functions of float32 numbers without branches, so that loops over them become vector code.
//
// Errors are at most 2 units in the last place over the whole range; NaN and infinities come out
// as C's functions have them. The most used ones stay in float32. The others are evaluated in
// double with polynomials good for about 1e-11, which rounds correctly nearly always.
#pragma once

#include "nj_loop.h"

#include <math.h>
#include <string.h>

NJ_INLINE uint32_t bits_f32(float x) { uint32_t b; memcpy(&b, &x, 4); return b; }
NJ_INLINE float from_bits_f32(uint32_t b) { float x; memcpy(&x, &b, 4); return x; }
NJ_INLINE uint64_t bits_f64(double x) { uint64_t b; memcpy(&b, &x, 8); return b; }
NJ_INLINE double from_bits_f64(uint64_t b) { double x; memcpy(&x, &b, 8); return x; }

// ---- float32 throughout

// Reduced to |r| <= ln(2)/2, polynomial, scaled in two steps so that subnormal results round once.
NJ_INLINE float exp_of_f32(float x) {
    const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.5f ? -104.5f : x;
    const float shifted = x * 1.44269504f + magic;
    const float k = shifted - magic;
    const uint32_t whole = bits_f32(shifted) - bits_f32(magic);
    float r = x - k * 0.693359375f;
    r = r - k * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const uint32_t half = (uint32_t)((int32_t)whole >> 1);
    return p * from_bits_f32((half + 127u) << 23) * from_bits_f32((whole - half + 127u) << 23);
}

// exp(x) = fraction * scale0 * scale1 for x <= 0, the fraction in 0.7..1.42 and good to 0.8 units.
NJ_INLINE float exp_parts_f32(float x, float *scale0, float *scale1) {
    const float magic = 12582912.0f;
    x = x < -150.0f ? -150.0f : x;
    const float shifted = x * 1.44269504f + magic;
    const float k = shifted - magic;
    const uint32_t whole = bits_f32(shifted) - bits_f32(magic);
    const float rough = x - k * 0.693359375f, fine = k * -2.12194440e-4f;
    const float r = rough - fine, lost = (rough - r) - fine;
    float p = 1.9739482377e-4f;
    p = p * r + 1.3935087482e-3f;
    p = p * r + 8.3335712552e-3f;
    p = p * r + 4.1666463017e-2f;
    p = p * r + 1.6666665673e-1f;
    p = p * r + 0.5f;
    const uint32_t half = (uint32_t)((int32_t)whole >> 1);
    *scale0 = from_bits_f32((half + 127u) << 23);
    *scale1 = from_bits_f32((whole - half + 127u) << 23);
    return (p * (r * r) + lost + r) + 1.0f;
}

// 1 / (1 + e) for x >= 0 and e - e * e / (1 + e) else, with e = exp(-|x|).
NJ_INLINE float sigmoid_of_f32(float x) {
    float scale0, scale1;
    const float fraction = exp_parts_f32(-fabsf(x), &scale0, &scale1), e = fraction * scale0 * scale1;
    const float z = (x < 0.0f ? e : 1.0f) / (1.0f + e);
    const float y = x < 0.0f ? e - e * z : z;
    return x != x ? x : y;
}

// x * sigmoid(x): the quotient is corrected by what its parts lost in rounding, known where products and
// sums are fused.
NJ_INLINE float silu_of_f32(float x) {
    float scale0, scale1;
    const float fraction = exp_parts_f32(-fabsf(x), &scale0, &scale1), e = fraction * scale0 * scale1;
    const float d = 1.0f + e, d_lost = e - (d - 1.0f);
    const float t = x < 0.0f ? x * fraction : x, t_lost = x < 0.0f ? x * fraction - t : 0.0f;
    const float inverse = 1.0f / d, y = t * inverse;
    const float rest = (t - y * d) - y * d_lost + t_lost;
    const float result = y + rest * inverse;
    return x == -INFINITY || x != x ? NAN : x < -150.0f ? -0.0f : x < 0.0f ? result * scale0 * scale1 : x == INFINITY ? x : result;
}

NJ_INLINE float log_of_f32(float x) {
    const bool tiny = x < 0x1p-126f;
    const float scaled = tiny ? x * 0x1p23f : x;
    // Exponent and mantissa such that the mantissa lies in [sqrt(1/2), sqrt(2)).
    const uint32_t shifted = bits_f32(scaled) - 0x3f3504f3u;
    const float e = (float)((int32_t)shifted >> 23) - (tiny ? 23.0f : 0.0f);
    const float m = from_bits_f32((shifted & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    const float z = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    p = p * (m * z) + e * -2.12194440e-4f;
    p = p - 0.5f * z;
    float result = (m + p) + e * 0.693359375f;
    result = x == INFINITY ? INFINITY : result;
    result = x == 0.0f ? -INFINITY : result;
    return x < 0.0f || x != x ? NAN : result;
}

// log(1 + exp(b * x)) / b, x itself beyond `threshold`.
NJ_INLINE float softplus_of_f32(float x, float beta, float threshold) {
    const float v = x * beta, e = exp_of_f32(-fabsf(v)), u = 1.0f + e;
    const float y = ((v > 0 ? v : 0) + (log_of_f32(u) + (e - (u - 1.0f)) / u)) / beta;
    return v > threshold || x != x ? x : y;
}

NJ_INLINE float tanh_of_f32(float x) {
    const float t = fabsf(x), z = x * x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const float small = p * (z * x) + x;
    const float large = 1.0f - 2.0f / (exp_of_f32(2.0f * (t > 10.0f ? 10.0f : t)) + 1.0f);
    const float result = t < 0.625f ? small : copysignf(large, x);
    return x != x ? x : result;
}

// Error function after N. Juffa: a polynomial near 0, 1 - exp(polynomial) elsewhere.
NJ_INLINE float erf_of_f32(float x) {
    const float t = fabsf(x), s = x * x;
    float p = -5.96761703e-4f;
    p = p * s + 4.99119423e-3f;
    p = p * s - 2.67681349e-2f;
    p = p * s + 1.12819925e-1f;
    p = p * s - 3.76125336e-1f;
    p = p * s + 1.28379166e-1f;
    const float small = p * x + x;
    const float c = t > 4.0f ? 4.0f : t, cc = c * c;
    float q = -1.72853470e-5f * c + 3.83197126e-4f;
    const float u = -3.88396438e-3f * c + 2.42546219e-2f;
    q = q * cc + u;
    q = q * c - 1.06777877e-1f;
    q = q * c - 6.34846687e-1f;
    q = q * c - 1.28717512e-1f;
    q = q * c - c;
    const float large = copysignf(1.0f - exp_of_f32(q), x);
    return t > 0.927734375f ? large : small;
}

// ---- evaluated in double

// exp(r) - 1 for |r| <= ln(2)/2.
NJ_INLINE double small_expm1(double r) {
    double p = 2.480152438208312e-05;
    p = p * r + 0.00019907499112202423;
    p = p * r + 0.0013888978561563648;
    p = p * r + 0.0083332836796013304;
    p = p * r + 0.041666665949216634;
    p = p * r + 0.16666666785609618;
    p = p * r + 0.50000000001210076;
    p = p * r + 1.0;
    return p * r;
}

// x = k ln(2) + r: gives r, and 2^k as `scale`; x is limited to what a float32 result can tell apart.
NJ_INLINE double reduced_exponent(double x, double *scale) {
    const double magic = 6755399441055744.0;  // 1.5 * 2^52
    x = x > 300.0 ? 300.0 : x;
    x = x < -300.0 ? -300.0 : x;
    const double shifted = x * 1.4426950408889634 + magic;
    *scale = from_bits_f64((bits_f64(shifted) - bits_f64(magic) + 1023) << 52);
    return x - (shifted - magic) * 0.69314718055994531;
}
NJ_INLINE double exp_core(double x) {
    double scale;
    const double r = reduced_exponent(x, &scale);
    return small_expm1(r) * scale + scale;
}
NJ_INLINE double expm1_core(double x) {
    double scale;
    const double r = reduced_exponent(x, &scale);
    return small_expm1(r) * scale + (scale - 1.0);
}

// x * y for a y that vanishes where x goes to minus infinity; NaN there, as in PyTorch.
NJ_INLINE float product_f32(float x, double y) { return x == -INFINITY || x != x ? NAN : (float)(x * y); }

// x * tanh(softplus(x)) = x * n / (n + 2) with n = e^2x + 2 e^x.
NJ_INLINE float mish_of_f32(float x) {
    const double e = exp_core(x > 40.0f ? 40.0 : (double)x), n = e * (e + 2.0);
    return x > 40.0f ? x : product_f32(x, n / (n + 2.0));
}

NJ_INLINE double sigmoid_core(double x) {
    const double e = exp_core(-fabs(x));
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

// The normal distribution function: its tail over its density is smooth, so that a polynomial in
// 1 / (1 + 0.3 |x|) does. `density` becomes exp(-x*x/2).
NJ_INLINE double normal_core(double x, double *density) {
    const double t = fabs(x) > 20.0 ? 20.0 : fabs(x), u = 1.0 / (1.0 + 0.3 * t);
    *density = exp_core(-0.5 * t * t);
    double p = -0.020623555060476518;
    p = p * u + 0.11243607876313655;
    p = p * u - 0.22821468912092982;
    p = p * u + 0.1917859760792594;
    p = p * u - 0.079424676942836531;
    p = p * u + 0.096157459585275148;
    p = p * u + 0.078389437054208339;
    p = p * u + 0.11023546913179748;
    p = p * u + 0.11957180871054389;
    p = p * u + 0.11968669007013513;
    const double tail = p * u * *density;
    return x < 0.0 ? tail : 1.0 - tail;
}
NJ_INLINE float gelu_of_f32(float x) {
    double density;
    const double y = normal_core(x, &density);
    return product_f32(x, y);
}
// The slope's size is about 1, so that float32 does; the same approximation.
NJ_INLINE float gelu_slope_of_f32(float x) {
    const float t = fabsf(x) > 14.0f ? 14.0f : fabsf(x), u = 1.0f / (1.0f + 0.3f * t);
    const float density = exp_of_f32(-0.5f * t * t);
    float p = -0.020623555f;
    p = p * u + 0.11243608f;
    p = p * u - 0.22821469f;
    p = p * u + 0.19178598f;
    p = p * u - 0.079424677f;
    p = p * u + 0.09615746f;
    p = p * u + 0.078389437f;
    p = p * u + 0.11023547f;
    p = p * u + 0.11957181f;
    p = p * u + 0.11968669f;
    const float tail = p * u * density, below = x < 0.0f ? tail : 1.0f - tail;
    return x != x ? x : below + copysignf(t, x) * density * 0.39894228f;
}

// log(x) for a positive finite x that is not subnormal, accurate for x near 1 too.
NJ_INLINE double log_core(double x) {
    const uint64_t shifted = bits_f64(x) - 0x3fe6a09e667f3bcdull;
    const double magic = 6755399441055744.0;
    // The exponent as a double, without a conversion from int64 that older processors lack.
    const double e = from_bits_f64(bits_f64(magic) + (uint64_t)((int64_t)(shifted & 0xfff0000000000000ull) >> 52)) - magic;
    const double m = from_bits_f64((shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull);
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double p = 0.096816275483388503;
    p = p * z + 0.11095683149986059;
    p = p * z + 0.14285877577430711;
    p = p * z + 0.19999999396896134;
    p = p * z + 0.33333333333689125;
    return e * 0.69314718055994531 + (2.0 * s + 2.0 * s * (p * z));
}

NJ_INLINE float with_log_limits(float x, double result) {
    float y = (float)result;
    y = x == INFINITY ? INFINITY : y;
    y = x == 0.0f ? -INFINITY : y;
    return x < 0.0f || x != x ? NAN : y;
}

NJ_INLINE float log2_of_f32(float x) { return with_log_limits(x, log_core(x) * 1.4426950408889634); }
NJ_INLINE float log10_of_f32(float x) { return with_log_limits(x, log_core(x) * 0.43429448190325183); }

NJ_INLINE double log1p_core(double x) {
    const double small = x - 0.5 * x * x;
    return fabs(x) < 0x1p-20 ? small : log_core(1.0 + x);
}
NJ_INLINE float log1p_of_f32(float x) {
    float y = (float)log1p_core(x);
    y = x == INFINITY ? INFINITY : y;
    y = x == -1.0f ? -INFINITY : y;
    y = x == 0.0f ? x : y;
    return x < -1.0f || x != x ? NAN : y;
}
NJ_INLINE float expm1_of_f32(float x) {
    const float y = (float)expm1_core(x);
    return x != x || x == 0.0f ? x : y;
}
NJ_INLINE float sinh_of_f32(float x) {
    const double e = expm1_core(fabs((double)x));
    const float y = copysignf((float)(0.5 * (e + e / (e + 1.0))), x);
    return x != x ? x : y;
}
NJ_INLINE float cosh_of_f32(float x) {
    const double e = exp_core(fabs((double)x));
    const float y = (float)(0.5 * (e + 1.0 / e));
    return x != x ? x : y;
}
// sin and cos share the reduction by multiples of pi/2; exact enough for |x| < 2^20.
#define NJ_FAST_ANGLE 1048576.0f
NJ_INLINE double quarter_turn(double x, uint64_t *quadrant) {
    const double magic = 6755399441055744.0;
    const double shifted = x * 0.63661977236758134 + magic;
    const double k = shifted - magic;
    *quadrant = bits_f64(shifted);
    // pi/2 in two parts, the first of 33 bits
    return (x - k * 1.57079632673412561417) - k * 6.07710050650619224932e-11;
}
NJ_INLINE double small_sin(double r) {
    const double z = r * r;
    double p = 2.7249336714992821e-06;
    p = p * z - 0.00019840081391819464;
    p = p * z + 0.0083333318625881444;
    p = p * z - 0.16666666663814503;
    return r + r * (p * z);
}
NJ_INLINE double small_cos(double r) {
    const double z = r * r;
    double p = -2.7300622784493824e-07;
    p = p * z + 2.4800597356195792e-05;
    p = p * z - 0.0013888887665235695;
    p = p * z + 0.041666666664298614;
    return 1.0 - 0.5 * z + z * z * p;
}
NJ_INLINE double sin_turned(double x, uint64_t turns) {
    uint64_t quadrant;
    const double r = quarter_turn(x, &quadrant);
    quadrant += turns;
    const double y = quadrant & 1 ? small_cos(r) : small_sin(r);
    return from_bits_f64(bits_f64(y) ^ ((quadrant & 2) << 62));
}
NJ_INLINE float sin_of_f32(float x) {
    const float y = (float)sin_turned(x, 0);
    return x == 0.0f ? x : y;
}
NJ_INLINE float cos_of_f32(float x) { return (float)sin_turned(x, 1); }
NJ_INLINE float tan_of_f32(float x) {
    const float y = (float)(sin_turned(x, 0) / sin_turned(x, 1));
    return x == 0.0f ? x : y;
}

// asin(s) for 0 <= s <= 1/2.
NJ_INLINE double small_asin(double s) {
    const double z = s * s;
    double p = 0.028456278548557565;
    p = p * z + 0.00095844155360091552;
    p = p * z + 0.016908180025567116;
    p = p * z + 0.016893410425405399;
    p = p * z + 0.022413497179368337;
    p = p * z + 0.030379877065308231;
    p = p * z + 0.04464290858357646;
    p = p * z + 0.074999999509488574;
    p = p * z + 0.16666666666743396;
    return s + s * (p * z);
}
NJ_INLINE float asin_of_f32(float x) {
    const double t = fabs((double)x);
    const double y = t <= 0.5 ? small_asin(t) : 1.5707963267948966 - 2.0 * small_asin(sqrt(0.5 - 0.5 * t));
    return t > 1.0 || x != x ? NAN : copysignf((float)y, x);
}
NJ_INLINE float acos_of_f32(float x) {
    const double t = fabs((double)x);
    const double near = small_asin(t > 0.5 ? 0.0 : x), far = 2.0 * small_asin(sqrt(t <= 0.5 ? 0.0 : 0.5 - 0.5 * t));
    const double y = t <= 0.5 ? 1.5707963267948966 - near : x < 0 ? 3.1415926535897931 - far : far;
    return t > 1.0 || x != x ? NAN : (float)y;
}
// atan(y / x) for y, x >= 0, not both 0 and not both infinite.
NJ_INLINE double atan_core(double y, double x) {
    const bool steep = y > x;
    const double low = steep ? x : y, high = steep ? y : x;
    const bool wide = low > 0.41421356237309503 * high;  // tan(pi/8)
    const double s = wide ? (low - high) / (low + high) : low / high, z = s * s;
    double p = -0.027253707247642971;
    p = p * z + 0.051702872414489218;
    p = p * z - 0.065513190341977959;
    p = p * z + 0.076811060203170023;
    p = p * z - 0.090902609325012373;
    p = p * z + 0.11111089870724393;
    p = p * z - 0.14285713935214295;
    p = p * z + 0.19999999997764825;
    p = p * z - 0.33333333333330978;
    const double a = (s + s * (p * z)) + (wide ? 0.78539816339744828 : 0.0);
    return steep ? 1.5707963267948966 - a : a;
}
NJ_INLINE float atan_of_f32(float x) {
    const double y = atan_core(fabsf(x) > 1e30f ? 1e30 : fabs((double)x), 1.0);
    return x != x ? x : copysignf((float)y, x);
}
NJ_INLINE float atan2_of_f32(float y, float x) {
    // Infinities become 1 and everything beside them 0; 0/0 is 0.
    const bool endless = isinf(x) || isinf(y);
    const double ay = endless ? (isinf(y) ? 1.0 : 0.0) : fabs((double)y);
    const double ax = endless ? (isinf(x) ? 1.0 : 0.0) : fabs((double)x);
    double a = atan_core(ay, ax == 0.0 && ay == 0.0 ? 1.0 : ax);
    a = signbit(x) ? 3.1415926535897931 - a : a;
    return x != x || y != y ? NAN : copysignf((float)a, y);
}

// pow as exp(b log a), with C's rules for signs, zeros and infinities.
NJ_INLINE float pow_of_f32(float a, float b) {
    const float t = fabsf(a);
    const bool integral = truncf(b) == b, odd = integral && truncf(0.5f * b) != 0.5f * b;
    const double l = log_core(t == 0.0f || isinf(t) ? 2.0 : (double)t) * b;
    float y = (float)exp_core(t == 1.0f ? 0.0 : l);
    y = t == 0.0f ? (b < 0.0f ? INFINITY : 0.0f) : y;
    y = t == INFINITY ? (b < 0.0f ? 0.0f : INFINITY) : y;
    y = a < 0.0f && a != -INFINITY && !integral ? NAN : y;
    y = signbit(a) && odd ? -y : y;
    y = a != a || b != b ? NAN : y;
    return b == 0.0f || a == 1.0f ? 1.0f : y;
}
