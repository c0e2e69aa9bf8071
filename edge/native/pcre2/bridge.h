// A compiled pattern as C, Go and Lua's FFI share it.
#ifndef MG_PCRE2_H
#define MG_PCRE2_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stddef.h>
#include <stdint.h>

#define MG_EXPORT __attribute__((visibility("default"), used))

// How to match, by name of the option of ngx.re.
enum {
    MG_RE_ONCE = 1,
    MG_RE_DFA = 2,
    MG_RE_JIT = 4,
    MG_RE_DUPNAMES = 8,
    MG_RE_NO_UTF_CHECK = 16,
    MG_RE_LUA = 32  // limits and JIT stack are those set for Lua
};

// The fields up to captures lie where lua-resty-core's regex.lua looks for them.
typedef struct {
    void *unused;
    const unsigned char *name_table;
    int name_count;
    int name_entry_size;
    int ncaptures;
    int *captures;
    pcre2_code *code;
    int jit_error;
} mg_regex;

MG_EXPORT mg_regex *moongate_ffi_regex_compile(const unsigned char *pattern, size_t len, int flags, int options,
    unsigned char *err, size_t err_size);
MG_EXPORT int moongate_ffi_regex_exec(mg_regex *re, int flags, const unsigned char *s, size_t len, int pos);
MG_EXPORT void moongate_ffi_regex_destroy(mg_regex *re);

mg_regex *mg_regex_compile(const char *pattern, size_t len, int flags, uint32_t options, int *code, size_t *offset);
int mg_regex_match(mg_regex *re, int flags, const char *s, size_t len, size_t pos, int32_t *out, int pairs);
void mg_regex_set_lua(uint32_t match_limit, uint32_t jit_stack);
int mg_regex_message(int code, char *buf, size_t size);
size_t mg_regex_size(mg_regex *re);

#endif
