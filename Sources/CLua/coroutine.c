// `coroutine` functions that switch states: as Lua's own, but they tell the runtime which state
// runs, so that an interrupt reaches it, and carry the interrupt on into the resumer.
#include "bridge.h"

static lua_State *check_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "thread");
    return co;
}

/// Moves `arguments` values into `co` and resumes it: the number of results moved back onto `L`,
/// or -1 with the error's value on top.
static int resume(lua_State *L, lua_State *co, int arguments) {
    if (UNLIKELY(!lua_checkstack(co, arguments))) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    njlua_Runtime *runtime = njlua_runtime(L);
    lua_xmove(L, co, arguments);
    int results;
    runtime->running = co;
    njlua_carry_interrupt(co, runtime);
    int status = lua_resume(co, L, arguments, &results);
    runtime->running = L;
    njlua_carry_interrupt(L, runtime);
    if (UNLIKELY(status != LUA_OK && status != LUA_YIELD)) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (UNLIKELY(!lua_checkstack(L, results + 1))) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

static int co_resume(lua_State *L) {
    lua_State *co = check_coroutine(L);
    int results = resume(L, co, lua_gettop(L) - 1);
    if (results < 0) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushboolean(L, 1);
    lua_insert(L, -(results + 1));
    return results + 1;
}

static int reset(lua_State *L, lua_State *co) {
    njlua_Runtime *runtime = njlua_runtime(L);
    runtime->running = co;
    njlua_carry_interrupt(co, runtime);
    int status = lua_resetthread(co);
    runtime->running = L;
    njlua_carry_interrupt(L, runtime);
    return status;
}

static int wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = resume(L, co, lua_gettop(L));
    if (LIKELY(results >= 0)) return results;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        status = reset(L, co);  // closes its variables
        lua_xmove(co, L, 1);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int co_wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int co_close(lua_State *L) {
    lua_State *co = check_coroutine(L);
    lua_Debug record;
    bool dead = lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD;
    bool active = !dead && lua_status(co) == LUA_OK && lua_getstack(co, 0, &record);
    if (co == L) return luaL_error(L, "cannot close a running coroutine");
    if (active) return luaL_error(L, "cannot close a normal coroutine");
    if (reset(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

static int co_yield(lua_State *L) {
    if (LIKELY(lua_isyieldable(L))) return lua_yield(L, lua_gettop(L));
    bool main = lua_pushthread(L);
    if (main) return luaL_error(L, "attempt to yield from outside a coroutine");
    return luaL_error(L,
                      "attempt to yield across a native call: a function called back by native "
                      "code cannot suspend the coroutine it runs in");
}

void njlua_open_coroutines(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"resume", co_resume}, {"wrap", co_wrap},   {"close", co_close},
        {"yield", co_yield},   {NULL, NULL},
    };
    lua_getglobal(L, "coroutine");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
