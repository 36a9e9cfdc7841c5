// Sends what scripts print to Swift: `print`, `io.write` and `io.stdout` share one stream, so
// that their order is kept.
#define _GNU_SOURCE
#include "bridge.h"
#include <sys/types.h>

static ssize_t write_to_swift(void *context, const char *bytes, size_t count) {
    njlua_Runtime *runtime = context;
    int native = runtime->native;
    runtime->native = 1;
    runtime->callbacks.write(runtime->owner, bytes, count);
    runtime->native = native;
    return (ssize_t)count;
}

void njlua_write(const void *bytes, size_t count) {
    if (count > 0) fwrite(bytes, 1, count, stdout);
    fflush(stdout);
}

/// `print`, with each line written at once.
static int print(lua_State *L) {
    int count = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&buffer, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&buffer);
    }
    luaL_addchar(&buffer, '\n');
    luaL_pushresult(&buffer);
    size_t size;
    const char *text = lua_tolstring(L, -1, &size);
    FILE *output = njlua_runtime(L)->output;
    fwrite(text, 1, size, output ? output : stdout);
    fflush(output ? output : stdout);
    return 0;
}

/// Scripts may close io.stdout, but the stream belongs to the runtime.
static int keep_open(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    stream->closef = keep_open;
    luaL_pushfail(L);
    lua_pushliteral(L, "cannot close standard file");
    return 2;
}

void njlua_open_output(lua_State *L, njlua_Runtime *runtime) {
    lua_register(L, "print", print);
    if (!runtime->callbacks.write) return;
    cookie_io_functions_t functions = {.write = write_to_swift};
    runtime->output = fopencookie(runtime, "w", functions);
    if (!runtime->output) return;
    setvbuf(runtime->output, NULL, _IONBF, 0);
    lua_getglobal(L, "io");
    lua_getfield(L, -1, "output");
    luaL_Stream *stream = lua_newuserdatauv(L, sizeof *stream, 0);
    stream->f = runtime->output;
    stream->closef = keep_open;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "stdout");
    lua_call(L, 1, 0);
    lua_pop(L, 1);
}
