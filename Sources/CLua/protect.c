// Operations that may raise, made safe for Swift to call.
#include "bridge.h"
#include <math.h>
#include <string.h>

/// The registry's key for the traceback of the last failed call.
static const char traceback_key;

void njlua_keep_traceback(lua_State *L, int level) {
    luaL_traceback(L, L, NULL, level);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
}

/// The message handler: keeps the traceback aside, so that the error's value stays what was raised.
static int keep_traceback(lua_State *L) {
    lua_settop(L, 1);
    if (!njlua_runtime(L)->interrupt_traced) njlua_keep_traceback(L, 1);
    return 1;
}

int njlua_pcall(lua_State *L, int arguments, int results) {
    njlua_Runtime *runtime = njlua_runtime(L);
    int native = runtime->native;
    lua_State *running = runtime->running;
    int base = lua_gettop(L) - arguments;
    lua_pushcfunction(L, keep_traceback);
    lua_insert(L, base);
    njlua_carry_interrupt(L, runtime);
    runtime->native = 0;
    runtime->running = L;
    int status = lua_pcall(L, arguments, results, base);
    runtime->running = running;
    runtime->native = native;
    lua_remove(L, base);
    return status;
}

void njlua_take_traceback(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &traceback_key);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
}

/// Runs a C function on the topmost values.
static int protect(lua_State *L, lua_CFunction function, int arguments, int results) {
    lua_pushcfunction(L, function);
    lua_insert(L, -arguments - 1);
    return njlua_pcall(L, arguments, results);
}

// A script can get hold of these through debug.getinfo, so each checks its own stack.

static int get(lua_State *L) {
    lua_settop(L, 2);
    lua_gettable(L, 1);
    return 1;
}

static int set(lua_State *L) {
    lua_settop(L, 3);
    lua_settable(L, 1);
    return 0;
}

static int arith(lua_State *L) {
    lua_settop(L, 3);
    int op = (int)lua_tointeger(L, 3);
    lua_settop(L, 2);
    if (op < LUA_OPADD || op > LUA_OPBNOT) return 0;
    if (op == LUA_OPUNM || op == LUA_OPBNOT) lua_settop(L, 1);
    lua_arith(L, op);
    return 1;
}

static int compare(lua_State *L) {
    lua_settop(L, 3);
    int op = (int)lua_tointeger(L, 3);
    if (op < LUA_OPEQ || op > LUA_OPLE) return 0;
    lua_pushboolean(L, lua_compare(L, 1, 2, op));
    return 1;
}

static int concat(lua_State *L) {
    lua_settop(L, 2);
    lua_concat(L, 2);
    return 1;
}

static int len(lua_State *L) {
    lua_settop(L, 1);
    lua_len(L, 1);
    return 1;
}

static int to_string(lua_State *L) {
    lua_settop(L, 1);
    luaL_tolstring(L, 1, NULL);
    return 1;
}

int njlua_get(lua_State *L) { return protect(L, get, 2, 1); }
int njlua_set(lua_State *L) { return protect(L, set, 3, 0); }
int njlua_concat(lua_State *L) { return protect(L, concat, 2, 1); }
int njlua_len(lua_State *L) { return protect(L, len, 1, 1); }
int njlua_tostring(lua_State *L) { return protect(L, to_string, 1, 1); }

int njlua_arith(lua_State *L, int op) {
    lua_pushinteger(L, op);
    return protect(L, arith, 3, 1);
}

int njlua_compare(lua_State *L, int op) {
    lua_pushinteger(L, op);
    return protect(L, compare, 3, 1);
}

// MARK: Tables

int njlua_table_kind(lua_State *L, int index) {
    int kind = 0;
    index = lua_absindex(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        kind |= lua_isinteger(L, -1) ? 1 : 2;
        if (kind == 3) {
            lua_pop(L, 1);
            break;
        }
    }
    return kind;
}

bool njlua_is_callable(lua_State *L, int index) {
    if (lua_isfunction(L, index)) return true;
    if (!lua_getmetatable(L, index)) return false;
    lua_pushstring(L, "__call");
    bool callable = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 2);
    return callable;
}

// MARK: Numbers

void njlua_format_number(double value, char buffer[40]) {
    snprintf(buffer, 40, "%.14g", value);
    if (isfinite(value) && buffer[strspn(buffer, "-0123456789")] == '\0') strcat(buffer, ".0");
}
