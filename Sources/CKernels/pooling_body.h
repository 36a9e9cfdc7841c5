// Pooling for element type T. Tasks are rows of results (or, backward, of inputs).

typedef struct {
    const nj_pool *pool;
    const T *from;
    T *to;
    int32_t *index;
    int64_t divisor;
    atomic_int outcome;
} NAME(pool_job);

// Keeps the larger of y and x; `at` is x's position.
NJ_CLONES static void NAME(keep_larger)(T *y, int32_t *index, const T *x, int32_t at, int64_t n) {
    if (!index) {
        NJ_VECTORIZE
        for (int64_t c = 0; c < n; c++) y[c] = x[c] > y[c] || x[c] != x[c] ? x[c] : y[c];
        return;
    }
    NJ_VECTORIZE
    for (int64_t c = 0; c < n; c++) {
        const bool larger = x[c] > y[c] || x[c] != x[c];
        y[c] = larger ? x[c] : y[c];
        index[c] = larger ? at : index[c];
    }
}

static void NAME(max_rows)(void *context, int64_t begin, int64_t end) {
    NAME(pool_job) *job = context;
    const nj_pool *p = job->pool;
    const int64_t n = p->inner;
    for (int64_t row = begin; row < end && !stopped(&job->outcome); row++) {
        const int64_t plane = row / p->rows.out, oh = row % p->rows.out;
        const T *x = job->from + plane * p->rows.in * p->columns.in * n;
        for (int64_t ow = 0; ow < p->columns.out; ow++) {
            const int64_t to = (row * p->columns.out + ow) * n;
            T *y = job->to + to;
            int32_t *index = job->index ? job->index + to : NULL;
            // A dilated window may lie in the border altogether: minus infinity, from nowhere.
            const bool outside = p->rows.begin[oh] >= p->rows.end[oh] || p->columns.begin[ow] >= p->columns.end[ow];
            const int64_t start = outside ? -1 : p->rows.begin[oh] * p->columns.in + p->columns.begin[ow];
            if (outside) for (int64_t c = 0; c < n; c++) y[c] = -INFINITY;
            else memcpy(y, x + start * n, (size_t)n * sizeof(T));
            for (int64_t c = 0; index && c < n; c++) index[c] = (int32_t)start;
            for (int64_t h = p->rows.begin[oh]; h < p->rows.end[oh]; h += p->rows.step)
                for (int64_t w = p->columns.begin[ow]; w < p->columns.end[ow]; w += p->columns.step) {
                    const int64_t at = h * p->columns.in + w;
                    if (at != start) NAME(keep_larger)(y, index, x + at * n, (int32_t)at, n);
                }
        }
    }
}

NJ_CLONES static void NAME(take_matching)(T *gx, const T *gy, const int32_t *index, int32_t at, int64_t n, bool add) {
    if (add) {
        NJ_VECTORIZE
        for (int64_t c = 0; c < n; c++) gx[c] += index[c] == at ? gy[c] : 0;
    } else {
        NJ_VECTORIZE
        for (int64_t c = 0; c < n; c++) gx[c] = index[c] == at ? gy[c] : 0;
    }
}

static void NAME(max_backward_rows)(void *context, int64_t begin, int64_t end) {
    NAME(pool_job) *job = context;
    const nj_pool *p = job->pool;
    const int64_t n = p->inner;
    for (int64_t row = begin; row < end && !stopped(&job->outcome); row++) {
        const int64_t plane = row / p->rows.in, h = row % p->rows.in;
        for (int64_t w = 0; w < p->columns.in; w++) {
            T *gx = job->to + (row * p->columns.in + w) * n;
            bool add = false;
            for (int64_t oh = p->rows.first[h]; oh < p->rows.last[h]; oh++)
                for (int64_t ow = p->columns.first[w]; ow < p->columns.last[w]; ow++, add = true) {
                    const int64_t from = ((plane * p->rows.out + oh) * p->columns.out + ow) * n;
                    NAME(take_matching)(gx, job->from + from, job->index + from, (int32_t)(h * p->columns.in + w), n, add);
                }
            if (!add) memset(gx, 0, (size_t)n * sizeof(T));
        }
    }
}

static void NAME(gather_rows)(void *context, int64_t begin, int64_t end) {
    NAME(pool_job) *job = context;
    const nj_pool *p = job->pool;
    const int64_t n = p->inner;
    for (int64_t row = begin; row < end && !stopped(&job->outcome); row++) {
        const T *x = job->from + row / p->rows.out * p->rows.in * p->columns.in * n;
        const int64_t first = row * p->columns.out * n;
        for (int64_t i = 0; i < p->columns.out * n; i++) {
            const int32_t at = job->index[first + i];
            job->to[first + i] = at < 0 ? 0 : x[at * n + i % n];
        }
    }
}

static T NAME(share)(const NAME(pool_job) * job, int64_t oh, int64_t ow) {
    const int64_t count = job->pool->rows.count[oh] * job->pool->columns.count[ow];
    return (T)1 / (T)(job->divisor ? job->divisor : count > 0 ? count : 1);
}

NJ_CLONES static void NAME(add_scaled)(T *y, const T *x, T factor, int64_t n) {
    NJ_VECTORIZE
    for (int64_t c = 0; c < n; c++) y[c] += x[c] * factor;
}

static void NAME(average_rows)(void *context, int64_t begin, int64_t end) {
    NAME(pool_job) *job = context;
    const nj_pool *p = job->pool;
    const int64_t n = p->inner;
    for (int64_t row = begin; row < end && !stopped(&job->outcome); row++) {
        const int64_t plane = row / p->rows.out, oh = row % p->rows.out;
        const T *x = job->from + plane * p->rows.in * p->columns.in * n;
        for (int64_t ow = 0; ow < p->columns.out; ow++) {
            T *y = job->to + (row * p->columns.out + ow) * n;
            memset(y, 0, (size_t)n * sizeof(T));
            for (int64_t h = p->rows.begin[oh]; h < p->rows.end[oh]; h++)
                for (int64_t w = p->columns.begin[ow]; w < p->columns.end[ow]; w++)
                    NAME(add_scaled)(y, x + (h * p->columns.in + w) * n, 1, n);
            const T factor = NAME(share)(job, oh, ow);
            for (int64_t c = 0; c < n; c++) y[c] *= factor;
        }
    }
}

static void NAME(average_backward_rows)(void *context, int64_t begin, int64_t end) {
    NAME(pool_job) *job = context;
    const nj_pool *p = job->pool;
    const int64_t n = p->inner;
    for (int64_t row = begin; row < end && !stopped(&job->outcome); row++) {
        const int64_t plane = row / p->rows.in, h = row % p->rows.in;
        for (int64_t w = 0; w < p->columns.in; w++) {
            T *gx = job->to + (row * p->columns.in + w) * n;
            memset(gx, 0, (size_t)n * sizeof(T));
            for (int64_t oh = p->rows.first[h]; oh < p->rows.last[h]; oh++)
                for (int64_t ow = p->columns.first[w]; ow < p->columns.last[w]; ow++) {
                    const T *gy = job->from + ((plane * p->rows.out + oh) * p->columns.out + ow) * n;
                    NAME(add_scaled)(gx, gy, NAME(share)(job, oh, ow), n);
                }
        }
    }
}

// ---- resampling

typedef struct {
    const nj_resampling *r;
    const T *x;
    T *y;
    atomic_int outcome;
} NAME(resample_job);

static void NAME(resample_range)(void *context, int64_t begin, int64_t end) {
    NAME(resample_job) *job = context;
    const nj_resampling *r = job->r;
    const int64_t n = r->inner;
    for (int64_t task = begin; task < end; task++) {
        if ((task & 63) == 0 && stopped(&job->outcome)) return;
        const int64_t o = task % r->out;
        const T *x = job->x + task / r->out * r->in * n;
        T *y = job->y + task * n;
        if (n == 1) {
            T sum = 0;
            for (int64_t k = r->start[o]; k < r->start[o + 1]; k++) sum += (T)r->weight[k] * x[r->position[k]];
            *y = sum;
            continue;
        }
        memset(y, 0, (size_t)n * sizeof(T));
        for (int64_t k = r->start[o]; k < r->start[o + 1]; k++)
            NAME(add_scaled)(y, x + r->position[k] * n, (T)r->weight[k], n);
    }
}

#undef T
#undef NAME_
