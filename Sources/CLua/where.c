// Where a script is: file and line of the innermost Lua function, cheap enough for each operation.
#include "bridge.h"
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE = 1024, MOST_NAMES = 65536 };

typedef struct Name {
    struct Name *next;
    char text[];
} Name;

/// A copy of `text` that stays for ever; equal texts give the same address.
static const char *intern(const char *text) {
    static Name *table[TABLE];
    static int count;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    unsigned hash = 5381;
    for (const char *c = text; *c; c++) hash = hash * 33 + (unsigned char)*c;
    pthread_mutex_lock(&lock);
    Name **slot = &table[hash % TABLE], *name = *slot;
    while (name && strcmp(name->text, text) != 0) name = name->next;
    if (!name && count < MOST_NAMES && (name = malloc(sizeof(Name) + strlen(text) + 1))) {
        strcpy(name->text, text);
        name->next = *slot;
        *slot = name;
        count++;
    }
    pthread_mutex_unlock(&lock);
    return name ? name->text : "?";
}

bool njlua_where(njlua_Runtime *runtime, const char **source, int *line) {
    lua_State *L = runtime->running;
    lua_Debug record;
    for (int level = 0; lua_getstack(L, level, &record); level++) {
        lua_getinfo(L, "l", &record);
        if (record.currentline <= 0) continue;
        lua_getinfo(L, "S", &record);
        if (!runtime->last_source || strcmp(runtime->last_source, record.short_src) != 0)
            runtime->last_source = intern(record.short_src);
        *source = runtime->last_source;
        *line = record.currentline;
        return true;
    }
    return false;
}

bool njlua_where_active(const char **source, int *line) {
    return njlua_active && njlua_where(njlua_active, source, line);
}

static bool is_identifier(const char *text) {
    if (!text || !(isalpha((unsigned char)*text) || *text == '_')) return false;
    while (isalnum((unsigned char)*text) || *text == '_') text++;
    return *text == 0;
}

/// The name of the last local variable of a frame that holds the value at `index`.
static const char *local_name(lua_State *L, lua_Debug *frame, int index) {
    const char *name, *found = NULL;
    for (int n = 1; (name = lua_getlocal(L, frame, n)); n++) {
        if (lua_rawequal(L, -1, index) && is_identifier(name)) found = name;
        lua_pop(L, 1);
    }
    return found;
}

/// The name of an upvalue of the function at the top that holds the value at `index`.
static const char *upvalue_name(lua_State *L, int index) {
    const char *name;
    for (int n = 1; (name = lua_getupvalue(L, -1, n)); n++) {
        bool found = lua_rawequal(L, -1, index) && is_identifier(name);
        lua_pop(L, 1);
        if (found) return name;
    }
    return NULL;
}

static const char *global_name(lua_State *L, int index) {
    const char *found = NULL;
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    while (!found && lua_next(L, -2)) {
        if (lua_rawequal(L, -1, index) && lua_type(L, -2) == LUA_TSTRING && is_identifier(lua_tostring(L, -2)))
            found = lua_tostring(L, -2);
        lua_pop(L, 1);
    }
    return found;
}

const char *njlua_variable_name(lua_State *L, int index) {
    lua_Debug frame;
    int top = lua_gettop(L);
    index = lua_absindex(L, index);
    // Nothing here may raise: names are handed out where they lie.
    if (!lua_checkstack(L, 8) || !lua_getstack(L, 1, &frame)) return NULL;
    const char *name = local_name(L, &frame, index);
    if (!name) {
        lua_getinfo(L, "f", &frame);
        name = upvalue_name(L, index);
    }
    if (!name) name = global_name(L, index);
    lua_settop(L, top);
    return name;
}
