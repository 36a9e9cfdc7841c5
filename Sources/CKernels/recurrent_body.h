// Recurrent layers for element type T. Each thread takes some sequences through all steps.

typedef struct {
    const nj_recurrent *r;
    const T *packed;  // the weight, packed for the products of a step
    int64_t gates;
    atomic_int outcome;
} NAME(sequence_job);

// From the gates' inputs (x: from the layer's input, h: from the state) to the next state.
NJ_CLONES static void NAME(lstm_step)(T *x, const T *h, const T *cell, T *next_cell, T *state, int64_t n) {
    NJ_VECTORIZE
    for (int64_t j = 0; j < n; j++) {
        const T i = SIGMOID(x[j] + h[j]), f = SIGMOID(x[n + j] + h[n + j]);
        const T g = TANH(x[2 * n + j] + h[2 * n + j]), o = SIGMOID(x[3 * n + j] + h[3 * n + j]);
        const T c = f * cell[j] + i * g;
        x[j] = i;
        x[n + j] = f;
        x[2 * n + j] = g;
        x[3 * n + j] = o;
        next_cell[j] = c;
        state[j] = o * TANH(c);
    }
}

NJ_CLONES static void NAME(gru_step)(T *x, const T *h, const T *bias, const T *before, T *inner, T *state, int64_t n) {
    NJ_VECTORIZE
    for (int64_t j = 0; j < n; j++) {
        const T r = SIGMOID(x[j] + h[j]), z = SIGMOID(x[n + j] + h[n + j]);
        const T hn = h[2 * n + j] + (bias ? bias[j] : 0);
        const T m = TANH(x[2 * n + j] + r * hn);
        x[j] = r;
        x[n + j] = z;
        x[2 * n + j] = m;
        inner[j] = hn;
        state[j] = (1 - z) * m + z * before[j];
    }
}

NJ_CLONES static void NAME(plain_step)(T *x, const T *h, T *state, int64_t n, bool relu) {
    if (relu) {
        NJ_VECTORIZE
        for (int64_t j = 0; j < n; j++) {
            const T a = x[j] + h[j];
            x[j] = state[j] = a < 0 ? 0 : a;
        }
    } else {
        NJ_VECTORIZE
        for (int64_t j = 0; j < n; j++) x[j] = state[j] = TANH(x[j] + h[j]);
    }
}

static bool NAME(active)(const nj_recurrent *r, int64_t t, int64_t b) { return !r->lengths || t < r->lengths[b]; }

static void NAME(forward_sequences)(void *context, int64_t begin, int64_t end) {
    NAME(sequence_job) *job = context;
    const nj_recurrent *r = job->r;
    const int64_t n = r->hidden, width = job->gates * n, rows = end - begin;
    size_t capacity;
    T *h = nj_allocate((size_t)(rows * width) * sizeof(T), &capacity);
    if (!h) { job->outcome = NJ_NO_MEMORY; return; }
    for (int64_t step = 0; step < r->steps && !stopped(&job->outcome); step++) {
        const int64_t t = r->reverse ? r->steps - 1 - step : step;
        const int64_t from = (r->reverse ? t + 1 : t) * r->batch, to = (r->reverse ? t : t + 1) * r->batch;
        NAME(multiply)(rows, width, n, (const T *)r->states + (from + begin) * n, n, 1, job->packed, h, width, false);
        for (int64_t b = begin; b < end; b++) {
            T *x = (T *)r->gates + (t * r->batch + b) * width, *hr = h + (b - begin) * width;
            T *state = (T *)r->states + (to + b) * n;
            const T *before = (const T *)r->states + (from + b) * n;
            T *cells = r->cells;
            if (!NAME(active)(r, t, b)) {
                memcpy(state, before, (size_t)n * sizeof(T));
                if (cells) memcpy(cells + (to + b) * n, cells + (from + b) * n, (size_t)n * sizeof(T));
                continue;
            }
            switch (r->cell) {
            case NJ_LSTM: NAME(lstm_step)(x, hr, cells + (from + b) * n, cells + (to + b) * n, state, n); break;
            case NJ_GRU: NAME(gru_step)(x, hr, r->new_bias, before, (T *)r->new_states + (t * r->batch + b) * n, state, n); break;
            default: NAME(plain_step)(x, hr, state, n, r->cell == NJ_RNN_RELU);
            }
        }
    }
    nj_release(h, capacity);
}

// ---- backward: from the gradient of a state (dh, the results' part added) to those of the gates' inputs

NJ_CLONES static void NAME(lstm_back)(const T *gates, const T *cell, const T *before, T *dh, T *dc, T *dx, int64_t n) {
    NJ_VECTORIZE
    for (int64_t j = 0; j < n; j++) {
        const T i = gates[j], f = gates[n + j], g = gates[2 * n + j], o = gates[3 * n + j];
        const T tc = TANH(cell[j]), d = dc[j] + dh[j] * o * (1 - tc * tc);
        dx[j] = d * g * i * (1 - i);
        dx[n + j] = d * before[j] * f * (1 - f);
        dx[2 * n + j] = d * i * (1 - g * g);
        dx[3 * n + j] = dh[j] * tc * o * (1 - o);
        dc[j] = d * f;
    }
}

NJ_CLONES static void NAME(gru_back)(const T *gates, const T *inner, const T *before, T *dh, T *dx, T *dinner, int64_t n) {
    NJ_VECTORIZE
    for (int64_t j = 0; j < n; j++) {
        const T r = gates[j], z = gates[n + j], m = gates[2 * n + j], d = dh[j];
        const T dm = d * (1 - z) * (1 - m * m), dr = dm * inner[j] * r * (1 - r), dz = d * (before[j] - m) * z * (1 - z);
        dx[j] = dinner[j] = dr;
        dx[n + j] = dinner[n + j] = dz;
        dx[2 * n + j] = dm;
        dinner[2 * n + j] = dm * r;
        dh[j] = d * z;
    }
}

NJ_CLONES static void NAME(plain_back)(const T *state, const T *dh, T *dx, int64_t n, bool relu) {
    NJ_VECTORIZE
    for (int64_t j = 0; j < n; j++) dx[j] = relu ? (state[j] > 0 ? dh[j] : 0) : dh[j] * (1 - state[j] * state[j]);
}

NJ_CLONES static void NAME(add_to)(T *to, const T *from, int64_t n) {
    NJ_VECTORIZE
    for (int64_t j = 0; j < n; j++) to[j] += from[j];
}

static void NAME(start)(T *to, const T *from, int64_t n) {
    if (from) memcpy(to, from, (size_t)n * sizeof(T));
    else memset(to, 0, (size_t)n * sizeof(T));
}

static void NAME(backward_sequences)(void *context, int64_t begin, int64_t end) {
    NAME(sequence_job) *job = context;
    const nj_recurrent *r = job->r;
    const int64_t n = r->hidden, width = job->gates * n, rows = end - begin;
    size_t capacity;
    T *space = nj_allocate((size_t)(rows * n) * sizeof(T), &capacity);
    if (!space) { job->outcome = NJ_NO_MEMORY; return; }
    T *dh = (T *)r->grad_first_state + begin * n, *dc = r->grad_first_cell ? (T *)r->grad_first_cell + begin * n : NULL;
    NAME(start)(dh, r->grad_state ? (const T *)r->grad_state + begin * n : NULL, rows * n);
    if (dc) NAME(start)(dc, r->grad_cell ? (const T *)r->grad_cell + begin * n : NULL, rows * n);
    T *through = r->grad_inner ? r->grad_inner : r->grad_gates;
    for (int64_t step = r->steps - 1; step >= 0 && !stopped(&job->outcome); step--) {
        const int64_t t = r->reverse ? r->steps - 1 - step : step;
        const int64_t from = (r->reverse ? t + 1 : t) * r->batch, to = (r->reverse ? t : t + 1) * r->batch;
        for (int64_t b = begin; b < end; b++) {
            const int64_t at = t * r->batch + b;
            T *dx = (T *)r->grad_gates + at * width, *d = dh + (b - begin) * n;
            T *inner = r->grad_inner ? (T *)r->grad_inner + at * width : NULL;
            const T *gates = (const T *)r->gates + at * width;
            if (!NAME(active)(r, t, b)) {
                memset(dx, 0, (size_t)width * sizeof(T));
                if (inner) memset(inner, 0, (size_t)width * sizeof(T));
                continue;
            }
            if (r->grad_out) NAME(add_to)(d, (const T *)r->grad_out + at * n, n);
            switch (r->cell) {
            case NJ_LSTM:
                NAME(lstm_back)(gates, (const T *)r->cells + (to + b) * n, (const T *)r->cells + (from + b) * n, d,
                                dc + (b - begin) * n, dx, n);
                break;
            case NJ_GRU:
                NAME(gru_back)(gates, (const T *)r->new_states + at * n, (const T *)r->states + (from + b) * n, d, dx, inner, n);
                break;
            default: NAME(plain_back)(gates, d, dx, n, r->cell == NJ_RNN_RELU);
            }
        }
        NAME(multiply)(rows, n, width, through + (t * r->batch + begin) * width, width, 1, job->packed, space, n, false);
        for (int64_t b = begin; b < end; b++) {
            T *d = dh + (b - begin) * n;
            const T *more = space + (b - begin) * n;
            if (!NAME(active)(r, t, b)) continue;
            if (r->cell == NJ_GRU) NAME(add_to)(d, more, n);
            else memcpy(d, more, (size_t)n * sizeof(T));
        }
    }
    nj_release(space, capacity);
}

// Tiles of 8 sequences, as the products take them.
static void NAME(forward_tiles)(void *context, int64_t begin, int64_t end) {
    const int64_t batch = ((NAME(sequence_job) *)context)->r->batch;
    NAME(forward_sequences)(context, begin * 8, end * 8 < batch ? end * 8 : batch);
}

static void NAME(backward_tiles)(void *context, int64_t begin, int64_t end) {
    const int64_t batch = ((NAME(sequence_job) *)context)->r->batch;
    NAME(backward_sequences)(context, begin * 8, end * 8 < batch ? end * 8 : batch);
}

static nj_outcome NAME(run_sequences)(const nj_recurrent *r, bool backward) {
    const int64_t gates = r->cell == NJ_LSTM ? 4 : r->cell == NJ_GRU ? 3 : 1, n = r->hidden, width = gates * n;
    size_t capacity;
    T *packed = nj_allocate((size_t)NAME(packed_size)(backward ? width : n, backward ? n : width) * sizeof(T), &capacity);
    if (!packed) return NJ_NO_MEMORY;
    if (backward) NAME(pack)(packed, r->weight, width, n, n, 1);
    else NAME(pack)(packed, r->weight, n, width, 1, n);
    NAME(sequence_job) job = {r, packed, gates, 0};
    // Whole tiles of sequences for each thread, once there is work enough.
    const int64_t work = r->steps * width * n, grain = work < 100000 ? 100000 / (work + 1) + 1 : 1;
    nj_parallel((r->batch + 7) / 8, grain / 8 + 1, backward ? NAME(backward_tiles) : NAME(forward_tiles), &job);
    nj_release(packed, capacity);
    return (nj_outcome)job.outcome;
}

#undef T
#undef NAME_
#undef SIGMOID
#undef TANH
