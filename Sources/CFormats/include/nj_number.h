// Decimal numbers from text.
#pragma once

#include <stdint.h>

// What a number looked like.
enum {
    NJ_NUMBER_FRACTION = 1,  // it had a point or an exponent
    NJ_NUMBER_LARGE = 2,     // a whole number beyond 2^53, which a double may not hold exactly
};

// Reads the number that starts at `text` and returns the position after it, or NULL when there is
// none. The result is the double nearest to the decimal. Reads up to 8 bytes past the number, which
// must be there; any byte that is no digit ends it.
const uint8_t *nj_read_number(const uint8_t *text, uint8_t decimal, double *value, unsigned *kind);
