// Scaled dot-product attention in blocks: memory grows with the context, not with its square.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

typedef enum { NJ_MASK_NONE, NJ_MASK_BOOL, NJ_MASK_ADDED } nj_mask_kind;

// Where the tokens of one operand lie: token t of pair n starts at element first[n] + t * step.
typedef struct {
    void *data;
    const int64_t *first;
    int64_t step;
} nj_tokens;

typedef struct {
    int64_t pairs;  // of batch entry and head
    int64_t queries, keys;
    int64_t width, value_width;  // elements of a query or key, and of a value
    double scale;
    bool causal;  // query i sees keys 0...i
    nj_mask_kind mask_kind;
    nj_tokens mask;        // rows by query
    int64_t mask_column;   // from key to key
    nj_tokens q, k, v, out;
    void *logsumexp;       // pairs × queries
    nj_tokens grad_out, grad_q, grad_k, grad_v;  // for the backward pass
} nj_attention;

// Writes `out` and `logsumexp`. Rows that see no key become 0. After "FlashAttention", Dao et al.
// 2022. For float32 and float64.
nj_outcome nj_attention_forward(nj_dtype type, const nj_attention *attention);

// Writes the three gradients from what the forward pass wrote and `grad_out`.
nj_outcome nj_attention_backward(nj_dtype type, const nj_attention *attention);
