// Boxes: userdata that hold one reference to a Swift object.
#include "bridge.h"

/// Its address marks a box: no other userdata can hold it at the same place.
static const char mark;

typedef struct {
    const void *mark;
    void *object;
    int tag;
} Box;

static Box *to_box(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(Box)) return NULL;
    Box *box = lua_touserdata(L, index);
    return box->mark == &mark ? box : NULL;
}

void njlua_push_box(lua_State *L, int metatable, int tag, void *object) {
    Box *box = lua_newuserdatauv(L, sizeof(Box), 1);
    *box = (Box){&mark, NULL, tag};
    lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
    lua_setmetatable(L, -2);
    // Only now: a box that failed half-way must not release what it was never given.
    box->object = object;
}

bool njlua_is_box(lua_State *L, int index) { return to_box(L, index) != NULL; }

void *njlua_box_object(lua_State *L, int index) {
    Box *box = to_box(L, index);
    return box ? box->object : NULL;
}

int njlua_box_tag(lua_State *L, int index) {
    Box *box = to_box(L, index);
    return box ? box->tag : 0;
}

void njlua_close_box_at(lua_State *L, int index) {
    Box *box = to_box(L, index);
    if (!box || !box->object) return;
    void *object = box->object;
    box->object = NULL;
    njlua_runtime(L)->callbacks.release(object);
}

int njlua_close_box(lua_State *L) {
    if (lua_gettop(L) > 0) njlua_close_box_at(L, 1);
    return 0;
}

int njlua_equal_boxes(lua_State *L) {
    lua_settop(L, 2);
    void *object = njlua_box_object(L, 1);
    lua_pushboolean(L, object && object == njlua_box_object(L, 2));
    return 1;
}

// MARK: Fields of instances

/// Looks the key at `key` up in the table at `upvalue`; leaves the value only if there is one.
static bool find(lua_State *L, int key, int upvalue) {
    lua_pushvalue(L, key);
    if (lua_rawget(L, upvalue) != LUA_TNIL) return true;
    lua_pop(L, 1);
    return false;
}

static int instance_index(lua_State *L) {
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TSTRING) {
        if (find(L, 2, lua_upvalueindex(1))) return 1;
        if (find(L, 2, lua_upvalueindex(2))) {
            void *getter = lua_touserdata(L, -1);
            lua_settop(L, 1);
            return njlua_invoke(L, njlua_runtime(L), getter);
        }
    }
    return njlua_invoke(L, njlua_runtime(L), lua_touserdata(L, lua_upvalueindex(3)));
}

static int instance_newindex(lua_State *L) {
    lua_settop(L, 3);
    if (lua_type(L, 2) == LUA_TSTRING && find(L, 2, lua_upvalueindex(1))) {
        void *setter = lua_touserdata(L, -1);
        lua_settop(L, 3);
        lua_remove(L, 2);
        return njlua_invoke(L, njlua_runtime(L), setter);
    }
    return njlua_invoke(L, njlua_runtime(L), lua_touserdata(L, lua_upvalueindex(2)));
}

void njlua_push_instance_index(lua_State *L, void *fallback) {
    lua_pushlightuserdata(L, fallback);
    lua_pushcclosure(L, instance_index, 3);
}

void njlua_push_instance_newindex(lua_State *L, void *fallback) {
    lua_pushlightuserdata(L, fallback);
    lua_pushcclosure(L, instance_newindex, 2);
}
