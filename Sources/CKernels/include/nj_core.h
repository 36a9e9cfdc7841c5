// Memory, threads, interrupts and per-thread switches shared by all kernels.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Element types, in promotion order within their kind. Swift's DType has the same raw values.
typedef enum {
    NJ_BOOL = 0,
    NJ_UINT8 = 1,
    NJ_INT32 = 2,
    NJ_INT64 = 3,
    NJ_FLOAT32 = 4,
    NJ_FLOAT64 = 5,
} nj_dtype;

enum { NJ_MAX_DIMS = 16 };

// ---- memory.c: a caching, size-classed, 64-byte aligned allocator, safe to call from any thread

// Returns a block of at least `bytes` bytes and its capacity, or NULL when the machine's memory
// would not hold it. A zero-byte request returns a valid block.
void *nj_allocate(size_t bytes, size_t *capacity);
void nj_release(void *block, size_t capacity);

typedef struct {
    int64_t live;    // bytes in use
    int64_t cached;  // bytes kept for reuse
    int64_t peak;    // highest `live` since the last reset
} nj_memory_statistics;

nj_memory_statistics nj_memory(void);
void nj_reset_peak_memory(void);
// Gives all cached blocks back to the system.
void nj_release_cached_memory(void);
// Bytes that may be live at once: the machine's memory, or the control group's limit if lower.
int64_t nj_memory_limit(void);
// Counts bytes that were not allocated here but belong to objects of the same collector.
void nj_count_foreign_bytes(int64_t change);
// Address of the counter of live bytes and foreign ones, for a collector that wants to watch it.
const volatile int64_t *nj_watched_bytes_address(void);

// ---- parallel.c: one pool of threads, libgomp's, shared with oneDNN

typedef void (*nj_range_body)(void *context, int64_t begin, int64_t end);

// Runs `body` over 0..<count, in pieces of at least `grain`, on the calling thread alone when the
// whole is smaller than two grains.
void nj_parallel(int64_t count, int64_t grain, nj_range_body body, void *context);
int nj_num_threads(void);
void nj_set_num_threads(int count);

// ---- state.c: interrupts and per-thread switches

// Where long kernels look whether to stop. By default an internal flag that is never set.
void nj_set_interrupt_flag(const volatile int *flag);
bool nj_interrupted(void);

// Whether operations on this thread are recorded for gradients; on by default.
bool nj_gradient_mode(void);
void nj_set_gradient_mode(bool enabled);

// Makes this thread one that works beside the user's program: it records no gradients, asks for no
// positions in the program, and its kernels run on it alone.
void nj_become_worker(void);

// A number larger than all before it, on any thread.
int64_t nj_next_number(void);

// A position in the user's program; `file` stays valid for the life of the process.
typedef struct {
    const char *file;
    int line;
} nj_position;

// Called to learn where the user's program is; may leave `file` NULL.
void nj_set_position_source(void (*source)(nj_position *));
nj_position nj_current_position(void);
