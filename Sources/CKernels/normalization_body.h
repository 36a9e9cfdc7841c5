// Normalization for element type T.

typedef struct {
    const nj_channels *g;
    const T *x, *gy, *mean, *a, *b, *c;
    T *y;
    T *first, *second;  // partial results: two numbers for each chunk and channel
    int64_t rows;       // of a chunk, channels last
    int64_t chunks;     // chunks for each image, or for all
    atomic_int outcome;
} NAME(channel_job);

// Mean and sum of squared deviations of n neighbouring numbers.
NJ_CLONES static void NAME(moments)(const T *x, int64_t n, T *mean, T *squares) {
#pragma clang fp reassociate(on)
    T sum = 0, total = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i];
    const T m = sum / (T)n;
    for (int64_t i = 0; i < n; i++) total += (x[i] - m) * (x[i] - m);
    *mean = m;
    *squares = total;
}

// Rows that are taken together as one, so that the inner loops are long when there are few channels.
static int64_t NAME(fold)(int64_t channels) { return channels * 2 <= WIDE ? WIDE / channels : 1; }

// Repeats `channels` numbers for each of `fold` rows.
static const T *NAME(tiled)(const T *numbers, int64_t channels, int64_t fold, T *tile) {
    if (fold == 1 || !numbers) return numbers;
    for (int64_t k = 0; k < fold; k++) memcpy(tile + k * channels, numbers, (size_t)channels * sizeof(T));
    return tile;
}

// Sums over n rows of x, or of (x - mean)^2 when `mean` is given; `space` holds a wide row.
NJ_CLONES static void NAME(column_sums)(const T *x, const T *mean, int64_t n, int64_t channels, T *sums, T *space) {
    const int64_t fold = NAME(fold)(channels), width = fold * channels;
    T tile[WIDE];
    const T *m = NAME(tiled)(mean, channels, fold, tile);
    T *wide = fold == 1 ? sums : space;
    for (int64_t i = 0; i < width; i++) wide[i] = 0;
    int64_t r = 0;
    for (; r + fold <= n; r += fold, x += width) {
        if (m) {
            NJ_VECTORIZE
            for (int64_t i = 0; i < width; i++) wide[i] += (x[i] - m[i]) * (x[i] - m[i]);
        } else {
            NJ_VECTORIZE
            for (int64_t i = 0; i < width; i++) wide[i] += x[i];
        }
    }
    for (int64_t i = 0; i < (n - r) * channels; i++) wide[i] += m ? (x[i] - m[i]) * (x[i] - m[i]) : x[i];
    if (fold > 1) memcpy(sums, wide, (size_t)channels * sizeof(T));
    for (int64_t k = 1; k < fold; k++)
        for (int64_t c = 0; c < channels; c++) sums[c] += wide[k * channels + c];
}

// The same for `channels` columns of n rows.
static void NAME(column_moments)(const T *x, int64_t n, int64_t channels, T *mean, T *squares) {
    T space[WIDE];
    NAME(column_sums)(x, NULL, n, channels, mean, space);
    for (int64_t c = 0; c < channels; c++) mean[c] /= (T)n;
    NAME(column_sums)(x, mean, n, channels, squares, space);
}

// Sums of g and g * (x - mean).
NJ_CLONES static void NAME(products)(const T *g, const T *x, T mean, int64_t n, T *sum, T *product) {
#pragma clang fp reassociate(on)
    T s = 0, p = 0;
    for (int64_t i = 0; i < n; i++) {
        s += g[i];
        p += g[i] * (x[i] - mean);
    }
    *sum = s;
    *product = p;
}

NJ_CLONES static void NAME(column_products)(const T *g, const T *x, const T *mean, int64_t n, int64_t channels, T *sum, T *product) {
    const int64_t fold = NAME(fold)(channels), width = fold * channels;
    T tile[WIDE], space[2 * WIDE];
    const T *m = NAME(tiled)(mean, channels, fold, tile);
    T *s = fold == 1 ? sum : space, *p = fold == 1 ? product : space + WIDE;
    for (int64_t i = 0; i < width; i++) s[i] = p[i] = 0;
    int64_t r = 0;
    for (; r + fold <= n; r += fold, x += width, g += width) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < width; i++) {
            s[i] += g[i];
            p[i] += g[i] * (x[i] - m[i]);
        }
    }
    for (int64_t i = 0; i < (n - r) * channels; i++) s[i] += g[i], p[i] += g[i] * (x[i] - m[i]);
    if (fold == 1) return;
    for (int64_t c = 0; c < channels; c++) {
        sum[c] = product[c] = 0;
        for (int64_t k = 0; k < fold; k++) sum[c] += s[k * channels + c], product[c] += p[k * channels + c];
    }
}

// Where chunk k of an operand lies, how many rows it has, and the channel numbers it belongs to.
static int64_t NAME(chunk_at)(const NAME(channel_job) * job, int64_t k, int64_t *rows, int64_t *numbers) {
    const nj_channels *g = job->g;
    const int64_t total = g->per_image ? g->size : g->images * g->size;
    const int64_t group = k / job->chunks, begin = k % job->chunks * job->rows;
    *rows = total - begin < job->rows ? total - begin : job->rows;
    *numbers = group * g->channels;
    return (group * total + begin) * g->channels;
}

static void NAME(moment_chunks)(void *context, int64_t begin, int64_t end) {
    NAME(channel_job) *job = context;
    const int64_t channels = job->g->channels;
    for (int64_t k = begin; k < end && !stopped(&job->outcome); k++) {
        int64_t rows, numbers, at = NAME(chunk_at)(job, k, &rows, &numbers);
        NAME(column_moments)(job->x + at, rows, channels, job->first + k * channels, job->second + k * channels);
    }
}

static void NAME(product_chunks)(void *context, int64_t begin, int64_t end) {
    NAME(channel_job) *job = context;
    const int64_t channels = job->g->channels;
    for (int64_t k = begin; k < end && !stopped(&job->outcome); k++) {
        int64_t rows, numbers, at = NAME(chunk_at)(job, k, &rows, &numbers);
        NAME(column_products)(job->gy + at, job->x + at, job->mean + numbers, rows, channels, job->first + k * channels, job->second + k * channels);
    }
}

// Adds another group of numbers to a mean and a sum of squared deviations (Chan et al. 1979).
static inline void NAME(merge)(double *n, double *mean, double *squares, double m, double mean2, double squares2) {
    const double total = *n + m, delta = mean2 - *mean;
    *mean += delta * (m / total);
    *squares += squares2 + delta * delta * (*n * m / total);
    *n = total;
}

static void NAME(moment_planes)(void *context, int64_t begin, int64_t end) {
    NAME(channel_job) *job = context;
    const int64_t size = job->g->size;
    for (int64_t plane = begin; plane < end && !stopped(&job->outcome); plane++) {
        double n = 0, mean = 0, squares = 0;
        for (int64_t at = 0; at < size; at += CHUNK) {
            const int64_t count = size - at < CHUNK ? size - at : CHUNK;
            T m, s;
            NAME(moments)(job->x + plane * size + at, count, &m, &s);
            NAME(merge)(&n, &mean, &squares, (double)count, m, s);
        }
        job->first[plane] = (T)mean;
        job->second[plane] = (T)squares;
    }
}

static void NAME(product_planes)(void *context, int64_t begin, int64_t end) {
    NAME(channel_job) *job = context;
    const nj_channels *g = job->g;
    for (int64_t plane = begin; plane < end && !stopped(&job->outcome); plane++) {
        double sum = 0, product = 0;
        const T mean = job->mean[g->per_image ? plane : plane % g->channels];
        for (int64_t at = 0; at < g->size; at += CHUNK) {
            const int64_t count = g->size - at < CHUNK ? g->size - at : CHUNK, from = plane * g->size + at;
            T s, p;
            NAME(products)(job->gy + from, job->x + from, mean, count, &s, &p);
            sum += s;
            product += p;
        }
        job->first[plane] = (T)sum;
        job->second[plane] = (T)product;
    }
}

// Runs the first stage into freshly allocated partial results.
static nj_outcome NAME(partials)(NAME(channel_job) * job, nj_range_body planes, nj_range_body chunks, size_t *capacity) {
    const nj_channels *g = job->g;
    int64_t count = g->images * g->channels, grain = CHUNK * 8 / (g->size + 1) + 1;
    if (g->channels_last) {
        job->rows = CHUNK / g->channels > 8 ? CHUNK / g->channels : 8;
        job->chunks = ((g->per_image ? g->size : g->images * g->size) + job->rows - 1) / job->rows;
        count = job->chunks * (g->per_image ? g->images : 1);
        grain = 8;
    }
    const int64_t numbers = g->channels_last ? count * g->channels : count;
    job->first = nj_allocate((size_t)numbers * 2 * sizeof(T), capacity);
    if (!job->first) return NJ_NO_MEMORY;
    job->second = job->first + numbers;
    nj_parallel(count, grain, g->channels_last ? chunks : planes, job);
    return (nj_outcome)job->outcome;
}

// The partial results that belong to channel c of group `group`: `count` of them, `step` apart.
static int64_t NAME(parts)(const NAME(channel_job) * job, int64_t group, int64_t c, int64_t *step, int64_t *count) {
    const nj_channels *g = job->g;
    *step = g->channels;
    *count = g->channels_last ? job->chunks : g->per_image ? 1 : g->images;
    return group * *count * g->channels + c;
}

static nj_outcome NAME(channel_moments)(const nj_channels *g, const T *x, T *mean, T *squares) {
    NAME(channel_job) job = {.g = g, .x = x};
    size_t capacity;
    nj_outcome outcome = NAME(partials)(&job, NAME(moment_planes), NAME(moment_chunks), &capacity);
    if (outcome == NJ_NO_MEMORY) return outcome;
    const int64_t groups = g->per_image ? g->images : 1, total = g->per_image ? g->size : g->images * g->size;
    for (int64_t k = 0; k < groups * g->channels; k++) {
        int64_t step, count, at = NAME(parts)(&job, k / g->channels, k % g->channels, &step, &count);
        double n = 0, m = 0, s = 0;
        for (int64_t i = 0; i < count; i++, at += step) {
            int64_t here = g->size;
            if (g->channels_last) here = total - i * job.rows < job.rows ? total - i * job.rows : job.rows;
            NAME(merge)(&n, &m, &s, (double)here, job.first[at], job.second[at]);
        }
        mean[k] = (T)m;
        squares[k] = (T)s;
    }
    nj_release(job.first, capacity);
    return outcome;
}

static nj_outcome NAME(channel_sums)(const nj_channels *g, const T *gy, const T *x, const T *mean, T *sums, T *products) {
    NAME(channel_job) job = {.g = g, .x = x, .gy = gy, .mean = mean};
    size_t capacity;
    nj_outcome outcome = NAME(partials)(&job, NAME(product_planes), NAME(product_chunks), &capacity);
    if (outcome == NJ_NO_MEMORY) return outcome;
    const int64_t groups = g->per_image ? g->images : 1;
    for (int64_t k = 0; k < groups * g->channels; k++) {
        int64_t step, count, at = NAME(parts)(&job, k / g->channels, k % g->channels, &step, &count);
        double s = 0, p = 0;
        for (int64_t i = 0; i < count; i++, at += step) s += job.first[at], p += job.second[at];
        sums[k] = (T)s;
        products[k] = (T)p;
    }
    nj_release(job.first, capacity);
    return outcome;
}

// ---- elementwise stages

NJ_CLONES static void NAME(apply_plane)(const T *x, T mean, T scale, T shift, int64_t n, T *y) {
    NJ_VECTORIZE
    for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * scale + shift;
}

NJ_CLONES static void NAME(apply_rows)(const T *x, const T *mean, const T *scale, const T *shift, int64_t rows, int64_t n, T *y) {
    const int64_t fold = NAME(fold)(n), total = rows * n;
    T tiles[3 * WIDE];
    const T *m = NAME(tiled)(mean, n, fold, tiles), *a = NAME(tiled)(scale, n, fold, tiles + WIDE);
    const T *b = NAME(tiled)(shift, n, fold, tiles + 2 * WIDE);
    for (int64_t at = 0; at < total; at += fold * n, x += fold * n, y += fold * n) {
        const int64_t width = total - at < fold * n ? total - at : fold * n;
        NJ_VECTORIZE
        for (int64_t i = 0; i < width; i++) y[i] = (x[i] - m[i]) * a[i] + b[i];
    }
}

NJ_CLONES static void NAME(gradient_plane)(const T *g, const T *x, T mean, T a, T b, T c, int64_t n, T *y) {
    NJ_VECTORIZE
    for (int64_t i = 0; i < n; i++) y[i] = g[i] * a + (x[i] - mean) * b + c;
}

NJ_CLONES static void NAME(gradient_rows)(const T *g, const T *x, const T *mean, const T *a, const T *b, const T *c, int64_t rows, int64_t n, T *y) {
    const int64_t fold = NAME(fold)(n), total = rows * n;
    T tiles[4 * WIDE];
    const T *m = NAME(tiled)(mean, n, fold, tiles), *u = NAME(tiled)(a, n, fold, tiles + WIDE);
    const T *v = NAME(tiled)(b, n, fold, tiles + 2 * WIDE), *w = NAME(tiled)(c, n, fold, tiles + 3 * WIDE);
    for (int64_t at = 0; at < total; at += fold * n, g += fold * n, x += fold * n, y += fold * n) {
        const int64_t width = total - at < fold * n ? total - at : fold * n;
        NJ_VECTORIZE
        for (int64_t i = 0; i < width; i++) y[i] = g[i] * u[i] + (x[i] - m[i]) * v[i] + w[i];
    }
}

// Over planes, or over stretches of rows within one image; with `gy` the gradient, else the value.
static void NAME(elementwise_range)(void *context, int64_t begin, int64_t end) {
    NAME(channel_job) *job = context;
    const nj_channels *g = job->g;
    const int64_t n = g->channels_last ? g->channels : g->size;
    while (begin < end && !stopped(&job->outcome)) {
        int64_t at = begin * n, k = g->per_image ? begin : begin % g->channels, rows = 1;
        if (g->channels_last) {
            const int64_t image = begin / g->size, left = (image + 1) * g->size - begin;
            rows = left < end - begin ? left : end - begin;
            if (rows > CHUNK * 4 / n + 1) rows = CHUNK * 4 / n + 1;
            k = g->per_image ? image * g->channels : 0;
        }
        const T *x = job->x + at, *gy = job->gy + at, *mean = job->mean + k, *a = job->a + k, *b = job->b + k, *c = job->c + k;
        T *y = job->y + at;
        if (g->channels_last) {
            if (job->gy) NAME(gradient_rows)(gy, x, mean, a, b, c, rows, n, y);
            else NAME(apply_rows)(x, mean, a, b, rows, n, y);
        } else {
            if (job->gy) NAME(gradient_plane)(gy, x, *mean, *a, *b, *c, n, y);
            else NAME(apply_plane)(x, *mean, *a, *b, n, y);
        }
        begin += rows;
    }
}

static nj_outcome NAME(elementwise)(NAME(channel_job) * job) {
    const nj_channels *g = job->g;
    const int64_t count = g->images * (g->channels_last ? g->size : g->channels);
    const int64_t width = g->channels_last ? g->channels : g->size;
    if (width > 0) nj_parallel(count, CHUNK * 4 / width + 1, NAME(elementwise_range), job);
    return (nj_outcome)job->outcome;
}

// ---- rows

typedef struct {
    int64_t rows, width, block;
    bool centered;
    T eps;
    const T *x, *weight, *bias, *gy;
    T *y, *mean, *rstd;
    T *gweight, *gbias;  // partial sums, a row for each block of rows
    atomic_int outcome;
} NAME(row_job);

NJ_CLONES static void NAME(normalize_row)(const NAME(row_job) * job, int64_t r) {
#pragma clang fp reassociate(on)
    const int64_t n = job->width;
    const T *x = job->x + r * n, *w = job->weight, *b = job->bias;
    T *y = job->y + r * n, mean = 0, squares = 0;
    if (job->centered) {
        for (int64_t i = 0; i < n; i++) mean += x[i];
        mean /= (T)n;
        job->mean[r] = mean;
    }
    for (int64_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    const T rstd = 1 / SQRT(squares / (T)n + job->eps);
    job->rstd[r] = rstd;
    if (w && b) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * rstd * w[i] + b[i];
    } else if (w) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * rstd * w[i];
    } else if (b) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * rstd + b[i];
    } else {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * rstd;
    }
}

static void NAME(normalize_rows)(void *context, int64_t begin, int64_t end) {
    NAME(row_job) *job = context;
    for (int64_t r = begin; r < end; r++) {
        if ((r & 63) == 0 && stopped(&job->outcome)) return;
        NAME(normalize_row)(job, r);
    }
}

NJ_CLONES static void NAME(row_gradient)(const NAME(row_job) * job, int64_t r, T *gw, T *gb) {
#pragma clang fp reassociate(on)
    const int64_t n = job->width;
    const T *x = job->x + r * n, *g = job->gy + r * n, *w = job->weight;
    const T mean = job->centered ? job->mean[r] : 0, rstd = job->rstd[r];
    T *y = job->y + r * n, sum = 0, product = 0;
    if (w) {
        for (int64_t i = 0; i < n; i++) {
            sum += g[i] * w[i];
            product += g[i] * w[i] * (x[i] - mean);
        }
    } else {
        for (int64_t i = 0; i < n; i++) {
            sum += g[i];
            product += g[i] * (x[i] - mean);
        }
    }
    const T b = -product * rstd * rstd * rstd / (T)n, c = job->centered ? -sum * rstd / (T)n : 0;
    if (w) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) y[i] = g[i] * w[i] * rstd + (x[i] - mean) * b + c;
    } else {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) y[i] = g[i] * rstd + (x[i] - mean) * b + c;
    }
    if (gw) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) gw[i] += g[i] * (x[i] - mean) * rstd;
    }
    if (gb) {
        NJ_VECTORIZE
        for (int64_t i = 0; i < n; i++) gb[i] += g[i];
    }
}

static void NAME(row_gradients)(void *context, int64_t begin, int64_t end) {
    NAME(row_job) *job = context;
    for (int64_t k = begin; k < end && !stopped(&job->outcome); k++) {
        T *gw = job->gweight ? job->gweight + k * job->width : NULL;
        T *gb = job->gbias ? job->gbias + k * job->width : NULL;
        if (gw) memset(gw, 0, (size_t)job->width * sizeof(T));
        if (gb) memset(gb, 0, (size_t)job->width * sizeof(T));
        const int64_t last = (k + 1) * job->block < job->rows ? (k + 1) * job->block : job->rows;
        for (int64_t r = k * job->block; r < last; r++) NAME(row_gradient)(job, r, gw, gb);
    }
}

static void NAME(add_up)(T *sum, const T *parts, int64_t count, int64_t width) {
    for (int64_t i = 0; i < width; i++) {
        double s = 0;
        for (int64_t k = 0; k < count; k++) s += parts[k * width + i];
        sum[i] = (T)s;
    }
}

static nj_outcome NAME(rows_backward)(NAME(row_job) * job, T *gweight, T *gbias) {
    const int64_t least = CHUNK / (job->width + 1) + 1, most = (job->rows + 63) / 64;
    job->block = least > most ? least : most;
    const int64_t blocks = (job->rows + job->block - 1) / job->block;
    T *space = NULL;
    size_t capacity;
    if (gweight || gbias) {
        space = nj_allocate((size_t)(2 * blocks * job->width) * sizeof(T), &capacity);
        if (!space) return NJ_NO_MEMORY;
        if (gweight) job->gweight = space;
        if (gbias) job->gbias = space + blocks * job->width;
    }
    nj_parallel(blocks, CHUNK * 2 / (job->width * job->block + 1) + 1, NAME(row_gradients), job);
    if (gweight) NAME(add_up)(gweight, job->gweight, blocks, job->width);
    if (gbias) NAME(add_up)(gbias, job->gbias, blocks, job->width);
    if (space) nj_release(space, capacity);
    return (nj_outcome)job->outcome;
}

#undef T
#undef NAME_
#undef SQRT
