// Recurrent layers: the part of a whole sequence that depends on the step before. Products with the
// inputs are made beforehand, those for the weights' gradients afterwards.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

typedef enum { NJ_LSTM, NJ_GRU, NJ_RNN_TANH, NJ_RNN_RELU } nj_cell;

// Arrays are row-major. `gates` is 4 (LSTM: input, forget, candidate, output), 3 (GRU: reset, update,
// new) or 1. Steps run from 0 on, or from the last one back when `reverse`; past its length a sequence
// holds its state.
typedef struct {
    nj_cell cell;
    int64_t steps, batch, hidden;
    bool reverse;
    const int64_t *lengths;    // of each sequence, or NULL
    const void *weight;        // gates · hidden × hidden
    const void *new_bias;      // GRU: hidden numbers added to the state's part of `new`, or NULL
    void *gates;               // steps × batch × gates · hidden: from the inputs; activated by the forward pass
    void *states;              // steps + 1 × batch × hidden: state before (after, when reverse) each step
    void *cells;               // LSTM: the same for the cells
    void *new_states;          // GRU: steps × batch × hidden: the state's part of `new`
    // Backward: gradients given of the results [steps × batch × hidden, row-major], the last state and cell
    // (each may be NULL) …
    const void *grad_out, *grad_state, *grad_cell;
    // … and wanted: of the gates' inputs, for the GRU also of the state's part; of the first state and cell.
    void *grad_gates, *grad_inner, *grad_first_state, *grad_first_cell;
} nj_recurrent;

// The caller has put the first state (and cell) in place. For float32 and float64.
nj_outcome nj_recurrent_forward(nj_dtype type, const nj_recurrent *r);
nj_outcome nj_recurrent_backward(nj_dtype type, const nj_recurrent *r);
