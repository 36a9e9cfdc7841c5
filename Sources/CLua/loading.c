// Loading chunks as text only, and the parts of `debug` that cannot break the state.
// Precompiled chunks are not checked by Lua and can crash it.
#include "bridge.h"
#include <string.h>

static const char refusal[] =
    "precompiled chunks are refused, since they could crash the program; load the source instead";

/// Puts a clear text in place of Lua's own refusal of a precompiled chunk on top of the stack.
static void explain_refusal(lua_State *L) {
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    const char *found = message ? strstr(message, "attempt to load a binary chunk") : NULL;
    if (!found) return;
    lua_pushlstring(L, message, (size_t)(found - message));
    lua_pushstring(L, refusal);
    lua_concat(L, 2);
    lua_replace(L, -2);
}

int njlua_load(lua_State *L, const char *source, size_t count, const char *name) {
    // Compiling is protected by Lua itself, but allocations may now raise inside it.
    njlua_Runtime *runtime = njlua_runtime(L);
    int native = runtime->native;
    runtime->native = 0;
    int status = luaL_loadbufferx(L, source ? source : "", count, name, "t");
    runtime->native = native;
    if (status != LUA_OK) explain_refusal(L);
    return status;
}

/// `load` with the mode fixed; upvalue 1 is Lua's own.
static int load(lua_State *L) {
    luaL_checkany(L, 1);
    if (lua_gettop(L) < 3) lua_settop(L, 3);
    if (!lua_isnil(L, 3)) {
        const char *mode = luaL_checkstring(L, 3);
        if (!strchr(mode, 't')) {
            lua_pushnil(L);
            lua_pushstring(L, refusal);
            return 2;
        }
    }
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    if (lua_isnil(L, 1)) explain_refusal(L);
    return lua_gettop(L);
}

static int loadfile(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    bool has_environment = !lua_isnone(L, 3);
    if (luaL_loadfilex(L, path, "t") != LUA_OK) {
        explain_refusal(L);
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (has_environment) {
        lua_pushvalue(L, 3);
        if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    }
    return 1;
}

static int dofile_end(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return lua_gettop(L) - 1;
}

static int dofile(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    if (luaL_loadfilex(L, path, "t") != LUA_OK) {
        explain_refusal(L);
        return lua_error(L);
    }
    lua_callk(L, 0, LUA_MULTRET, 0, dofile_end);
    return dofile_end(L, LUA_OK, 0);
}

/// The searcher of `require` for Lua files, as Lua's own but for text only.
static int search_lua(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    lua_getfield(L, lua_upvalueindex(1), "searchpath");
    lua_pushvalue(L, 1);
    if (lua_getfield(L, lua_upvalueindex(1), "path") != LUA_TSTRING)
        return luaL_error(L, "'package.path' must be a string");
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) return 1;  // the message naming all places tried
    const char *path = lua_tostring(L, -2);
    if (luaL_loadfilex(L, path, "t") != LUA_OK) {
        explain_refusal(L);
        return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name, path,
                          lua_tostring(L, -1));
    }
    lua_pushvalue(L, -3);
    return 2;
}

void njlua_guard_loading(lua_State *L) {
    lua_getglobal(L, "load");
    lua_pushcclosure(L, load, 1);
    lua_setglobal(L, "load");
    lua_register(L, "loadfile", loadfile);
    lua_register(L, "dofile", dofile);
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers");
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, search_lua, 1);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
}

// MARK: debug

static int refused(lua_State *L) {
    return luaL_error(L, "debug.%s is not offered: it could break the safety of native objects",
                      lua_tostring(L, lua_upvalueindex(1)));
}

void njlua_guard_debug(lua_State *L) {
    static const char *const unsafe[] = {
        "debug",        "getmetatable", "getregistry",  "getupvalue",  "getuservalue",
        "sethook",      "setlocal",     "setmetatable", "setupvalue",  "setuservalue",
        "upvalueid",    "upvaluejoin",  "setcstacklimit", "gethook",
    };
    lua_getglobal(L, "debug");
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
        lua_pushstring(L, unsafe[i]);
        lua_pushcclosure(L, refused, 1);
        lua_setfield(L, -2, unsafe[i]);
    }
    lua_pop(L, 1);
}
