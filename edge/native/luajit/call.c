// The trampoline: Lua calls it, it calls Go, and only after Go has returned does it push, raise or yield. So every
// unwinding starts in C and ends in the VM, and no Go frame lies between.
#include <string.h>
#include "bridge.h"
#include "_cgo_export.h"

#define MG_INLINE 12

static int mg_stop_message(lua_State *L) {
    return luaL_error(L, "interrupted: the worker is shutting down");
}

static int mg_trampoline(lua_State *L) {
    mg_value room[MG_INLINE];
    mg_call c;
    uint32_t start;
    int answer, n, i;

    c.vm = lua_touserdata(L, lua_upvalueindex(1));
    if (__atomic_load_n(&c.vm->stop, __ATOMIC_RELAXED)) {
        return mg_stop_message(L);
    }
    c.L = L;
    c.nargs = lua_gettop(L);
    c.args = room;
    if (c.nargs > MG_INLINE) {
        c.args = lua_newuserdata(L, (size_t) c.nargs * sizeof(mg_value));
    }
    for (i = 0; i < c.nargs; i++) {
        mg_read(L, i + 1, &c.args[i]);
    }
    c.data = (int64_t) lua_tonumber(L, lua_upvalueindex(3));
    c.exdata = lua_getexdata(L);
    start = c.vm->tape_len;
    c.start = start;

    answer = mg_go_call(&c, (int32_t) lua_tointeger(L, lua_upvalueindex(2)));

    if (c.vm->tape_len == start) {
        n = 0;
    } else {
        n = mg_tape_run(L, c.vm, start);
        c.vm->tape_len = start;
        if (n < 0) {
            return luaL_error(L, "stack overflow");
        }
    }
    switch (answer) {
    case MG_RAISE:
        if (n == 0) {
            lua_pushnil(L);
        }
        return lua_error(L);
    case MG_YIELD:
        return lua_yield(L, n);
    }
    return n;
}

int mg_push_func(lua_State *L, mg_vm *vm, int id, int64_t data) {
    lua_pushlightuserdata(L, vm);
    lua_pushinteger(L, id);
    lua_pushnumber(L, (lua_Number) data);
    lua_pushcclosure(L, mg_trampoline, 3);
    return 1;
}

static void mg_hook(lua_State *L, lua_Debug *ar) {
    (void) ar;
    mg_stop_message(L);
}

// lua_sethook only writes the dispatch table of the VM, which is why debuggers call it from signal handlers; here it
// comes from another thread. Code already compiled doesn't look at hooks: it stops at its next call into Go.
void mg_interrupt(mg_vm *vm) {
    __atomic_store_n(&vm->stop, 1, __ATOMIC_RELAXED);
    lua_sethook(vm->L, mg_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void mg_interrupt_clear(mg_vm *vm) {
    __atomic_store_n(&vm->stop, 0, __ATOMIC_RELAXED);
    lua_sethook(vm->L, NULL, 0, 0);
}
