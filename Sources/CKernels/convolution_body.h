// Convolution for element type T. A task makes one plane of the result.

typedef struct {
    const nj_convolution *c;
    const T *a, *b, *bias;
    T *out;
    atomic_int outcome;
} NAME(convolve_job);

// Adds what one tap of the window gives: to `y` from `x` (forward), to `x` from `y` (data), or to
// `*w` from both (weights).
typedef enum { NAME(TO_Y), NAME(TO_X), NAME(TO_W) } NAME(direction);

NJ_CLONES static void NAME(tap)(const nj_convolution *c, const int64_t *k, T *x, T *y, T *w, int which) {
#pragma clang fp reassociate(on)
    const int64_t step = c->stride[2];
    int64_t low[3], high[3], start[3];
    for (int d = 0; d < 3; d++) {
        // Positions o of the result whose tap o * stride + start lies inside.
        start[d] = k[d] * c->dilation[d] - c->padding[d];
        low[d] = start[d] >= 0 ? 0 : (-start[d] + c->stride[d] - 1) / c->stride[d];
        const int64_t room = c->in[d] - 1 - start[d];
        high[d] = room < 0 ? 0 : room / c->stride[d] + 1;
        if (high[d] > c->out[d]) high[d] = c->out[d];
    }
    const T weight = *w;
    T sum = 0;
    for (int64_t z = low[0]; z < high[0]; z++)
        for (int64_t h = low[1]; h < high[1]; h++) {
            T *xr = x + ((z * c->stride[0] + start[0]) * c->in[1] + h * c->stride[1] + start[1]) * c->in[2] + start[2];
            T *yr = y + (z * c->out[1] + h) * c->out[2];
            if (which == NAME(TO_Y)) {
                NJ_VECTORIZE
                for (int64_t i = low[2]; i < high[2]; i++) yr[i] += weight * xr[i * step];
            } else if (which == NAME(TO_X)) {
                NJ_VECTORIZE
                for (int64_t i = low[2]; i < high[2]; i++) xr[i * step] += weight * yr[i];
            } else {
                for (int64_t i = low[2]; i < high[2]; i++) sum += yr[i] * xr[i * step];
            }
        }
    if (which == NAME(TO_W)) *w += sum;
}

static int64_t NAME(volume)(const int64_t *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

static void NAME(window)(const nj_convolution *c, T *x, T *y, T *w, int which) {
    int64_t k[3];
    for (k[0] = 0; k[0] < c->window[0]; k[0]++)
        for (k[1] = 0; k[1] < c->window[1]; k[1]++)
            for (k[2] = 0; k[2] < c->window[2]; k[2]++) NAME(tap)(c, k, x, y, w++, which);
}

static void NAME(forward_planes)(void *context, int64_t begin, int64_t end) {
    NAME(convolve_job) *job = context;
    const nj_convolution *c = job->c;
    const int64_t in = NAME(volume)(c->in), out = NAME(volume)(c->out), window = NAME(volume)(c->window);
    for (int64_t task = begin; task < end && !stopped(&job->outcome); task++) {
        const int64_t channel = task % (c->groups * c->out_channels), group = channel / c->out_channels;
        const int64_t image = task / (c->groups * c->out_channels);
        T *y = job->out + task * out;
        for (int64_t i = 0; i < out; i++) y[i] = job->bias ? job->bias[channel] : 0;
        for (int64_t i = 0; i < c->in_channels; i++)
            NAME(window)(c, (T *)job->a + ((image * c->groups + group) * c->in_channels + i) * in, y,
                         (T *)job->b + (channel * c->in_channels + i) * window, NAME(TO_Y));
    }
}

static void NAME(data_planes)(void *context, int64_t begin, int64_t end) {
    NAME(convolve_job) *job = context;
    const nj_convolution *c = job->c;
    const int64_t in = NAME(volume)(c->in), out = NAME(volume)(c->out), window = NAME(volume)(c->window);
    for (int64_t task = begin; task < end && !stopped(&job->outcome); task++) {
        const int64_t channel = task % (c->groups * c->in_channels), group = channel / c->in_channels;
        const int64_t image = task / (c->groups * c->in_channels);
        T *x = job->out + task * in;
        memset(x, 0, (size_t)in * sizeof(T));
        for (int64_t o = 0; o < c->out_channels; o++) {
            const int64_t to = group * c->out_channels + o;
            NAME(window)(c, x, (T *)job->a + (image * c->groups * c->out_channels + to) * out,
                         (T *)job->b + (to * c->in_channels + channel % c->in_channels) * window, NAME(TO_X));
        }
    }
}

static void NAME(weight_planes)(void *context, int64_t begin, int64_t end) {
    NAME(convolve_job) *job = context;
    const nj_convolution *c = job->c;
    const int64_t in = NAME(volume)(c->in), out = NAME(volume)(c->out), window = NAME(volume)(c->window);
    for (int64_t task = begin; task < end && !stopped(&job->outcome); task++) {
        const int64_t to = task / c->in_channels, group = to / c->out_channels;
        T *w = job->out + task * window;
        memset(w, 0, (size_t)window * sizeof(T));
        for (int64_t image = 0; image < c->batch; image++)
            NAME(window)(c, (T *)job->b + ((image * c->groups + group) * c->in_channels + task % c->in_channels) * in,
                         (T *)job->a + (image * c->groups * c->out_channels + to) * out, w, NAME(TO_W));
    }
}

#undef T
#undef NAME_
