// Checksums.
#pragma once

#include <stddef.h>
#include <stdint.h>

// SHA-256 (FIPS 180-4) of bytes that come piece by piece.
typedef struct {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
} nj_sha256;

void nj_sha256_begin(nj_sha256 *hash);
void nj_sha256_add(nj_sha256 *hash, const void *bytes, size_t count);
void nj_sha256_end(nj_sha256 *hash, uint8_t digest[32]);
