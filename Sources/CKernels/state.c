// Interrupts, gradient mode and source positions.
#define _GNU_SOURCE
#include "nj_core.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static const volatile int never = 0;
static const volatile int *interrupt_flag = &never;
static _Thread_local bool gradients_off;
static _Thread_local bool is_worker;
static void (*position_source)(nj_position *);

void nj_set_interrupt_flag(const volatile int *flag) { interrupt_flag = flag ? flag : &never; }

bool nj_interrupted(void) { return *interrupt_flag != 0; }

bool nj_gradient_mode(void) { return !gradients_off; }

void nj_set_gradient_mode(bool enabled) { gradients_off = !enabled; }

void nj_become_worker(void) {
    is_worker = true;
    nj_set_gradient_mode(false);
    nj_set_num_threads(1);
#ifdef SCHED_BATCH
    // When it is woken it must not push aside the thread that woke it.
    const struct sched_param usual = {0};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &usual);
#endif
}

int64_t nj_next_number(void) {
    static atomic_int_least64_t last;
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

void nj_set_position_source(void (*source)(nj_position *)) { position_source = source; }

nj_position nj_current_position(void) {
    nj_position position = {0, 0};
    if (position_source && !is_worker) position_source(&position);
    return position;
}
