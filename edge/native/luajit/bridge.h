// What C and Go share: the VM record, the values C hands to Go, the tape Go hands to C.
#ifndef MG_BRIDGE_H
#define MG_BRIDGE_H

#include <stddef.h>
#include <stdint.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

// A Lua value as Go sees it. Strings are views: they live as long as the value stays on its stack.
typedef struct {
    uint32_t type;  // LUA_T*, MG_TEND closes a flattened table
    uint32_t len;   // string: bytes; table: how many records its contents take
    uint64_t bits;  // number: the double; string, userdata, cdata, thread...: the address; boolean: 0 or 1
} mg_value;

#define MG_TCDATA 10
#define MG_TEND 100

// One VM. Allocated by C and freed by mg_vm_close; whoever holds the VM may touch it.
typedef struct mg_vm {
    lua_State *L;       // main thread
    lua_State *anchor;  // a thread that runs nothing: where threads and long strings are made

    char *tape;         // commands written by Go, run by C in one crossing
    uint32_t tape_len;
    uint32_t tape_cap;
    void *retired;      // tapes outgrown while they were being run

    mg_value *out;      // what the last resume, call or run left
    uint32_t out_len;
    uint32_t out_cap;

    mg_value *flat;     // the last flattened table
    uint32_t flat_len;
    uint32_t flat_cap;

    uint32_t id;        // index of the Go State
    int32_t running;    // depth of tape runs
    int32_t nested;     // how many resumes and calls from Go lie on the C stack
    int32_t threads;    // registry reference of the table that keeps threads alive
    int32_t stop;       // set by mg_interrupt, read atomically
} mg_vm;

// One call from Lua into Go. Lives on the C stack of the trampoline.
typedef struct {
    mg_vm *vm;
    lua_State *L;
    mg_value *args;
    void *exdata;
    int64_t data;
    int32_t nargs;
    uint32_t start;  // where the results begin on the tape
} mg_call;

// Commands of the tape. A command is {op, n}, eight bytes, then its payload padded to eight.
enum {
    MG_OP_NIL, MG_OP_FALSE, MG_OP_TRUE,
    MG_OP_NUM,      // double
    MG_OP_STR,      // n bytes
    MG_OP_LIGHT,    // pointer
    MG_OP_REF,      // n: registry reference
    MG_OP_TAKE,     // n: registry reference, released after the push
    MG_OP_TABLE,    // n: array slots; payload: hash slots
    MG_OP_SET,      // t k v -> t   (raw)
    MG_OP_SETI,     // t v -> t     (t[n] = v)
    MG_OP_GET,      // t k -> v     (raw)
    MG_OP_PAIR,     // n: key bytes; payload: value bytes (or -1 for true), key, value; duplicates become arrays
    MG_OP_META,     // n: registry reference of the metatable
    MG_OP_FUNC,     // n: id of the Go function; payload: its data
    MG_OP_ARG,      // n: stack index to push again
    MG_OP_COPY,     // n: index on another thread; payload: the thread
    MG_OP_XMOVE,    // n: how many; payload: the thread they come from
    MG_OP_EXDATA,   // payload: pointer kept with the thread
    MG_OP_HANDLE,   // n: metatable reference; payload: 64 bits inside a new userdata
    MG_OP_GLOBALS,  // push the globals table of the thread
    MG_OP_SETFENV,  // f t -> f
    MG_OP_SETGLOBALS, // t ->       (replace the globals table of the thread)
    MG_OP_SETMETA,  // t m -> t
    MG_OP_REMOVE,   // n: stack index
    MG_OP_POP       // n values
};

// What a Go function answers.
enum { MG_RETURN, MG_RAISE, MG_YIELD };

// Running: all return a lua status, or MG_REFUSED; results are in vm->out.
#define MG_REFUSED (-1)
mg_vm *mg_vm_new(uint32_t id, int libs);
void mg_vm_close(mg_vm *vm);
void mg_tape_grow(mg_vm *vm, uint32_t need);
int mg_tape_run(lua_State *L, mg_vm *vm, uint32_t start);
int mg_resume(mg_vm *vm, lua_State *L, uint32_t start);
int mg_pcall(mg_vm *vm, lua_State *L, uint32_t start, int traceback);
int mg_do(mg_vm *vm, lua_State *L, uint32_t start);
int mg_load(mg_vm *vm, lua_State *L, const char *code, size_t len, const char *name, size_t name_len);
int mg_long_string(mg_vm *vm, const char *s, size_t len);

// Threads and references.
lua_State *mg_thread_new(mg_vm *vm, int *ref);
void mg_thread_free(mg_vm *vm, int ref);
int mg_thread_reset(mg_vm *vm, lua_State *L);
int mg_ref(mg_vm *vm, lua_State *L, int idx);
void mg_unref(mg_vm *vm, int ref);

// Looking.
void mg_read(lua_State *L, int idx, mg_value *v);
void mg_read_out(mg_vm *vm, lua_State *L, int first, int last);
int mg_tonumber(mg_vm *vm, const char *s, size_t len, double *out);
void mg_say(mg_vm *vm, const char *text);
int mg_flatten(mg_vm *vm, lua_State *L, int idx, int depth);

typedef struct {
    int32_t line;
    int32_t defined;
    char kind;      // what[0] of lua_Debug: L C m t
    char named;     // namewhat[0]: m for a method, 0 when there is no name
    char src[LUA_IDSIZE];
    char name[70];
} mg_level;

int mg_level_at(lua_State *L, int level, mg_level *out);

// Stopping.
void mg_interrupt(mg_vm *vm);
void mg_interrupt_clear(mg_vm *vm);

// Preloaded modules.
int mg_preload(mg_vm *vm, const char *name, size_t name_len, const char *code, size_t len,
    const char *chunk, size_t chunk_len);

int mg_push_func(lua_State *L, mg_vm *vm, int id, int64_t data);

#endif
