#include "nj_pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The pixel that stands at position i of n, which may lie outside; -1 for none.
static int64_t place(int64_t i, int64_t n, nj_padding padding) {
    if (i >= 0 && i < n) return i;
    switch (padding) {
    case NJ_PAD_EDGE: return i < 0 ? 0 : n - 1;
    case NJ_PAD_REFLECT: {
        int64_t period = 2 * (n - 1);
        if (period == 0) return 0;
        i %= period;
        if (i < 0) i += period;
        return i < n ? i : period - i;
    }
    case NJ_PAD_SYMMETRIC:
        i %= 2 * n;
        if (i < 0) i += 2 * n;
        return i < n ? i : 2 * n - 1 - i;
    default: return -1;
    }
}

void nj_picture_crop(float *out, int64_t height, int64_t width, const float *in, nj_picture_size size, int64_t top,
                     int64_t left, nj_padding padding, float fill) {
    int64_t begin = left < 0 ? -left : 0, end = size.width - left;
    if (begin > width) begin = width;
    if (end > width) end = width;
    if (end < begin) end = begin;
    for (int64_t c = 0; c < size.channels; c++) {
        const float *plane = in + c * size.height * size.width;
        for (int64_t y = 0; y < height; y++, out += width) {
            int64_t row = place(top + y, size.height, padding);
            if (row < 0) {
                for (int64_t x = 0; x < width; x++) out[x] = fill;
                continue;
            }
            const float *line = plane + row * size.width;
            if (end > begin) memcpy(out + begin, line + left + begin, (size_t)(end - begin) * sizeof *out);
            for (int64_t x = 0; x < width; x++) {
                if (x == begin) x = end;
                if (x >= width) break;
                int64_t column = place(left + x, size.width, padding);
                out[x] = column < 0 ? fill : line[column];
            }
        }
    }
}

void nj_picture_flip(float *out, const float *in, nj_picture_size size, bool upside_down) {
    int64_t rows = size.channels * size.height, width = size.width;
    for (int64_t r = 0; r < rows; r++, out += width) {
        if (upside_down) {
            int64_t c = r / size.height, y = r % size.height;
            memcpy(out, in + (c * size.height + size.height - 1 - y) * width, (size_t)width * sizeof *out);
        } else {
            const float *line = in + r * width + width - 1;
            for (int64_t x = 0; x < width; x++) out[x] = line[-x];
        }
    }
}

void nj_picture_map(float *out, const float *in, nj_picture_size size, const double m[6], bool bilinear, float fill) {
    int64_t area = size.height * size.width;
    double middle_x = 0.5 * (double)size.width - 0.5, middle_y = 0.5 * (double)size.height - 0.5;
    for (int64_t y = 0; y < size.height; y++) {
        for (int64_t x = 0; x < size.width; x++, out++) {
            double u = (double)x - middle_x, v = (double)y - middle_y;
            double sx = m[0] * u + m[1] * v + m[2] + middle_x, sy = m[3] * u + m[4] * v + m[5] + middle_y;
            bool inside = sx > -1 && sy > -1 && sx < (double)size.width && sy < (double)size.height;
            if (!inside) {
                for (int64_t c = 0; c < size.channels; c++) out[c * area] = fill;
                continue;
            }
            if (!bilinear) {
                int64_t column = (int64_t)nearbyint(sx), row = (int64_t)nearbyint(sy);
                bool there = column >= 0 && row >= 0 && column < size.width && row < size.height;
                for (int64_t c = 0; c < size.channels; c++) out[c * area] = there ? in[c * area + row * size.width + column] : fill;
                continue;
            }
            int64_t column = (int64_t)floor(sx), row = (int64_t)floor(sy);
            float fx = (float)(sx - (double)column), fy = (float)(sy - (double)row);
            for (int64_t c = 0; c < size.channels; c++) {
                float sum = 0;
                for (int dy = 0; dy < 2; dy++) {
                    for (int dx = 0; dx < 2; dx++) {
                        int64_t r = row + dy, k = column + dx;
                        bool there = k >= 0 && r >= 0 && k < size.width && r < size.height;
                        float weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy);
                        sum += weight * (there ? in[c * area + r * size.width + k] : fill);
                    }
                }
                out[c * area] = sum;
            }
        }
    }
}

// One direction of a resize: `n` lines of `from` numbers, `step` apart, to `to` numbers.
static void resize_lines(float *out, int64_t to, const float *in, int64_t from, int64_t lines, int64_t line_step_in,
                         int64_t line_step_out, int64_t step, bool bilinear, bool antialias) {
    double scale = (double)from / (double)to, width = antialias && scale > 1 ? scale : 1;
    for (int64_t o = 0; o < to; o++) {
        double centre = ((double)o + 0.5) * scale;
        int64_t first, last;
        if (bilinear) {
            first = (int64_t)floor(centre - width + 0.5);
            last = (int64_t)floor(centre + width + 0.5);
            if (first < 0) first = 0;
            if (last > from) last = from;
        } else {
            first = (int64_t)floor((double)o * scale);
            if (first > from - 1) first = from - 1;
            last = first + 1;
        }
        double total = 0;
        for (int64_t i = first; i < last; i++) {
            double weight = bilinear ? 1 - fabs((double)i + 0.5 - centre) / width : 1;
            if (weight > 0) total += weight;
        }
        for (int64_t l = 0; l < lines; l++) out[l * line_step_out + o * step] = 0;
        for (int64_t i = first; i < last; i++) {
            double weight = bilinear ? 1 - fabs((double)i + 0.5 - centre) / width : 1;
            if (weight <= 0) continue;
            float share = (float)(weight / total);
            for (int64_t l = 0; l < lines; l++) out[l * line_step_out + o * step] += share * in[l * line_step_in + i * step];
        }
    }
}

bool nj_picture_resize(float *out, int64_t height, int64_t width, const float *in, nj_picture_size size, bool bilinear,
                       bool antialias) {
    float *wide = malloc((size_t)(size.height * width) * sizeof *wide);
    if (!wide) return false;
    for (int64_t c = 0; c < size.channels; c++) {
        resize_lines(wide, width, in + c * size.height * size.width, size.width, size.height, size.width, width, 1, bilinear, antialias);
        resize_lines(out + c * height * width, height, wide, size.height, width, 1, 1, width, bilinear, antialias);
    }
    free(wide);
    return true;
}

void nj_picture_scale(float *x, nj_picture_size size, const float *a, const float *b) {
    int64_t area = size.height * size.width;
    for (int64_t c = 0; c < size.channels; c++) {
        for (int64_t i = 0; i < area; i++) x[c * area + i] = (x[c * area + i] - a[c]) * b[c];
    }
}

static float cut(float x, float bound) { return x < 0 ? 0 : x > bound ? bound : x; }

void nj_picture_brightness(float *x, nj_picture_size size, float factor, float bound) {
    int64_t n = size.channels * size.height * size.width;
    for (int64_t i = 0; i < n; i++) x[i] = cut(x[i] * factor, bound);
}

// Brightness as a screen weighs it (Rec. 601), where there are colours.
static float gray(const float *x, int64_t channels, int64_t area) {
    return channels < 3 ? x[0] : 0.2989f * x[0] + 0.587f * x[area] + 0.114f * x[2 * area];
}

void nj_picture_contrast(float *x, nj_picture_size size, float factor, float bound) {
    int64_t area = size.height * size.width;
    double sum = 0;
    for (int64_t i = 0; i < area; i++) sum += gray(x + i, size.channels, area);
    float mean = (float)(sum / (double)area);
    for (int64_t i = 0; i < size.channels * area; i++) x[i] = cut(factor * x[i] + (1 - factor) * mean, bound);
}

void nj_picture_saturation(float *x, nj_picture_size size, float factor, float bound) {
    int64_t area = size.height * size.width;
    if (size.channels < 3) return;
    for (int64_t i = 0; i < area; i++) {
        float level = gray(x + i, size.channels, area);
        for (int64_t c = 0; c < 3; c++) x[c * area + i] = cut(factor * x[c * area + i] + (1 - factor) * level, bound);
    }
}

void nj_picture_hue(float *x, nj_picture_size size, float turn, float bound) {
    int64_t area = size.height * size.width;
    if (size.channels < 3) return;
    for (int64_t i = 0; i < area; i++) {
        float r = x[i] / bound, g = x[area + i] / bound, b = x[2 * area + i] / bound;
        float high = fmaxf(r, fmaxf(g, b)), low = fminf(r, fminf(g, b)), chroma = high - low;
        if (chroma <= 0) continue;
        float hue = high == r ? (g - b) / chroma : high == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
        hue = hue / 6 + turn;
        hue = (hue - floorf(hue)) * 6;
        float sector = floorf(hue), rest = hue - sector, saturation = chroma / high;
        float p = high * (1 - saturation), q = high * (1 - saturation * rest), t = high * (1 - saturation * (1 - rest));
        float red[6] = {high, q, p, p, t, high}, green[6] = {t, high, high, q, p, p}, blue[6] = {p, p, t, high, high, q};
        int s = (int)sector % 6;
        x[i] = cut(red[s], 1) * bound;
        x[area + i] = cut(green[s], 1) * bound;
        x[2 * area + i] = cut(blue[s], 1) * bound;
    }
}

void nj_picture_add(float *x, const float *noise, int64_t n, float bound) {
    for (int64_t i = 0; i < n; i++) {
        float sum = x[i] + noise[i];
        x[i] = bound > 0 ? cut(sum, bound) : sum;
    }
}
