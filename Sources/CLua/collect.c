// Lets Lua's collector feel native memory: it sees small boxes, not the arrays behind them.
#include "bridge.h"
#include <time.h>
#include <unistd.h>

/// Native memory may grow by `LEAST_GROWTH` between collections, more when one takes long: memory used
/// again is in the processor's cache, and a collection shall cost less than that saves.
enum { LEAST_GROWTH = 4 << 20, USUAL_GROWTH = 32 << 20 };
static const double growth_per_second = 128e9;
/// The share of the time that collections driven by native memory may take, unless they are short
/// anyway (a few microseconds for each megabyte).
static const double dear = 0.2, cheap = 0.05, shortest = 2e-3;
static const volatile int64_t no_native_bytes = 0;

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

double njlua_now(void) { return seconds(CLOCK_MONOTONIC); }

/// Time the processor spent on this thread, so that a machine busy with other things makes no collection dear.
static double worked(void) { return seconds(CLOCK_THREAD_CPUTIME_ID); }

static int64_t quarter_of_memory(void) {
    static int64_t quarter;
    if (!quarter) quarter = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 4;
    return quarter;
}

/// Lets native memory grow from `live` by what a collection is worth, at most max(32 MB, live / 2);
/// longer still when collections are dear.
static void rebase(njlua_Runtime *runtime, int64_t live) {
    double worth = runtime->collection_duration * growth_per_second;
    int64_t usual = live / 2 > USUAL_GROWTH ? live / 2 : USUAL_GROWTH;
    if (worth < (double)usual) usual = worth > LEAST_GROWTH ? (int64_t)worth : LEAST_GROWTH;
    int64_t growth = usual * runtime->native_patience;
    int64_t most = quarter_of_memory();
    if (growth > most) growth = usual > most ? usual : most;
    // Falling under half of `live` sets a new base too, so that the next growth is noticed.
    runtime->native_low = live / 2;
    runtime->native_span = (uint64_t)(live - live / 2 + growth);
}

void njlua_relieve(lua_State *L, njlua_Runtime *runtime) {
    int64_t live = *runtime->native_bytes;
    if (live < runtime->native_low) {  // much is gone, maybe what made collections dear
        runtime->native_patience = 1;
        runtime->collection_duration = 0;
        rebase(runtime, live);
        return;
    }
    double start = worked();
    if (lua_gc(L, LUA_GCCOLLECT) != 0) return;  // in a finalizer; later, then
    double end = njlua_now();
    double duration = worked() - start, share = duration / (end - runtime->last_collection);
    if (duration > shortest && share > dear && runtime->native_patience < 1024)
        runtime->native_patience *= 2;
    else if ((duration < shortest || share < cheap) && runtime->native_patience > 1)
        runtime->native_patience /= 2;
    runtime->last_collection = end;
    runtime->collections++;
    runtime->collection_duration = duration;
    rebase(runtime, *runtime->native_bytes);
}

void njlua_set_native_counter(njlua_Runtime *runtime, const volatile int64_t *bytes) {
    runtime->native_bytes = bytes ? bytes : &no_native_bytes;
    runtime->native_patience = 1;
    runtime->last_collection = njlua_now();
    rebase(runtime, *runtime->native_bytes);
}

void njlua_collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT); }

void njlua_rest_collector(lua_State *L, bool rests) { lua_gc(L, rests ? LUA_GCSTOP : LUA_GCRESTART); }
