// The VM record: making it, running code on it, taking it apart.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bridge.h"
#include "cjson.h"

// An error nobody catches can only be "not enough memory" raised under an unprotected push. The frames between here and
// the nearest Lua frame may be Go's, so nothing may be unwound: the worker ends, and the master starts another one.
static int mg_panic(lua_State *L) {
    const char *why = lua_tostring(L, -1);
    if (why == NULL) {
        why = "?";
    }
    (void) !write(2, "lua atpanic: Lua VM crashed, reason: ", 37);
    (void) !write(2, why, strlen(why));
    (void) !write(2, "\n", 1);
    _exit(2);
}

static int mg_setup(lua_State *L) {
    mg_vm *vm = lua_touserdata(L, 1);
    if (lua_toboolean(L, 2)) {
        luaL_openlibs(L);
        mg_json_preload(L);
    }
    lua_newtable(L);
    vm->threads = luaL_ref(L, LUA_REGISTRYINDEX);
    vm->anchor = lua_newthread(L);
    luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

mg_vm *mg_vm_new(uint32_t id, int libs) {
    mg_vm *vm = calloc(1, sizeof(mg_vm));
    if (vm == NULL) {
        return NULL;
    }
    vm->id = id;
    vm->L = luaL_newstate();
    if (vm->L == NULL) {
        free(vm);
        return NULL;
    }
    lua_atpanic(vm->L, mg_panic);
    lua_pushcfunction(vm->L, mg_setup);
    lua_pushlightuserdata(vm->L, vm);
    lua_pushboolean(vm->L, libs);
    if (lua_pcall(vm->L, 2, 0, 0) != 0) {
        mg_vm_close(vm);
        return NULL;
    }
    mg_tape_grow(vm, 4096);
    return vm;
}

static void mg_free_retired(mg_vm *vm) {
    while (vm->retired != NULL) {
        void *next = *(void **) vm->retired;
        free(vm->retired);
        vm->retired = next;
    }
}

void mg_vm_close(mg_vm *vm) {
    lua_close(vm->L);  // may still call Go through __gc
    mg_free_retired(vm);
    free(vm->tape);
    free(vm->out);
    free(vm->flat);
    free(vm);
}

// How often Go may run Lua inside a call from Lua: each level takes C stack. LuaJIT's own limit is of this size too.
#define MG_MAX_NESTED 180

// A level of running: whatever an error below left half done on the tape is dropped at its end.
static void mg_leave(mg_vm *vm, uint32_t start, int32_t running) {
    vm->tape_len = start;
    vm->running = running;
    if (running == 0 && vm->retired != NULL) {
        mg_free_retired(vm);
    }
    if (start == 0 && vm->tape_cap > (1u << 20)) {
        char *t = realloc(vm->tape, 4096);
        if (t != NULL) {
            vm->tape = t;
            vm->tape_cap = 4096;
        }
    }
}

// Refuses to run: the reason goes to vm->out alone, nothing is left on the stack.
static int mg_refuse(mg_vm *vm, lua_State *L, int base, uint32_t start, int32_t running, const char *why) {
    lua_settop(L, base);
    mg_say(vm, why);
    mg_leave(vm, start, running);
    return MG_REFUSED;
}

// mg_resume starts or continues L. A thread that has yielded gets what the tape pushes as the results of its yield; a
// fresh one finds its function (and perhaps arguments) on its stack and on the tape.
int mg_resume(mg_vm *vm, lua_State *L, uint32_t start) {
    int32_t running = vm->running;
    int fresh = lua_status(L) == 0;
    int rc;

    if (vm->nested >= MG_MAX_NESTED) {
        return mg_refuse(vm, L, 0, start, running, "C stack overflow");
    }
    if (!fresh) {
        lua_settop(L, 0);
    }
    if (mg_tape_run(L, vm, start) < 0) {
        return mg_refuse(vm, L, 0, start, running, "stack overflow");
    }
    vm->tape_len = start;
    if (fresh && lua_gettop(L) == 0) {
        return mg_refuse(vm, L, 0, start, running, "cannot resume dead coroutine");
    }
    vm->nested++;
    rc = lua_resume(L, lua_gettop(L) - fresh);
    vm->nested--;
    mg_leave(vm, start, running);
    if (rc == 0 || rc == LUA_YIELD) {
        mg_read_out(vm, L, 1, lua_gettop(L));
    } else {
        mg_read_out(vm, L, -1, -1);
    }
    return rc;
}

// Adds the traceback of the place that raised, as lua-nginx-module's message handler does: strings only.
static int mg_message(lua_State *L) {
    if (lua_isstring(L, 1)) {
        luaL_traceback(L, L, lua_tostring(L, 1), 1);
    }
    return 1;
}

// mg_pcall calls the function that the tape pushes first, with the rest as arguments; when the tape pushes nothing, the
// function on top of the stack. Results stay on the stack of L in its place, and in vm->out.
int mg_pcall(mg_vm *vm, lua_State *L, uint32_t start, int traceback) {
    int32_t running = vm->running;
    int base = lua_gettop(L);
    int rc;

    if (vm->nested >= MG_MAX_NESTED) {
        return mg_refuse(vm, L, base, start, running, "C stack overflow");
    }
    if (!lua_checkstack(L, 8)) {
        return mg_refuse(vm, L, base, start, running, "stack overflow");
    }
    lua_pushcfunction(L, mg_message);
    if (mg_tape_run(L, vm, start) < 0) {
        return mg_refuse(vm, L, base, start, running, "stack overflow");
    }
    if (lua_gettop(L) == base + 1) {
        if (base == 0) {
            return mg_refuse(vm, L, base, start, running, "attempt to call a nil value");
        }
        lua_insert(L, base);
        base--;
    }
    vm->tape_len = start;
    vm->nested++;
    rc = lua_pcall(L, lua_gettop(L) - base - 2, LUA_MULTRET, traceback ? base + 1 : 0);
    vm->nested--;
    mg_leave(vm, start, running);
    lua_remove(L, base + 1);
    mg_read_out(vm, L, base + 1, lua_gettop(L));
    return rc;
}

static int mg_run_protected(lua_State *L) {
    mg_vm *vm = lua_touserdata(L, 1);
    uint32_t start = (uint32_t) lua_tonumber(L, 2);
    lua_settop(L, 0);
    if (mg_tape_run(L, vm, start) < 0) {
        return luaL_error(L, "stack overflow");
    }
    return lua_gettop(L);
}

// mg_do runs the tape under protection, on a stack of its own: nothing it does can unwind a Go frame. What it leaves is
// pushed onto the stack of L.
int mg_do(mg_vm *vm, lua_State *L, uint32_t start) {
    int32_t running = vm->running;
    int base = lua_gettop(L);
    int rc;

    if (vm->nested >= MG_MAX_NESTED) {
        return mg_refuse(vm, L, base, start, running, "C stack overflow");
    }
    if (!lua_checkstack(L, 8)) {
        return mg_refuse(vm, L, base, start, running, "stack overflow");
    }
    lua_pushcfunction(L, mg_run_protected);
    lua_pushlightuserdata(L, vm);
    lua_pushnumber(L, start);
    vm->nested++;
    rc = lua_pcall(L, 2, LUA_MULTRET, 0);
    vm->nested--;
    mg_leave(vm, start, running);
    mg_read_out(vm, L, base + 1, lua_gettop(L));
    return rc;
}

// mg_load compiles a chunk onto the stack of L; when it fails the message is there instead, and in vm->out.
int mg_load(mg_vm *vm, lua_State *L, const char *code, size_t len, const char *name, size_t name_len) {
    char small[256];
    char *s = small;
    int rc;

    if (!lua_checkstack(L, 4)) {
        return mg_refuse(vm, L, lua_gettop(L), vm->tape_len, vm->running, "stack overflow");
    }
    if (name_len >= sizeof(small)) {
        s = malloc(name_len + 1);
        if (s == NULL) {
            s = small;
            name_len = sizeof(small) - 1;
        }
    }
    memcpy(s, name, name_len);
    s[name_len] = 0;
    rc = luaL_loadbuffer(L, code, len, s);
    if (s != small) {
        free(s);
    }
    mg_read_out(vm, L, -1, -1);
    return rc;
}
