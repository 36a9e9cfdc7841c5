// Embedding for element type T.

typedef struct {
    nj_bag mode;
    const T *rows, *weight;
    const int64_t *of, *positions, *offsets;
    int64_t count, width, skip;
    T *out;
    int64_t *chosen;
    atomic_int outcome;
} NAME(rows_job);

NJ_CLONES static void NAME(add_row)(T *to, const T *from, T weight, int64_t n) {
    NJ_VECTORIZE
    for (int64_t i = 0; i < n; i++) to[i] += from[i] * weight;
}

// A share of the table's rows: everything that goes there, in order.
static void NAME(add_range)(void *context, int64_t begin, int64_t end) {
    NAME(rows_job) *job = context;
    const int64_t n = job->width;
    memset(job->out + begin * n, 0, (size_t)((end - begin) * n) * sizeof(T));
    for (int64_t i = 0; i < job->count; i++) {
        if ((i & 4095) == 0 && stopped(&job->outcome)) return;
        const int64_t row = job->positions[i];
        if (row < begin || row >= end || row == job->skip) continue;
        NAME(add_row)(job->out + row * n, job->rows + (job->of ? job->of[i] : i) * n, job->weight ? job->weight[i] : 1, n);
    }
}

static void NAME(bag_range)(void *context, int64_t begin, int64_t end) {
    NAME(rows_job) *job = context;
    const int64_t n = job->width;
    for (int64_t b = begin; b < end && !stopped(&job->outcome); b++) {
        T *out = job->out + b * n;
        int64_t *chosen = job->chosen ? job->chosen + b * n : NULL, members = 0;
        memset(out, 0, (size_t)n * sizeof(T));
        for (int64_t e = 0; chosen && e < n; e++) chosen[e] = -1;
        for (int64_t i = job->offsets[b]; i < job->offsets[b + 1]; i++) {
            if (job->positions[i] == job->skip) continue;
            const T *row = job->rows + job->positions[i] * n;
            members++;
            if (job->mode != NJ_BAG_MAX) {
                NAME(add_row)(out, row, job->weight ? job->weight[i] : 1, n);
                continue;
            }
            for (int64_t e = 0; e < n; e++)
                if (chosen[e] < 0 || row[e] > out[e]) out[e] = row[e], chosen[e] = job->positions[i];
        }
        if (job->mode == NJ_BAG_MEAN && members > 1)
            for (int64_t e = 0; e < n; e++) out[e] /= (T)members;
    }
}

#undef T
#undef NAME_
