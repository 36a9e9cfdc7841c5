// Pictures in files, through libraries that are opened when the first one is read or written.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Pixels row by row, `channels` bytes each: 1 gray, 2 gray and opacity, 3 red, green and blue, 4 with
// opacity.
typedef struct {
    int width;
    int height;
    int channels;
    uint8_t *pixels;    // to be freed by nj_image_free
    char message[256];  // what went wrong
} nj_image;

// Decode a whole file of at most `most` bytes of pixels; false with a message when it is damaged, too
// large, or the library is not installed.
bool nj_png_read(const void *bytes, size_t count, size_t most, nj_image *image);
bool nj_jpeg_read(const void *bytes, size_t count, size_t most, nj_image *image);
void nj_image_free(nj_image *image);

// Encode a picture into a file of `count` bytes, to be freed by nj_bytes_free.
bool nj_png_write(const nj_image *image, uint8_t **bytes, size_t *count, char message[256]);
bool nj_jpeg_write(const nj_image *image, int quality, uint8_t **bytes, size_t *count, char message[256]);
void nj_bytes_free(uint8_t *bytes);
