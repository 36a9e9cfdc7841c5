// Lua 5.4 and the bridge between it and Swift.
//
// Lua raises errors with longjmp, which must never cross a Swift frame. Everything here
// therefore falls into one of two groups:
//   * functions Swift calls: they never raise; those that could run under lua_pcall and
//     return a status instead;
//   * functions Lua calls: they call Swift through one function pointer, and raise only
//     after Swift has returned.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <lua5.4/lua.h>
#include <lua5.4/lauxlib.h>
#include <lua5.4/lualib.h>

// MARK: Runtime

/// What the bridge needs from Swift.
typedef struct {
    /// Runs a binding: its number of results, or -1 with the error's value on the stack.
    int (*dispatch)(lua_State *L, void *owner, void *function);
    /// Gives back the reference a box held.
    void (*release)(void *object);
    /// Frees caches when memory runs out, may be NULL.
    void (*reclaim)(void);
    /// Takes the bytes a script prints, NULL for C's standard output.
    void (*write)(void *owner, const char *bytes, size_t count);
} njlua_Callbacks;

/// Why running code must stop.
enum { NJLUA_RUNNING = 0, NJLUA_INTERRUPTED = 1, NJLUA_TIMED_OUT = 2 };

/// One Lua state with all the bridge knows about it.
typedef struct njlua_Runtime {
    lua_State *main;
    /// The state (main or a coroutine) that runs now; read by the signal handler.
    lua_State *volatile running;
    void *owner;
    njlua_Callbacks callbacks;

    /// True while Swift frames are on top: an allocation must not raise then.
    int native;
    /// Bytes Lua holds, and the most it may hold.
    size_t bytes, limit;
    /// A block given up when memory runs out inside Swift, so that one call can finish.
    void *reserve;

    /// Bytes of native memory alive, counted by a library; never NULL.
    const volatile int64_t *native_bytes;
    /// The collector stays idle while low <= *native_bytes <= low + span.
    int64_t native_low;
    uint64_t native_span;
    /// How much longer than usual to wait, since collections are dear: 1, 2, 4, …
    int64_t native_patience;
    double last_collection;
    double collection_duration;  ///< of the last one, in seconds
    uint64_t collections;

    /// NJLUA_RUNNING, or why everything must stop.
    volatile int interrupted;
    /// True once the traceback of the interrupt is kept.
    bool interrupt_traced;
    /// Monotonic seconds after which running code is stopped, 0 for never.
    double deadline;

    /// Whether `warn` prints.
    bool warnings;
    /// The name last given by njlua_where.
    const char *last_source;
    /// The stream behind `io.stdout` when Swift takes the output.
    FILE *output;
} njlua_Runtime;

/// Opens a state with the standard libraries, guarded; NULL without memory.
njlua_Runtime *njlua_open(void *owner, const njlua_Callbacks *callbacks);
/// Closes the state, running all finalizers, and frees the runtime.
void njlua_close(njlua_Runtime *runtime);
/// The number of bytes Lua may hold, 0 for no limit.
void njlua_set_memory_limit(njlua_Runtime *runtime, size_t bytes);
/// Writes to C's standard output, after what scripts have written there.
void njlua_write(const void *bytes, size_t count);
/// Collects all garbage.
void njlua_collect(lua_State *L);
/// Stops the collector, or lets it go on.
void njlua_rest_collector(lua_State *L, bool rests);
/// Names the counter of native bytes that the collector follows, NULL for none.
void njlua_set_native_counter(njlua_Runtime *runtime, const volatile int64_t *bytes);

/// The runtime a state belongs to; new coroutines inherit it.
static inline njlua_Runtime *njlua_runtime(lua_State *L) {
    return *(njlua_Runtime **)lua_getextraspace(L);
}

// MARK: Bindings

/// Pushes a function that runs the Swift binding `function`; `skips_self` drops the first
/// argument, for `__call` of a module or class table.
void njlua_push_function(lua_State *L, void *function, bool skips_self);
/// The binding behind the value at `index`, NULL if it is none.
void *njlua_to_function(lua_State *L, int index);

// MARK: Boxes (userdata that hold one Swift object)

/// Pushes a box with the metatable at registry reference `metatable`, taking over `object`.
void njlua_push_box(lua_State *L, int metatable, int tag, void *object);
/// True if the value at `index` is a box, closed or not.
bool njlua_is_box(lua_State *L, int index);
/// The object of the box at `index`: NULL if it is closed or no box.
void *njlua_box_object(lua_State *L, int index);
/// The class tag of the box at `index`, 0 if it is no box.
int njlua_box_tag(lua_State *L, int index);
/// `__gc` and `__close` of every box: forgets the object, then gives it back.
int njlua_close_box(lua_State *L);
/// The same for the box at `index`.
void njlua_close_box_at(lua_State *L, int index);
/// `__eq` of boxes: true if both hold the same object.
int njlua_equal_boxes(lua_State *L);
/// Pushes `__index` for instances: methods first, then getters, then `fallback(self, key)`.
/// Takes the methods table and the getters table (name → light userdata) from the stack.
void njlua_push_instance_index(lua_State *L, void *fallback);
/// Pushes `__newindex` for instances: setters, then `fallback(self, key, value)`.
/// Takes the setters table from the stack.
void njlua_push_instance_newindex(lua_State *L, void *fallback);

// MARK: Protected operations; each gives LUA_OK or an error status with the error's value on top

/// Calls the function below `arguments` values, keeping a traceback if it fails.
int njlua_pcall(lua_State *L, int arguments, int results);
/// Pushes the traceback of the last failed call, or nil, and forgets it.
void njlua_take_traceback(lua_State *L);
/// Compiles text; precompiled chunks are refused.
int njlua_load(lua_State *L, const char *source, size_t count, const char *name);
/// [table, key] → [value], with metamethods.
int njlua_get(lua_State *L);
/// [table, key, value] → [], with metamethods.
int njlua_set(lua_State *L);
/// [a, b] → [a op b]; unary operators take the operand twice.
int njlua_arith(lua_State *L, int op);
/// [a, b] → [boolean].
int njlua_compare(lua_State *L, int op);
/// [a, b] → [a .. b].
int njlua_concat(lua_State *L);
/// [value] → [#value].
int njlua_len(lua_State *L);
/// [value] → [string], as `tostring`.
int njlua_tostring(lua_State *L);

// MARK: Tables

/// What the table at `index` holds: bit 0 positions (1, 2, …), bit 1 names or other keys.
int njlua_table_kind(lua_State *L, int index);
/// True if the value at `index` can be called.
bool njlua_is_callable(lua_State *L, int index);

// MARK: Positions

/// File and line of the innermost Lua function running; false if there is none.
/// The name stays valid for ever.
bool njlua_where(njlua_Runtime *runtime, const char **source, int *line);
/// The same for the runtime whose binding this thread ran last.
bool njlua_where_active(const char **source, int *line);
/// The name of a local variable, an upvalue or a global of the calling Lua function that holds the
/// very value at `index`, NULL if there is none; to be copied at once.
const char *njlua_variable_name(lua_State *L, int index);

// MARK: Interrupts

/// Not zero after an interrupt signal, until cleared; long native loops poll it.
extern volatile int njlua_interrupt_flag;
static inline bool njlua_interrupt_pending(void) { return njlua_interrupt_flag != 0; }
static inline const volatile int *njlua_interrupt_address(void) { return &njlua_interrupt_flag; }
/// Lets SIGINT stop the code of this runtime, which must run on the calling thread.
void njlua_install_sigint(njlua_Runtime *runtime);
/// Gives SIGINT back its former meaning.
void njlua_remove_sigint(void);
/// Stops running code at its next instruction; only on the runtime's own thread or from a
/// signal handler there.
void njlua_interrupt(njlua_Runtime *runtime, int reason);
/// Lets code run again.
void njlua_clear_interrupt(njlua_Runtime *runtime);

/// Clears the interrupt for a while and tells whether a signal caused it.
bool njlua_suspend_interrupt(njlua_Runtime *runtime);

/// Brings back an interrupt that was suspended.
void njlua_renew_interrupt(njlua_Runtime *runtime, bool signalled);
/// Stops code that still runs after `seconds`, 0 for no limit.
void njlua_set_time_limit(njlua_Runtime *runtime, double seconds);

// MARK: Numbers

/// Writes a float as Lua prints it.
void njlua_format_number(double value, char buffer[40]);

// MARK: Macros that Swift cannot see

static inline void njlua_pop(lua_State *L, int count) { lua_settop(L, -count - 1); }
static inline void njlua_insert(lua_State *L, int index) { lua_rotate(L, index, 1); }
static inline void njlua_remove(lua_State *L, int index) {
    lua_rotate(L, index, -1);
    lua_settop(L, -2);
}
static inline void njlua_replace(lua_State *L, int index) {
    lua_copy(L, -1, index);
    lua_settop(L, -2);
}
static inline int njlua_registry(void) { return LUA_REGISTRYINDEX; }
static inline int njlua_upvalue(int index) { return lua_upvalueindex(index); }
static inline void njlua_new_table(lua_State *L) { lua_createtable(L, 0, 0); }
static inline void njlua_push_globals(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
static inline size_t njlua_raw_count(lua_State *L, int index) { return lua_rawlen(L, index); }
