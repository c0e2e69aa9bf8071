// Running the tape that Go has written.
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include "bridge.h"

// While a tape is being run a finalizer may call Go, which may write more tape: the part being run must stay where it
// is, so an outgrown tape is only put aside, and freed when nothing runs.
void mg_tape_grow(mg_vm *vm, uint32_t need) {
    uint64_t cap = vm->tape_cap ? vm->tape_cap : 4096;
    char *t;

    while (cap < (uint64_t) vm->tape_len + need) {
        cap *= 2;
    }
    t = cap <= UINT32_MAX ? malloc(cap) : NULL;
    if (t == NULL) {
        fputs("lua: no memory for arguments\n", stderr);
        abort();
    }
    if (vm->tape != NULL) {
        memcpy(t, vm->tape, vm->tape_len);
        if (vm->running > 0) {
            *(void **) vm->tape = vm->retired;
            vm->retired = vm->tape;
        } else {
            free(vm->tape);
        }
    }
    vm->tape = t;
    vm->tape_cap = (uint32_t) cap;
}

// {k, v} into the table on top: a key seen before turns into an array of its values, as ngx.req.get_headers does.
static void mg_pair(lua_State *L, const char *p, uint32_t klen) {
    int64_t vlen = *(const int64_t *) p;
    p += 8;
    lua_pushlstring(L, p, klen);
    if (vlen < 0) {
        lua_pushboolean(L, 1);
    } else {
        lua_pushlstring(L, p + klen, (size_t) vlen);
    }
    lua_pushvalue(L, -2);
    lua_rawget(L, -4);
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        lua_pop(L, 1);
        lua_rawset(L, -3);
        break;
    case LUA_TTABLE:
        lua_insert(L, -2);
        lua_rawseti(L, -2, (int) lua_objlen(L, -2) + 1);
        lua_pop(L, 2);
        break;
    default:  // t k new old
        lua_createtable(L, 2, 0);
        lua_insert(L, -3);       // t k arr new old
        lua_rawseti(L, -3, 1);
        lua_rawseti(L, -2, 2);   // t k arr
        lua_rawset(L, -3);
    }
}

// A key that a table can't have would raise; the pair is dropped instead.
static void mg_set(lua_State *L) {
    if (lua_isnil(L, -2) || (lua_type(L, -2) == LUA_TNUMBER && lua_tonumber(L, -2) != lua_tonumber(L, -2))) {
        lua_pop(L, 2);
        return;
    }
    lua_rawset(L, -3);
}

#define PAD(n) (((size_t) (n) + 7) & ~(size_t) 7)

// mg_tape_run runs [start, tape_len) on L and returns how many values that pushed, or -1 when the stack is full.
int mg_tape_run(lua_State *L, mg_vm *vm, uint32_t start) {
    const char *base = vm->tape;
    const char *p = base + start, *end = base + vm->tape_len;
    int before = lua_gettop(L), room = 0;

    vm->running++;
    while (p < end) {
        uint32_t op = ((const uint32_t *) p)[0];
        int32_t n = ((const int32_t *) p)[1];
        p += 8;
        if (room <= 0) {
            if (!lua_checkstack(L, 40)) {
                vm->running--;
                return -1;
            }
            room = 32;
        }
        room--;
        switch (op) {
        case MG_OP_NIL:
            lua_pushnil(L);
            break;
        case MG_OP_FALSE:
        case MG_OP_TRUE:
            lua_pushboolean(L, op == MG_OP_TRUE);
            break;
        case MG_OP_NUM:
            lua_pushnumber(L, *(const double *) p);
            p += 8;
            break;
        case MG_OP_STR:
            lua_pushlstring(L, p, (uint32_t) n);
            p += PAD((uint32_t) n);
            break;
        case MG_OP_LIGHT:
            lua_pushlightuserdata(L, *(void *const *) p);
            p += 8;
            break;
        case MG_OP_REF:
            lua_rawgeti(L, LUA_REGISTRYINDEX, n);
            break;
        case MG_OP_TAKE:
            lua_rawgeti(L, LUA_REGISTRYINDEX, n);
            luaL_unref(L, LUA_REGISTRYINDEX, n);
            break;
        case MG_OP_TABLE:
            lua_createtable(L, n, (int) *(const int64_t *) p);
            p += 8;
            break;
        case MG_OP_SET:
            mg_set(L);
            break;
        case MG_OP_SETI:
            lua_rawseti(L, -2, n);
            break;
        case MG_OP_GET:
            lua_rawget(L, -2);
            lua_remove(L, -2);
            break;
        case MG_OP_PAIR: {
            int64_t vlen = *(const int64_t *) p;
            mg_pair(L, p, (uint32_t) n);
            p += 8 + PAD((uint32_t) n + (vlen < 0 ? 0 : (size_t) vlen));
            break;
        }
        case MG_OP_META:
            lua_rawgeti(L, LUA_REGISTRYINDEX, n);
            lua_setmetatable(L, -2);
            break;
        case MG_OP_SETMETA:
            lua_setmetatable(L, -2);
            break;
        case MG_OP_FUNC:
            mg_push_func(L, vm, n, *(const int64_t *) p);
            p += 8;
            break;
        case MG_OP_ARG:
            lua_pushvalue(L, n);
            break;
        case MG_OP_COPY: {
            lua_State *from = *(lua_State *const *) p;
            p += 8;
            if (from == L) {
                lua_pushvalue(L, n);
            } else if (lua_checkstack(from, 1)) {
                lua_pushvalue(from, n);
                lua_xmove(from, L, 1);
            }
            break;
        }
        case MG_OP_XMOVE: {
            lua_State *from = *(lua_State *const *) p;
            p += 8;
            if (!lua_checkstack(L, n + 8)) {
                vm->running--;
                return -1;
            }
            room = 0;
            lua_xmove(from, L, n);
            break;
        }
        case MG_OP_EXDATA:
            lua_setexdata(L, *(void *const *) p);
            p += 8;
            break;
        case MG_OP_HANDLE:
            *(int64_t *) lua_newuserdata(L, 8) = *(const int64_t *) p;
            p += 8;
            if (n > 0) {
                lua_rawgeti(L, LUA_REGISTRYINDEX, n);
                lua_setmetatable(L, -2);
            }
            break;
        case MG_OP_GLOBALS:
            lua_pushvalue(L, LUA_GLOBALSINDEX);
            break;
        case MG_OP_SETFENV:
            lua_setfenv(L, -2);
            break;
        case MG_OP_SETGLOBALS:
            lua_replace(L, LUA_GLOBALSINDEX);
            break;
        case MG_OP_REMOVE:
            lua_remove(L, n);
            break;
        case MG_OP_POP:
            lua_pop(L, n);
            break;
        }
    }
    vm->running--;
    return lua_gettop(L) - before;
}
