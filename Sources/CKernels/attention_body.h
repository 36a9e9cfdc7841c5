// Attention for element type T. Scores are kept transposed, keys × queries, so that maxima and sums
// over keys run across vectors and only the queries need transposing.

typedef struct {
    const nj_attention *a;
    atomic_int failed;  // an nj_outcome
    bool by_keys;       // tasks of the backward pass: blocks of keys, else blocks of queries
} NAME(job);

// Scores of a block of keys and a block of queries to probabilities exp(score - shift[query]).
NJ_CLONES static void NAME(exponentiate)(T *scores, const T *shift, T *sums, int64_t keys, int64_t queries) {
    for (int64_t j = 0; j < keys; j++) {
        T *row = scores + j * BLOCK;
        NJ_VECTORIZE
        for (int64_t i = 0; i < queries; i++) {
            const T p = EXP(row[i] - shift[i]);
            row[i] = p;
            sums[i] += p;
        }
    }
}

NJ_CLONES static void NAME(raise_maxima)(T *maxima, const T *scores, int64_t keys, int64_t queries) {
    for (int64_t j = 0; j < keys; j++) {
        const T *row = scores + j * BLOCK;
        NJ_VECTORIZE
        for (int64_t i = 0; i < queries; i++) maxima[i] = row[i] > maxima[i] ? row[i] : maxima[i];
    }
}

// Gradients of the scores: p * (dp - delta), in place of dp.
NJ_CLONES static void NAME(score_gradients)(T *dp, const T *p, const T *delta, int64_t keys, int64_t queries) {
    for (int64_t j = 0; j < keys; j++) {
        const T *from = p + j * BLOCK;
        T *row = dp + j * BLOCK;
        NJ_VECTORIZE
        for (int64_t i = 0; i < queries; i++) row[i] = from[i] * (row[i] - delta[i]);
    }
}

NJ_CLONES static void NAME(scale_row)(T *row, T factor, int64_t n) {
    NJ_VECTORIZE
    for (int64_t i = 0; i < n; i++) row[i] *= factor;
}

static T *NAME(token)(const nj_tokens *tokens, int64_t pair, int64_t t) {
    return (T *)tokens->data + tokens->first[pair] + t * tokens->step;
}

// Queries begin..<begin+n as columns, scaled; missing columns are zero.
static void NAME(pack_columns)(T *packed, const nj_tokens *tokens, int64_t pair, int64_t begin, int64_t n,
                               int64_t width, T scale) {
    NAME(pack)(packed, NAME(token)(tokens, pair, begin), width, n, 1, tokens->step);
    if (scale != 1) NAME(scale_row)(packed, scale, NAME(packed_size)(width, n));
}

// Hides keys that queries may not see.
static void NAME(mask)(const nj_attention *a, int64_t pair, T *scores, int64_t key, int64_t keys, int64_t query,
                       int64_t queries) {
    if (a->causal && key + keys - 1 > query)
        for (int64_t j = 0; j < keys; j++)
            for (int64_t i = 0; i < queries && query + i < key + j; i++) scores[j * BLOCK + i] = -INFINITY;
    if (a->mask_kind == NJ_MASK_NONE) return;
    const int64_t first = a->mask.first[pair] + query * a->mask.step + key * a->mask_column;
    for (int64_t i = 0; i < queries; i++)
        for (int64_t j = 0; j < keys; j++) {
            const int64_t at = first + i * a->mask.step + j * a->mask_column;
            if (a->mask_kind == NJ_MASK_ADDED) scores[j * BLOCK + i] += ((const T *)a->mask.data)[at];
            else if (!((const uint8_t *)a->mask.data)[at]) scores[j * BLOCK + i] = -INFINITY;
        }
}

// Keys that some query of the block may see.
static int64_t NAME(visible)(const nj_attention *a, int64_t query, int64_t queries) {
    return a->causal && query + queries < a->keys ? query + queries : a->keys;
}

static int64_t NAME(whole)(int64_t n) { return (n + NAME(PANEL) - 1) / NAME(PANEL) * NAME(PANEL); }

static void NAME(forward_block)(const nj_attention *a, int64_t pair, int64_t query, T *space) {
    const int64_t n = a->queries - query < BLOCK ? a->queries - query : BLOCK, columns = NAME(whole)(n);
    const int64_t d = a->width, dv = a->value_width;
    T *scores = space, *sums = scores + BLOCK * BLOCK, *maxima = sums + BLOCK, *shift = maxima + BLOCK;
    T *q = shift + BLOCK, *v = q + NAME(packed_size)(d, BLOCK), *o = v + NAME(packed_size)(BLOCK, dv);
    NAME(pack_columns)(q, &a->q, pair, query, n, d, (T)a->scale);
    for (int64_t i = 0; i < BLOCK; i++) sums[i] = 0, maxima[i] = -INFINITY;
    memset(o, 0, (size_t)(BLOCK * dv) * sizeof(T));
    const int64_t visible = NAME(visible)(a, query, n);
    for (int64_t key = 0; key < visible; key += BLOCK) {
        const int64_t keys = visible - key < BLOCK ? visible - key : BLOCK;
        NAME(multiply)(keys, columns, d, NAME(token)(&a->k, pair, key), a->k.step, 1, q, scores, BLOCK, false);
        NAME(mask)(a, pair, scores, key, keys, query, n);
        T before[BLOCK];
        memcpy(before, maxima, sizeof before);
        NAME(raise_maxima)(maxima, scores, keys, columns);
        for (int64_t i = 0; i < columns; i++) {
            shift[i] = maxima[i] == -INFINITY ? 0 : maxima[i];
            if (key == 0 || before[i] == maxima[i] || i >= n) continue;
            const T factor = EXP(before[i] - shift[i]);
            sums[i] *= factor;
            NAME(scale_row)(o + i * dv, factor, dv);
        }
        NAME(exponentiate)(scores, shift, sums, keys, columns);
        NAME(pack)(v, NAME(token)(&a->v, pair, key), keys, dv, a->v.step, 1);
        NAME(multiply)(n, dv, keys, scores, 1, BLOCK, v, o, dv, true);
    }
    for (int64_t i = 0; i < n; i++) {
        T *out = NAME(token)(&a->out, pair, query + i);
        NAME(scale_row)(o + i * dv, sums[i] == 0 ? 0 : 1 / sums[i], dv);
        memcpy(out, o + i * dv, (size_t)dv * sizeof(T));
        // A row that saw nothing gets +inf, so that its probabilities come out 0 again.
        ((T *)a->logsumexp)[pair * a->queries + query + i] = sums[i] == 0 ? INFINITY : maxima[i] + LOG(sums[i]);
    }
}

static int64_t NAME(forward_space)(const nj_attention *a) {
    return BLOCK * BLOCK + 3 * BLOCK + NAME(packed_size)(a->width, BLOCK) +
           NAME(packed_size)(BLOCK, a->value_width) + BLOCK * a->value_width;
}

// ---- backward

// A block of queries, packed in the ways its products need it.
typedef struct {
    int64_t begin, n, columns;
    T *scores, *dp;               // keys × queries
    T *q_columns, *q_rows;        // scaled queries
    T *g_columns, *g_rows;        // gradients of the result
    T *k_rows, *dq;
    T logsumexp[BLOCK], delta[BLOCK];
} NAME(query_block);

static int64_t NAME(backward_space)(const nj_attention *a) {
    return 2 * BLOCK * BLOCK + NAME(packed_size)(a->width, BLOCK) + 2 * NAME(packed_size)(BLOCK, a->width) +
           NAME(packed_size)(a->value_width, BLOCK) + NAME(packed_size)(BLOCK, a->value_width) + BLOCK * a->width;
}

static void NAME(place)(const nj_attention *a, NAME(query_block) * b, T *space) {
    b->scores = space;
    b->dp = b->scores + BLOCK * BLOCK;
    b->q_columns = b->dp + BLOCK * BLOCK;
    b->q_rows = b->q_columns + NAME(packed_size)(a->width, BLOCK);
    b->k_rows = b->q_rows + NAME(packed_size)(BLOCK, a->width);
    b->g_columns = b->k_rows + NAME(packed_size)(BLOCK, a->width);
    b->g_rows = b->g_columns + NAME(packed_size)(a->value_width, BLOCK);
    b->dq = b->g_rows + NAME(packed_size)(BLOCK, a->value_width);
}

static void NAME(load_queries)(const nj_attention *a, NAME(query_block) * b, int64_t pair, int64_t begin) {
    b->begin = begin;
    b->n = a->queries - begin < BLOCK ? a->queries - begin : BLOCK;
    b->columns = NAME(whole)(b->n);
    NAME(pack_columns)(b->q_columns, &a->q, pair, begin, b->n, a->width, (T)a->scale);
    NAME(pack_columns)(b->g_columns, &a->grad_out, pair, begin, b->n, a->value_width, 1);
    NAME(pack)(b->q_rows, NAME(token)(&a->q, pair, begin), b->n, a->width, a->q.step, 1);
    NAME(scale_row)(b->q_rows, (T)a->scale, NAME(packed_size)(b->n, a->width));
    NAME(pack)(b->g_rows, NAME(token)(&a->grad_out, pair, begin), b->n, a->value_width, a->grad_out.step, 1);
    for (int64_t i = 0; i < BLOCK; i++) b->logsumexp[i] = INFINITY, b->delta[i] = 0;
    for (int64_t i = 0; i < b->n; i++) {
        const T *g = NAME(token)(&a->grad_out, pair, begin + i), *o = NAME(token)(&a->out, pair, begin + i);
        T sum = 0;
        for (int64_t e = 0; e < a->value_width; e++) sum += g[e] * o[e];
        b->delta[i] = sum;
        b->logsumexp[i] = ((const T *)a->logsumexp)[pair * a->queries + begin + i];
    }
    memset(b->dq, 0, (size_t)(BLOCK * a->width) * sizeof(T));
}

// Adds what a block of queries and a block of keys give to each other.
static void NAME(meet)(const nj_attention *a, NAME(query_block) * b, int64_t pair, int64_t key, bool to_queries,
                       bool to_keys) {
    const int64_t keys = a->keys - key < BLOCK ? a->keys - key : BLOCK;
    T unused[BLOCK] = {0};
    NAME(multiply)(keys, b->columns, a->width, NAME(token)(&a->k, pair, key), a->k.step, 1, b->q_columns, b->scores, BLOCK, false);
    NAME(mask)(a, pair, b->scores, key, keys, b->begin, b->n);
    NAME(exponentiate)(b->scores, b->logsumexp, unused, keys, b->columns);
    if (to_keys)
        NAME(multiply)(keys, a->value_width, b->n, b->scores, BLOCK, 1, b->g_rows, NAME(token)(&a->grad_v, pair, key), a->grad_v.step, true);
    NAME(multiply)(keys, b->columns, a->value_width, NAME(token)(&a->v, pair, key), a->v.step, 1, b->g_columns, b->dp, BLOCK, false);
    NAME(score_gradients)(b->dp, b->scores, b->delta, keys, b->columns);
    if (to_keys)
        NAME(multiply)(keys, a->width, b->n, b->dp, BLOCK, 1, b->q_rows, NAME(token)(&a->grad_k, pair, key), a->grad_k.step, true);
    if (to_queries) {
        NAME(pack)(b->k_rows, NAME(token)(&a->k, pair, key), keys, a->width, a->k.step, 1);
        NAME(multiply)(b->n, a->width, keys, b->dp, 1, BLOCK, b->k_rows, b->dq, a->width, true);
    }
}

static void NAME(store_queries)(const nj_attention *a, NAME(query_block) * b, int64_t pair) {
    NAME(scale_row)(b->dq, (T)a->scale, b->n * a->width);
    for (int64_t i = 0; i < b->n; i++)
        memcpy(NAME(token)(&a->grad_q, pair, b->begin + i), b->dq + i * a->width, (size_t)a->width * sizeof(T));
}

static void NAME(clear_keys)(const nj_attention *a, int64_t pair, int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; j++) {
        memset(NAME(token)(&a->grad_k, pair, j), 0, (size_t)a->width * sizeof(T));
        memset(NAME(token)(&a->grad_v, pair, j), 0, (size_t)a->value_width * sizeof(T));
    }
}

// ---- sharing the work

static void NAME(forward_range)(void *context, int64_t begin, int64_t end) {
    NAME(job) *job = context;
    const nj_attention *a = job->a;
    const int64_t blocks = (a->queries + BLOCK - 1) / BLOCK;
    size_t capacity;
    T *space = nj_allocate((size_t)NAME(forward_space)(a) * sizeof(T), &capacity);
    if (!space) { job->failed = NJ_NO_MEMORY; return; }
    for (int64_t task = begin; task < end && !job->failed; task++) {
        if (nj_interrupted()) job->failed = NJ_STOPPED;
        else NAME(forward_block)(a, task / blocks, balanced(task % blocks, blocks) * BLOCK, space);
    }
    nj_release(space, capacity);
}

// One task per pair: every product is computed once.
static void NAME(backward_pairs)(void *context, int64_t begin, int64_t end) {
    NAME(job) *job = context;
    const nj_attention *a = job->a;
    NAME(query_block) b;
    size_t capacity;
    T *space = nj_allocate((size_t)NAME(backward_space)(a) * sizeof(T), &capacity);
    if (!space) { job->failed = NJ_NO_MEMORY; return; }
    NAME(place)(a, &b, space);
    for (int64_t pair = begin; pair < end; pair++) {
        NAME(clear_keys)(a, pair, 0, a->keys);
        for (int64_t query = 0; query < a->queries && !job->failed; query += BLOCK) {
            if (nj_interrupted()) job->failed = NJ_STOPPED;
            NAME(load_queries)(a, &b, pair, query);
            const int64_t visible = NAME(visible)(a, query, b.n);
            for (int64_t key = 0; key < visible; key += BLOCK) NAME(meet)(a, &b, pair, key, true, true);
            NAME(store_queries)(a, &b, pair);
        }
    }
    nj_release(space, capacity);
}

// With fewer pairs than threads: blocks of queries, then blocks of keys, sums in the same order.
static void NAME(backward_blocks)(void *context, int64_t begin, int64_t end) {
    NAME(job) *job = context;
    const nj_attention *a = job->a;
    const int64_t blocks = ((job->by_keys ? a->keys : a->queries) + BLOCK - 1) / BLOCK;
    NAME(query_block) b;
    size_t capacity;
    T *space = nj_allocate((size_t)NAME(backward_space)(a) * sizeof(T), &capacity);
    if (!space) { job->failed = NJ_NO_MEMORY; return; }
    NAME(place)(a, &b, space);
    for (int64_t task = begin; task < end && !job->failed; task++) {
        const int64_t pair = task / blocks, at = balanced(task % blocks, blocks) * BLOCK;
        if (nj_interrupted()) { job->failed = NJ_STOPPED; break; }
        if (job->by_keys) {
            NAME(clear_keys)(a, pair, at, at + BLOCK < a->keys ? at + BLOCK : a->keys);
            for (int64_t query = a->causal ? at : 0; query < a->queries; query += BLOCK) {
                NAME(load_queries)(a, &b, pair, query);
                NAME(meet)(a, &b, pair, at, false, true);
            }
        } else {
            NAME(load_queries)(a, &b, pair, at);
            const int64_t visible = NAME(visible)(a, at, b.n);
            for (int64_t key = 0; key < visible; key += BLOCK) NAME(meet)(a, &b, pair, key, true, false);
            NAME(store_queries)(a, &b, pair);
        }
    }
    nj_release(space, capacity);
}

static nj_outcome NAME(attend)(const nj_attention *a) {
    NAME(job) job = {a, NJ_DONE, false};
    const int64_t blocks = (a->queries + BLOCK - 1) / BLOCK;
    const int64_t work = BLOCK * a->keys * (a->width + a->value_width);
    nj_parallel(a->pairs * blocks, 200000 / (work + 1) + 1, NAME(forward_range), &job);
    return (nj_outcome)job.failed;
}

static nj_outcome NAME(attend_backward)(const nj_attention *a) {
    NAME(job) job = {a, NJ_DONE, false};
    const int64_t work = a->queries * a->keys * (a->width + a->value_width) * 2;
    if (a->pairs >= 2 * nj_num_threads() || a->queries <= BLOCK || a->keys <= BLOCK) {
        nj_parallel(a->pairs, 200000 / (work + 1) + 1, NAME(backward_pairs), &job);
        return (nj_outcome)job.failed;
    }
    nj_parallel(a->pairs * ((a->queries + BLOCK - 1) / BLOCK), 1, NAME(backward_blocks), &job);
    job.by_keys = true;
    nj_parallel(a->pairs * ((a->keys + BLOCK - 1) / BLOCK), 1, NAME(backward_blocks), &job);
    return (nj_outcome)job.failed;
}

#undef T
#undef NAME
#undef NAME_
#undef EXP
#undef LOG
