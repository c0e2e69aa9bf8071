// Reading values: one by one into records, tables into a flat list of records.
#include <stdlib.h>
#include <string.h>
#include "bridge.h"

void mg_read(lua_State *L, int idx, mg_value *v) {
    int t = lua_type(L, idx);
    v->type = (uint32_t) t;
    v->len = 0;
    switch (t) {
    case LUA_TNUMBER: {
        double d = lua_tonumber(L, idx);
        memcpy(&v->bits, &d, 8);
        break;
    }
    case LUA_TSTRING: {
        size_t n;
        v->bits = (uint64_t) (uintptr_t) lua_tolstring(L, idx, &n);
        v->len = (uint32_t) n;
        break;
    }
    case LUA_TBOOLEAN:
        v->bits = (uint64_t) lua_toboolean(L, idx);
        break;
    case LUA_TNIL:
        v->bits = 0;
        break;
    case LUA_TLIGHTUSERDATA:
    case LUA_TUSERDATA:
        v->bits = (uint64_t) (uintptr_t) lua_touserdata(L, idx);
        v->len = t == LUA_TUSERDATA ? (uint32_t) lua_objlen(L, idx) : 0;
        break;
    case LUA_TTHREAD:
        v->bits = (uint64_t) (uintptr_t) lua_tothread(L, idx);
        break;
    default:
        v->bits = (uint64_t) (uintptr_t) lua_topointer(L, idx);
    }
}

static mg_value *mg_room(mg_value **list, uint32_t *cap, uint32_t need) {
    if (need > *cap) {
        uint32_t c = *cap ? *cap : 16;
        mg_value *p;
        while (c < need) {
            c *= 2;
        }
        p = realloc(*list, (size_t) c * sizeof(mg_value));
        if (p == NULL) {
            return NULL;
        }
        *list = p;
        *cap = c;
    }
    return *list;
}

// mg_read_out puts first..last of the stack into vm->out.
void mg_read_out(mg_vm *vm, lua_State *L, int first, int last) {
    uint32_t n = last >= first ? (uint32_t) (last - first + 1) : 0, i;
    vm->out_len = 0;
    if (n == 0 || mg_room(&vm->out, &vm->out_cap, n) == NULL) {
        return;
    }
    for (i = 0; i < n; i++) {
        mg_read(L, first + (int) i, &vm->out[i]);
    }
    vm->out_len = n;
}

// mg_say makes a text of the program the only result.
void mg_say(mg_vm *vm, const char *text) {
    vm->out_len = 0;
    if (mg_room(&vm->out, &vm->out_cap, 1) != NULL) {
        vm->out[0].type = LUA_TSTRING;
        vm->out[0].len = (uint32_t) strlen(text);
        vm->out[0].bits = (uint64_t) (uintptr_t) text;
        vm->out_len = 1;
    }
}

static int mg_flat_add(mg_vm *vm, lua_State *L, int idx, int depth) {
    uint32_t at = vm->flat_len;

    if (mg_room(&vm->flat, &vm->flat_cap, at + 2) == NULL) {
        return -1;
    }
    mg_read(L, idx, &vm->flat[at]);
    vm->flat_len = at + 1;
    if (vm->flat[at].type != LUA_TTABLE || depth == 0) {
        return 0;
    }
    if (!lua_checkstack(L, 4)) {
        return -1;
    }
    lua_pushnil(L);
    while (lua_next(L, idx)) {
        int top = lua_gettop(L);
        if (mg_flat_add(vm, L, top - 1, 0) || mg_flat_add(vm, L, top, depth - 1)) {
            lua_settop(L, top - 2);
            return -1;
        }
        lua_pop(L, 1);
    }
    if (mg_room(&vm->flat, &vm->flat_cap, vm->flat_len + 1) == NULL) {
        return -1;
    }
    vm->flat[vm->flat_len].type = MG_TEND;
    vm->flat[vm->flat_len].len = 0;
    vm->flat[vm->flat_len].bits = 0;
    vm->flat_len++;
    vm->flat[at].len = vm->flat_len - at - 2;
    return 0;
}

// mg_flatten lists the value at idx into vm->flat: a table as its record, then key, value, key, value..., then an end.
// Tables deeper than depth stay records with len 0. No metamethod is asked.
int mg_flatten(mg_vm *vm, lua_State *L, int idx, int depth) {
    int top = lua_gettop(L);
    vm->flat_len = 0;
    if (mg_flat_add(vm, L, idx, depth)) {
        lua_settop(L, top);
        return -1;
    }
    return 0;
}

int mg_tonumber(mg_vm *vm, const char *s, size_t len, double *out) {
    int ok = 0;
    if (len > 4096) {
        return 0;
    }
    lua_pushlstring(vm->anchor, s, len);
    *out = lua_tonumberx(vm->anchor, -1, &ok);
    lua_pop(vm->anchor, 1);
    return ok;
}

int mg_level_at(lua_State *L, int level, mg_level *out) {
    lua_Debug ar;
    if (!lua_getstack(L, level, &ar) || !lua_getinfo(L, "Snl", &ar)) {
        return 0;
    }
    out->line = ar.currentline;
    out->defined = ar.linedefined;
    out->kind = ar.what[0];
    out->named = ar.namewhat[0];
    memcpy(out->src, ar.short_src, sizeof(out->src));
    out->src[sizeof(out->src) - 1] = 0;
    strncpy(out->name, ar.name ? ar.name : "?", sizeof(out->name) - 1);
    out->name[sizeof(out->name) - 1] = 0;
    return 1;
}

// Compiles a preloaded module the first time somebody requires it.
static int mg_preload_loader(lua_State *L) {
    size_t len;
    const char *code = lua_tolstring(L, lua_upvalueindex(1), &len);
    if (luaL_loadbuffer(L, code, len, lua_tostring(L, lua_upvalueindex(2))) != 0) {
        return luaL_error(L, "error loading module '%s':\n\t%s", lua_tostring(L, 1), lua_tostring(L, -1));
    }
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

typedef struct {
    const char *name, *code, *chunk;
    size_t name_len, len, chunk_len;
} mg_module;

static int mg_make_preload(lua_State *L) {
    mg_module *m = lua_touserdata(L, 1);
    luaL_findtable(L, LUA_GLOBALSINDEX, "package.preload", 4);
    lua_pushlstring(L, m->name, m->name_len);
    lua_pushlstring(L, m->code, m->len);
    lua_pushlstring(L, m->chunk, m->chunk_len);
    lua_pushcclosure(L, mg_preload_loader, 2);
    lua_rawset(L, -3);
    return 0;
}

int mg_preload(mg_vm *vm, const char *name, size_t name_len, const char *code, size_t len,
    const char *chunk, size_t chunk_len) {
    mg_module m = { name, code, chunk, name_len, len, chunk_len };
    int rc = lua_cpcall(vm->L, mg_make_preload, &m);
    if (rc != 0) {
        mg_read_out(vm, vm->L, -1, -1);
        lua_pop(vm->L, 1);
    }
    return rc;
}
