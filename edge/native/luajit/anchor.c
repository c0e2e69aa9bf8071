// Threads, references and long strings: what is made on the anchor thread, under protection.
#include <stdlib.h>
#include <string.h>
#include "bridge.h"

typedef struct {
    mg_vm *vm;
    const char *s;
    size_t len;
    int ref;
} mg_long;

static int mg_make_long(lua_State *L) {
    mg_long *p = lua_touserdata(L, 1);
    lua_pushlstring(L, p->s, p->len);
    p->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

// mg_long_string makes a string straight from Go's memory, so that long bodies aren't copied through the tape.
int mg_long_string(mg_vm *vm, const char *s, size_t len) {
    mg_long p = { vm, s, len, LUA_NOREF };
    if (lua_cpcall(vm->anchor, mg_make_long, &p) != 0) {
        lua_settop(vm->anchor, 0);
        return LUA_NOREF;
    }
    return p.ref;
}

static int mg_open_thread(lua_State *L) {
    mg_long *p = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->vm->threads);
    p->s = (const char *) lua_newthread(L);
    p->ref = luaL_ref(L, -2);
    return 0;
}

lua_State *mg_thread_new(mg_vm *vm, int *ref) {
    mg_long p = { vm, NULL, 0, LUA_NOREF };
    if (lua_cpcall(vm->anchor, mg_open_thread, &p) != 0) {
        lua_settop(vm->anchor, 0);
        return NULL;
    }
    *ref = p.ref;
    return (lua_State *) p.s;
}

void mg_thread_free(mg_vm *vm, int ref) {
    lua_rawgeti(vm->anchor, LUA_REGISTRYINDEX, vm->threads);
    luaL_unref(vm->anchor, -1, ref);
    lua_settop(vm->anchor, 0);
}

int mg_thread_reset(mg_vm *vm, lua_State *L) {
    lua_resetthread(vm->L, L);
    return lua_status(L);
}

static int mg_make_ref(lua_State *L) {
    mg_long *p = lua_touserdata(L, 1);
    lua_State *from = (lua_State *) p->s;
    lua_pushvalue(from, (int) p->len);
    lua_xmove(from, L, 1);
    p->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

int mg_ref(mg_vm *vm, lua_State *L, int idx) {
    mg_long p = { vm, (const char *) L, (size_t) idx, LUA_NOREF };
    if (!lua_checkstack(L, 1)) {
        return LUA_NOREF;
    }
    if (lua_cpcall(vm->anchor, mg_make_ref, &p) != 0) {
        lua_settop(vm->anchor, 0);
        return LUA_NOREF;
    }
    return p.ref;
}

void mg_unref(mg_vm *vm, int ref) {
    luaL_unref(vm->anchor, LUA_REGISTRYINDEX, ref);
}
