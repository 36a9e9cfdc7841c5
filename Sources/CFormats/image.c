#include "nj_image.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

// Linking the libraries would cost each start of the program some time; their functions are looked up
// when they are first needed.
#define PNG_FUNCTIONS(F) \
    F(png_image_begin_read_from_memory) F(png_image_finish_read) F(png_image_free) F(png_image_write_to_memory)
#define JPEG_FUNCTIONS(F) \
    F(jpeg_std_error) F(jpeg_CreateDecompress) F(jpeg_mem_src) F(jpeg_read_header) F(jpeg_start_decompress) \
    F(jpeg_read_scanlines) F(jpeg_finish_decompress) F(jpeg_destroy_decompress) F(jpeg_CreateCompress) \
    F(jpeg_mem_dest) F(jpeg_set_defaults) F(jpeg_set_quality) F(jpeg_start_compress) F(jpeg_write_scanlines) \
    F(jpeg_finish_compress) F(jpeg_destroy_compress)

#define FIELD(name) __typeof__(name) *name;
static struct { PNG_FUNCTIONS(FIELD) } png;
static struct { JPEG_FUNCTIONS(FIELD) } jpeg;
#undef FIELD

#define LOAD(table, name) \
    if (!(*(void **)&table.name = dlsym(library, #name))) return false;
#define LOAD_PNG(name) LOAD(png, name)
#define LOAD_JPEG(name) LOAD(jpeg, name)

static bool load_png(void) {
    void *library = dlopen("libpng16.so.16", RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    PNG_FUNCTIONS(LOAD_PNG)
    return true;
}

static bool load_jpeg(void) {
    void *library = dlopen("libjpeg.so.62", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libjpeg.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    JPEG_FUNCTIONS(LOAD_JPEG)
    return true;
}

// Whether a library is there, found out once; loader threads may ask together.
static bool has_png(void) {
    static int state;
    int known = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    if (!known) __atomic_store_n(&state, known = load_png() ? 1 : -1, __ATOMIC_RELEASE);
    return known > 0;
}

static bool has_jpeg(void) {
    static int state;
    int known = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
    if (!known) __atomic_store_n(&state, known = load_jpeg() ? 1 : -1, __ATOMIC_RELEASE);
    return known > 0;
}

static bool fail(char message[256], const char *text) {
    snprintf(message, 256, "%s", text);
    return false;
}

void nj_image_free(nj_image *image) {
    free(image->pixels);
    image->pixels = NULL;
}

void nj_bytes_free(uint8_t *bytes) { free(bytes); }

// Takes memory for the pixels, as long as there may be so many.
static bool allocate(nj_image *image, size_t width, size_t height, int channels, size_t most) {
    if (width == 0 || height == 0) return fail(image->message, "the picture has no pixels");
    if (width > most / height || width * height > most / (size_t)channels) {
        snprintf(image->message, sizeof image->message, "the header says %zu x %zu pixels, for which the file is too short or the memory too small", width, height);
        return false;
    }
    image->pixels = malloc(width * height * (size_t)channels);
    if (!image->pixels) return fail(image->message, "not enough memory");
    image->width = (int)width;
    image->height = (int)height;
    image->channels = channels;
    return true;
}

bool nj_png_read(const void *bytes, size_t count, size_t most, nj_image *image) {
    memset(image, 0, sizeof *image);
    if (!has_png()) return fail(image->message, "libpng is not installed (apt-get install libpng16-16)");
    png_image reader;
    memset(&reader, 0, sizeof reader);
    reader.version = PNG_IMAGE_VERSION;
    if (!png.png_image_begin_read_from_memory(&reader, bytes, count)) return fail(image->message, reader.message);
    // 16 bits a channel are cut to 8 as they are, without a change of brightness.
    reader.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    reader.format &= PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA;
    int channels = (int)PNG_IMAGE_SAMPLE_CHANNELS(reader.format);
    if (!allocate(image, reader.width, reader.height, channels, most)) {
        png.png_image_free(&reader);
        return false;
    }
    bool done = png.png_image_finish_read(&reader, NULL, image->pixels, 0, NULL) != 0;
    // A warning means that something was left out or made up.
    if (!done || reader.warning_or_error != 0) {
        fail(image->message, reader.message);
        png.png_image_free(&reader);
        nj_image_free(image);
        return false;
    }
    png.png_image_free(&reader);
    return true;
}

bool nj_png_write(const nj_image *image, uint8_t **bytes, size_t *count, char message[256]) {
    static const png_uint_32 formats[] = {0, PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB, PNG_FORMAT_RGBA};
    if (!has_png()) return fail(message, "libpng is not installed (apt-get install libpng16-16)");
    png_image writer;
    memset(&writer, 0, sizeof writer);
    writer.version = PNG_IMAGE_VERSION;
    writer.width = (png_uint_32)image->width;
    writer.height = (png_uint_32)image->height;
    writer.format = formats[image->channels];
    png_alloc_size_t size = 0;
    if (!png.png_image_write_to_memory(&writer, NULL, &size, 0, image->pixels, 0, NULL)) return fail(message, writer.message);
    *bytes = malloc(size);
    if (!*bytes) return fail(message, "not enough memory");
    if (!png.png_image_write_to_memory(&writer, *bytes, &size, 0, image->pixels, 0, NULL)) {
        nj_bytes_free(*bytes);
        return fail(message, writer.message);
    }
    *count = size;
    return true;
}

// Errors of libjpeg come back to where it was called.
typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf start;
    char *message;
} jpeg_errors;

static void jpeg_stop(j_common_ptr codec) {
    jpeg_errors *errors = (jpeg_errors *)codec->err;
    char text[JMSG_LENGTH_MAX];
    errors->base.format_message(codec, text);
    snprintf(errors->message, 256, "%s", text);
    longjmp(errors->start, 1);
}

// Warnings are counted, and the first one kept.
static void jpeg_note(j_common_ptr codec, int level) {
    jpeg_errors *errors = (jpeg_errors *)codec->err;
    if (level >= 0) return;
    if (errors->base.num_warnings++ == 0) {
        char text[JMSG_LENGTH_MAX];
        errors->base.format_message(codec, text);
        snprintf(errors->message, 256, "%s", text);
    }
}

static void start_errors(jpeg_errors *errors, char *message) {
    jpeg.jpeg_std_error(&errors->base);
    errors->base.error_exit = jpeg_stop;
    errors->base.emit_message = jpeg_note;
    errors->message = message;
}

bool nj_jpeg_read(const void *bytes, size_t count, size_t most, nj_image *image) {
    memset(image, 0, sizeof *image);
    if (!has_jpeg()) return fail(image->message, "libjpeg is not installed (apt-get install libjpeg62-turbo)");
    struct jpeg_decompress_struct codec;
    memset(&codec, 0, sizeof codec);
    jpeg_errors errors;
    start_errors(&errors, image->message);
    codec.err = &errors.base;
    if (setjmp(errors.start)) {
        jpeg.jpeg_destroy_decompress(&codec);
        nj_image_free(image);
        return false;
    }
    jpeg.jpeg_CreateDecompress(&codec, JPEG_LIB_VERSION, sizeof codec);
    jpeg.jpeg_mem_src(&codec, (unsigned char *)bytes, count);
    jpeg.jpeg_read_header(&codec, TRUE);
    bool is_gray = codec.jpeg_color_space == JCS_GRAYSCALE;
    codec.out_color_space = is_gray ? JCS_GRAYSCALE : JCS_RGB;
    // Files of many scans take time without end.
    if (codec.progressive_mode && codec.image_width > 0 && (size_t)codec.image_width * codec.image_height / 64 > count * 64) {
        fail(image->message, "the file is too short for its size");
        jpeg.jpeg_destroy_decompress(&codec);
        return false;
    }
    if (!allocate(image, codec.image_width, codec.image_height, is_gray ? 1 : 3, most)) {
        jpeg.jpeg_destroy_decompress(&codec);
        return false;
    }
    jpeg.jpeg_start_decompress(&codec);
    size_t stride = (size_t)image->width * (size_t)image->channels;
    bool fits = codec.output_components == image->channels && (int)codec.output_width == image->width;
    while (fits && codec.output_scanline < codec.output_height && errors.base.num_warnings == 0) {
        JSAMPROW row = image->pixels + codec.output_scanline * stride;
        jpeg.jpeg_read_scanlines(&codec, &row, 1);
    }
    bool done = fits && errors.base.num_warnings == 0;
    if (done) jpeg.jpeg_finish_decompress(&codec);
    done = done && errors.base.num_warnings == 0;
    jpeg.jpeg_destroy_decompress(&codec);
    if (!done) {
        if (!image->message[0]) fail(image->message, "the file is damaged");
        nj_image_free(image);
    }
    return done;
}

bool nj_jpeg_write(const nj_image *image, int quality, uint8_t **bytes, size_t *count, char message[256]) {
    if (!has_jpeg()) return fail(message, "libjpeg is not installed (apt-get install libjpeg62-turbo)");
    struct jpeg_compress_struct codec;
    memset(&codec, 0, sizeof codec);
    jpeg_errors errors;
    start_errors(&errors, message);
    codec.err = &errors.base;
    // Changed after setjmp, therefore volatile.
    unsigned char *volatile result = NULL;
    unsigned long size = 0;
    if (setjmp(errors.start)) {
        jpeg.jpeg_destroy_compress(&codec);
        free(result);
        return false;
    }
    jpeg.jpeg_CreateCompress(&codec, JPEG_LIB_VERSION, sizeof codec);
    jpeg.jpeg_mem_dest(&codec, (unsigned char **)&result, &size);
    codec.image_width = (JDIMENSION)image->width;
    codec.image_height = (JDIMENSION)image->height;
    codec.input_components = image->channels;
    codec.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg.jpeg_set_defaults(&codec);
    jpeg.jpeg_set_quality(&codec, quality, TRUE);
    jpeg.jpeg_start_compress(&codec, TRUE);
    size_t stride = (size_t)image->width * (size_t)image->channels;
    while (codec.next_scanline < codec.image_height) {
        JSAMPROW row = image->pixels + codec.next_scanline * stride;
        jpeg.jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg.jpeg_finish_compress(&codec);
    jpeg.jpeg_destroy_compress(&codec);
    *bytes = result;
    *count = size;
    return true;
}
