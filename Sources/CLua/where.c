// Where a script is: file and line of the innermost Lua function, cheap enough for each operation.
#include "bridge.h"
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
