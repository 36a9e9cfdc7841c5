// Work that several threads share and that the user may stop.
#pragma once

#include "nj_core.h"
#include "nj_outcome.h"

#include <stdatomic.h>

// Whether to stop: looks at the interrupt flag, and keeps the answer for the other threads.
static inline bool stopped(atomic_int *outcome) {
    if (*outcome == NJ_DONE && nj_interrupted()) *outcome = NJ_STOPPED;
    return *outcome != NJ_DONE;
}
