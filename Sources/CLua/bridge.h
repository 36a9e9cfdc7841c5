// What the files of the bridge share.
#pragma once
#include "CLua.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/// The runtime whose binding this thread ran last; NULL once that is closed.
extern _Thread_local njlua_Runtime *njlua_active;

/// Runs a binding on the current frame and settles memory afterwards.
int njlua_invoke(lua_State *L, njlua_Runtime *runtime, void *function);
/// Drives the collector after native memory has grown.
void njlua_relieve(lua_State *L, njlua_Runtime *runtime);
/// Monotonic seconds.
double njlua_now(void);
/// Keeps the traceback from a level for `njlua_take_traceback`.
void njlua_keep_traceback(lua_State *L, int level);
/// Makes `L` stop at its next instruction if its runtime was interrupted.
void njlua_carry_interrupt(lua_State *L, njlua_Runtime *runtime);

/// Makes the signal handler forget a runtime that is about to close.
void njlua_forget_target(njlua_Runtime *runtime);

/// Replaces what is unsafe in the standard libraries.
void njlua_guard_loading(lua_State *L);
void njlua_guard_debug(lua_State *L);
void njlua_open_coroutines(lua_State *L);
void njlua_open_output(lua_State *L, njlua_Runtime *runtime);
/// Lets objects that stand for one number be arguments of the standard library.
void njlua_open_numbers(lua_State *L);
