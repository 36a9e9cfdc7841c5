// The runtime: its memory, and the trampoline through which Lua calls Swift.
#include "bridge.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// MARK: Memory

enum { RESERVE = 256 * 1024 };

/// realloc that tries again after freeing caches and, inside Swift, after giving up the reserve.
static void *reallocate(njlua_Runtime *runtime, void *block, size_t size) {
    void *result = realloc(block, size);
    if (LIKELY(result)) return result;
    if (runtime->callbacks.reclaim) {
        runtime->callbacks.reclaim();
        result = realloc(block, size);
    }
    if (!result && runtime->native && runtime->reserve) {
        free(runtime->reserve);
        runtime->reserve = NULL;
        result = realloc(block, size);
    }
    if (!result && runtime->native) {
        // Raising here would jump over Swift frames, which is undefined.
        static const char message[] = "out of memory\n";
        (void)!write(STDERR_FILENO, message, sizeof message - 1);
        abort();
    }
    return result;
}

static void *allocate(void *context, void *block, size_t old, size_t size) {
    njlua_Runtime *runtime = context;
    if (!block) old = 0;  // Lua passes the kind of object here
    if (size == 0) {
        free(block);
        runtime->bytes -= old;
        return NULL;
    }
    if (UNLIKELY(size > old && !runtime->native && runtime->bytes - old + size > runtime->limit))
        return NULL;
    void *result = reallocate(runtime, block, size);
    if (result) runtime->bytes += size - old;
    return result;
}

/// Raises "not enough memory" if Lua still holds too much after a collection.
static void settle_memory(lua_State *L, njlua_Runtime *runtime) {
    if (!runtime->reserve && !(runtime->reserve = malloc(RESERVE))) {
        lua_gc(L, LUA_GCCOLLECT);
        runtime->reserve = malloc(RESERVE);
    }
    if (runtime->bytes <= runtime->limit || !lua_checkstack(L, 2)) return;
    // Over the limit this allocation collects garbage first, then raises.
    lua_newuserdatauv(L, 16, 0);
    lua_pop(L, 1);
}

void njlua_set_memory_limit(njlua_Runtime *runtime, size_t bytes) {
    runtime->limit = bytes ? bytes : SIZE_MAX;
}

// MARK: Calls from Lua into Swift

_Thread_local njlua_Runtime *njlua_active;

int njlua_invoke(lua_State *L, njlua_Runtime *runtime, void *function) {
    int native = runtime->native;
    njlua_active = runtime;
    runtime->native = 1;
    runtime->running = L;
    int results = runtime->callbacks.dispatch(L, runtime->owner, function);
    runtime->native = native;
    // No Swift frame is left: from here on errors may be raised.
    if (UNLIKELY(results < 0)) return lua_error(L);
    if (UNLIKELY(runtime->bytes > runtime->limit || !runtime->reserve)) settle_memory(L, runtime);
    if (UNLIKELY((uint64_t)(*runtime->native_bytes - runtime->native_low) > runtime->native_span))
        njlua_relieve(L, runtime);
    return results;
}

static int trampoline(lua_State *L) {
    return njlua_invoke(L, njlua_runtime(L), lua_touserdata(L, lua_upvalueindex(1)));
}

/// As `trampoline`, for `__call` of a table: drops the table itself.
static int trampoline_without_self(lua_State *L) {
    if (lua_gettop(L) > 0) lua_remove(L, 1);
    return trampoline(L);
}

void njlua_push_function(lua_State *L, void *function, bool skips_self) {
    lua_pushlightuserdata(L, function);
    lua_pushcclosure(L, skips_self ? trampoline_without_self : trampoline, 1);
}

void *njlua_to_function(lua_State *L, int index) {
    lua_CFunction function = lua_tocfunction(L, index);
    if (function != trampoline && function != trampoline_without_self) return NULL;
    lua_getupvalue(L, index, 1);
    void *result = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return result;
}

// MARK: Opening and closing

static int panic(lua_State *L) {
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown error";
    fprintf(stderr, "error outside of a protected call: %s\n", message);
    return 0;  // Lua aborts
}

/// Lua's warnings (`warn`, errors in finalizers), off until `warn("@on")` as in the `lua` command.
static void warn(void *context, const char *message, int continues) {
    static _Thread_local bool continuing;
    njlua_Runtime *runtime = context;
    if (!continuing && !continues && message[0] == '@') {
        if (strcmp(message, "@on") == 0) runtime->warnings = true;
        if (strcmp(message, "@off") == 0) runtime->warnings = false;
        return;
    }
    if (runtime->warnings) {
        fprintf(stderr, "%s%s%s", continuing ? "" : "Lua warning: ", message, continues ? "" : "\n");
        fflush(stderr);
    }
    continuing = continues;
}

static int open_libraries(lua_State *L) {
    luaL_openlibs(L);
    // Boxes are small for Lua but cost a finalizer each: with the usual settings a loop that makes
    // them outruns the collector, and the heap grows far beyond the caches.
    lua_gc(L, LUA_GCINC, 150, 1000, 0);
    njlua_guard_loading(L);
    njlua_guard_debug(L);
    njlua_open_coroutines(L);
    njlua_open_output(L, njlua_runtime(L));
    njlua_open_numbers(L);
    return 0;
}

njlua_Runtime *njlua_open(void *owner, const njlua_Callbacks *callbacks) {
    njlua_Runtime *runtime = calloc(1, sizeof *runtime);
    if (!runtime) return NULL;
    runtime->owner = owner;
    runtime->callbacks = *callbacks;
    runtime->limit = SIZE_MAX;
    runtime->reserve = malloc(RESERVE);
    njlua_set_native_counter(runtime, NULL);
    lua_State *L = lua_newstate(allocate, runtime);
    if (!L) {
        free(runtime->reserve);
        free(runtime);
        return NULL;
    }
    *(njlua_Runtime **)lua_getextraspace(L) = runtime;
    runtime->main = runtime->running = L;
    lua_atpanic(L, panic);
    lua_setwarnf(L, warn, runtime);
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        njlua_close(runtime);
        return NULL;
    }
    runtime->native = 1;
    return runtime;
}

void njlua_close(njlua_Runtime *runtime) {
    njlua_forget_target(runtime);
    runtime->limit = SIZE_MAX;
    runtime->interrupted = NJLUA_RUNNING;
    runtime->deadline = 0;
    lua_close(runtime->main);
    if (njlua_active == runtime) njlua_active = NULL;
    if (runtime->output) fclose(runtime->output);
    free(runtime->reserve);
    free(runtime);
}
