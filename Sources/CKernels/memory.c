// A caching allocator for tensor storage.
//
// Fresh pages cost more than the arithmetic done on them, so released blocks are kept in free lists
// by size class and handed out again. Classes are multiples of 64 bytes, four per doubling, so a
// block is at most a quarter larger than asked for. Cached memory is bounded: live and cached bytes
// together stay within an eighth (and 32 MB) above the highest number of live bytes seen.

#define _GNU_SOURCE
#include "nj_core.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGNMENT = 64, CLASS_COUNT = 64 * 4, HUGE_PAGE = 2 << 20 };

typedef struct free_block {
    struct free_block *next;
} free_block;

static free_block *free_lists[CLASS_COUNT];
static atomic_flag lock = ATOMIC_FLAG_INIT;
static volatile int64_t live_bytes, cached_bytes, peak_bytes, highest_bytes;
// Live bytes and those that others hold, such as tables: what a collector watches.
static volatile int64_t watched_bytes;
static int64_t memory_limit;

static void acquire(void) {
    for (int spins = 0; atomic_flag_test_and_set_explicit(&lock, memory_order_acquire); spins++)
        if (spins > 100) usleep(10);
}

static void relinquish(void) { atomic_flag_clear_explicit(&lock, memory_order_release); }

// The class of a request: its index and its block size.
static int class_of(size_t bytes, size_t *size) {
    if (bytes <= ALIGNMENT) {
        *size = ALIGNMENT;
        return 0;
    }
    int top = 63 - __builtin_clzll(bytes - 1);  // 2^top < bytes <= 2^(top+1)
    size_t step = (size_t)1 << (top - 2);
    if (step < ALIGNMENT) step = ALIGNMENT;
    *size = (bytes + step - 1) & ~(step - 1);
    return top * 4 + (int)((*size - 1 - ((size_t)1 << top)) / step);
}

static int64_t read_number(const char *path) {
    FILE *file = fopen(path, "r");
    long long value = 0;
    if (!file) return 0;
    if (fscanf(file, "%lld", &value) != 1) value = 0;
    fclose(file);
    return value;
}

int64_t nj_memory_limit(void) {
    if (memory_limit == 0) {
        int64_t limit = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
        int64_t group = read_number("/sys/fs/cgroup/memory.max");
        if (group == 0) group = read_number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
        if (group > 0 && group < limit) limit = group;
        memory_limit = limit;
    }
    return memory_limit;
}

static void *fresh(size_t size) {
    void *block = NULL;
    size_t alignment = size >= 2 * HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
    if (posix_memalign(&block, alignment, size) != 0) return NULL;
    if (size >= 2 * HUGE_PAGE) madvise(block, size & ~(size_t)(HUGE_PAGE - 1), MADV_HUGEPAGE);
    return block;
}

static size_t size_of_class(int index) {
    int top = index / 4, part = index % 4;
    if (index == 0) return ALIGNMENT;
    size_t step = (size_t)1 << (top - 2);
    if (step < ALIGNMENT) step = ALIGNMENT;
    return ((size_t)1 << top) + (size_t)(part + 1) * step;
}

// Gives cached blocks back, largest first, until at most `keep` bytes are cached.
static void shrink_cache(int64_t keep) {
    for (int index = CLASS_COUNT - 1; index >= 0 && cached_bytes > keep; index--) {
        while (free_lists[index] && cached_bytes > keep) {
            free_block *block = free_lists[index];
            free_lists[index] = block->next;
            cached_bytes -= (int64_t)size_of_class(index);
            free(block);
        }
    }
}

void *nj_allocate(size_t bytes, size_t *capacity) {
    if (bytes > (size_t)nj_memory_limit()) return NULL;
    size_t size;
    int index = class_of(bytes, &size);
    acquire();
    void *block = free_lists[index];
    if (block) {
        free_lists[index] = ((free_block *)block)->next;
        cached_bytes -= (int64_t)size;
    } else {
        if (live_bytes + (int64_t)size > memory_limit) {
            relinquish();
            return NULL;
        }
        int64_t highest = live_bytes + (int64_t)size > highest_bytes ? live_bytes + (int64_t)size : highest_bytes;
        int64_t keep = highest + highest / 8 + (32 << 20) - live_bytes - (int64_t)size;
        if (cached_bytes > keep) shrink_cache(keep > 0 ? keep : 0);
        block = fresh(size);
        if (!block) {
            shrink_cache(0);
            block = fresh(size);
        }
        if (!block) {
            relinquish();
            return NULL;
        }
    }
    live_bytes += (int64_t)size;
    watched_bytes += (int64_t)size;
    if (live_bytes > peak_bytes) peak_bytes = live_bytes;
    if (live_bytes > highest_bytes) highest_bytes = live_bytes;
    relinquish();
    *capacity = size;
    return block;
}

void nj_release(void *block, size_t capacity) {
    size_t size;
    int index = class_of(capacity, &size);
    acquire();
    ((free_block *)block)->next = free_lists[index];
    free_lists[index] = block;
    live_bytes -= (int64_t)size;
    watched_bytes -= (int64_t)size;
    cached_bytes += (int64_t)size;
    relinquish();
}

nj_memory_statistics nj_memory(void) {
    acquire();
    nj_memory_statistics statistics = {live_bytes, cached_bytes, peak_bytes};
    relinquish();
    return statistics;
}

void nj_reset_peak_memory(void) {
    acquire();
    peak_bytes = live_bytes;
    relinquish();
}

void nj_release_cached_memory(void) {
    acquire();
    shrink_cache(0);
    relinquish();
}

void nj_count_foreign_bytes(int64_t change) {
    acquire();
    watched_bytes += change;
    relinquish();
}

const volatile int64_t *nj_watched_bytes_address(void) { return &watched_bytes; }
