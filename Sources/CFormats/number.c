#define _GNU_SOURCE
#include "nj_number.h"

#include <float.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Powers of ten that are exact in a double (to 10^22) and in 64 bits of mantissa (to 10^27).
static const double exact_powers[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};
#if LDBL_MANT_DIG == 64
static const long double long_powers[] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
    1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L,
};
#endif

static inline bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
// Eight digits at once, first digit in the lowest byte.
static inline bool eight_digits(uint64_t v) {
    return ((v & 0xF0F0F0F0F0F0F0F0) | (((v + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;
}
static inline uint32_t value_of_eight(uint64_t v) {
    v -= 0x3030303030303030;
    v = v * 10 + (v >> 8);
    return (uint32_t)((((v & 0x000000FF000000FF) * 0x000F424000000064) +
                       (((v >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
}
#else
static inline bool eight_digits(uint64_t v) { (void)v; return false; }
static inline uint32_t value_of_eight(uint64_t v) { return (uint32_t)v; }
#endif

static inline const uint8_t *digits(const uint8_t *p, uint64_t *w) {
    uint64_t v, sum = *w;
    memcpy(&v, p, 8);
    if (eight_digits(v)) {
        sum = sum * 100000000 + value_of_eight(v);
        p += 8;
        memcpy(&v, p, 8);
        if (eight_digits(v)) {
            sum = sum * 100000000 + value_of_eight(v);
            p += 8;
        }
    }
    while (is_digit(*p)) sum = sum * 10 + (*p++ - '0');
    *w = sum;
    return p;
}

// The C library's parser, which is exact and slow, in the locale whose point is '.'.
static double read_slowly(const uint8_t *text, const uint8_t *end, uint8_t decimal) {
    static locale_t c_locale;
    locale_t locale = __atomic_load_n(&c_locale, __ATOMIC_ACQUIRE);
    if (!locale) {
        locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        locale_t none = (locale_t)0;
        if (!__atomic_compare_exchange_n(&c_locale, &none, locale, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            freelocale(locale);
            locale = none;
        }
    }
    char small[128];
    size_t length = (size_t)(end - text);
    char *copy = length < sizeof small ? small : malloc(length + 1);
    if (!copy) return 0;
    for (size_t i = 0; i < length; i++) copy[i] = text[i] == decimal ? '.' : (char)text[i];
    copy[length] = 0;
    double value = strtod_l(copy, NULL, locale);
    if (copy != small) free(copy);
    return value;
}

const uint8_t *nj_read_number(const uint8_t *text, uint8_t decimal, double *value, unsigned *kind) {
    const uint8_t *p = text;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+') p++;
    const uint8_t *first = p;
    uint64_t w = 0;
    p = digits(p, &w);
    int64_t count = p - first, exponent = 0;
    unsigned shape = 0;
    if (*p == decimal) {
        const uint8_t *fraction = ++p;
        p = digits(p, &w);
        exponent = fraction - p;
        count -= exponent;
        shape = NJ_NUMBER_FRACTION;
    }
    if (count == 0) return NULL;
    if ((*p | 0x20) == 'e') {
        const uint8_t *e = p + 1;
        bool below = *e == '-';
        if (*e == '-' || *e == '+') e++;
        if (!is_digit(*e)) return NULL;
        int64_t written = 0;
        while (is_digit(*e)) {
            if (written < 100000000) written = written * 10 + (*e - '0');
            e++;
        }
        exponent += below ? -written : written;
        p = e;
        shape = NJ_NUMBER_FRACTION;
    }
    // More than 19 digits may not fit into `w`; leading zeros do not count.
    if (count > 19) {
        const uint8_t *q = first;
        while (*q == '0' || *q == decimal) {
            if (*q == '0') count--;
            q++;
        }
    }
    *kind = shape;
    double result;
    if (count > 19) {
        if (!shape) *kind = NJ_NUMBER_LARGE;
        *value = read_slowly(text, p, decimal);
        return p;
    }
    if (!shape && w > (UINT64_C(1) << 53)) *kind = NJ_NUMBER_LARGE;
    if (w == 0) {
        result = 0;
    } else if (w <= (UINT64_C(1) << 53) && exponent >= -22 && exponent <= 22) {
        // Both are exact, so that the one rounding of the division or product is right (Clinger 1990).
        result = exponent < 0 ? (double)w / exact_powers[-exponent] : (double)w * exact_powers[exponent];
#if LDBL_MANT_DIG == 64
    } else if (exponent >= -27 && exponent <= 27) {
        // Both are exact in 64 bits of mantissa. Rounding the result again to 53 bits is right
        // unless it lies in the middle between two doubles.
        long double wide = exponent < 0 ? (long double)w / long_powers[-exponent] : (long double)w * long_powers[exponent];
        uint64_t mantissa;
        memcpy(&mantissa, &wide, 8);
        if ((mantissa & 0x7FF) == 0x400) {
            *value = read_slowly(text, p, decimal);
            return p;
        }
        result = (double)wide;
#endif
    } else {
        *value = read_slowly(text, p, decimal);
        return p;
    }
    *value = negative ? -result : result;
    return p;
}
