// Objects that stand for one number, in the standard library's functions that want numbers.
#include "bridge.h"
#include <ctype.h>
#include <string.h>

/// Replaces the userdata at `index` by what its metamethod `__number` gives, if that is a number.
static void to_number(lua_State *L, int index) {
    if (luaL_getmetafield(L, index, "__number") == LUA_TNIL) return;
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    if (lua_type(L, -1) == LUA_TNUMBER) lua_replace(L, index);
    else lua_pop(L, 1);
}

static int original(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int with_numbers(lua_State *L) {
    for (int i = lua_gettop(L); i > 0; i--)
        if (UNLIKELY(lua_type(L, i) == LUA_TUSERDATA)) to_number(L, i);
    return original(L);
}

/// `string.format`: only what the format wants as a number, so that `%s` shows the object.
static int format(lua_State *L) {
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "";
    int argument = 1;
    while ((text = strchr(text, '%'))) {
        text++;
        if (*text == '%') {
            text++;
            continue;
        }
        text += strspn(text, "-+ #0123456789.");
        argument++;
        if (*text && strchr("cdiuoxXaAeEfFgG", *text) && lua_type(L, argument) == LUA_TUSERDATA) to_number(L, argument);
    }
    return original(L);
}

/// Wraps a C function without upvalues in the table at the top.
static void wrap(lua_State *L, const char *name, lua_CFunction wrapper) {
    if (lua_getfield(L, -1, name) != LUA_TFUNCTION || !lua_iscfunction(L, -1)) {
        lua_pop(L, 1);
        return;
    }
    lua_pushcclosure(L, wrapper, 1);
    lua_setfield(L, -2, name);
}

void njlua_open_numbers(lua_State *L) {
    static const char *const math[] = {
        "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "log", "max", "min", "modf", "rad",
        "sin", "sqrt", "tan", "tointeger", "ult", NULL,
    };
    lua_getglobal(L, "math");
    for (int i = 0; math[i]; i++) wrap(L, math[i], with_numbers);
    lua_getglobal(L, "string");
    wrap(L, "format", format);
    wrap(L, "rep", with_numbers);
    lua_pushglobaltable(L);
    wrap(L, "tonumber", with_numbers);
    lua_pop(L, 3);
}
