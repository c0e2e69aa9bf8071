// Compiling and matching. What matching needs (ovector, limits, JIT stack) belongs to the OS thread, so that two
// threads of one worker never meet, whoever holds the VM.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bridge.h"

#define MG_MATCH_LIMIT 10000000   // PCRE2's own default, made explicit
#define MG_HEAP_LIMIT (64 * 1024) // KiB
#define MG_JIT_STACK (1024 * 1024)
#define MG_JIT_STACK_MIN (32 * 1024)
#define MG_DFA_WORKSPACE 100      // ints, as lua-nginx-module has it

typedef struct {
    pcre2_match_data *data;
    uint32_t pairs;
    pcre2_match_context *engine;
    pcre2_match_context *lua;
    pcre2_jit_stack *engine_stack;
    pcre2_jit_stack *lua_stack;
    uint32_t version;  // of the settings that lua was made with
} mg_thread;

static __thread mg_thread *mg_this;
static pthread_key_t mg_key;
static pthread_once_t mg_once = PTHREAD_ONCE_INIT;

static uint32_t mg_lua_match_limit, mg_lua_jit_stack, mg_lua_version = 1;

static void mg_thread_end(void *p) {
    mg_thread *t = p;
    pcre2_match_data_free(t->data);
    pcre2_match_context_free(t->engine);
    pcre2_match_context_free(t->lua);
    pcre2_jit_stack_free(t->engine_stack);
    pcre2_jit_stack_free(t->lua_stack);
    free(t);
}

static void mg_make_key(void) {
    pthread_key_create(&mg_key, mg_thread_end);
}

static mg_thread *mg_thread_start(void) {
    mg_thread *t = calloc(1, sizeof(mg_thread));
    if (t == NULL) {
        return NULL;
    }
    t->engine = pcre2_match_context_create(NULL);
    t->engine_stack = pcre2_jit_stack_create(MG_JIT_STACK_MIN, MG_JIT_STACK, NULL);
    if (t->engine == NULL) {
        mg_thread_end(t);
        return NULL;
    }
    pcre2_set_match_limit(t->engine, MG_MATCH_LIMIT);
    pcre2_set_heap_limit(t->engine, MG_HEAP_LIMIT);
    if (t->engine_stack != NULL) {
        pcre2_jit_stack_assign(t->engine, NULL, t->engine_stack);
    }
    pthread_once(&mg_once, mg_make_key);
    pthread_setspecific(mg_key, t);
    mg_this = t;
    return t;
}

static pcre2_match_context *mg_lua_context(mg_thread *t) {
    uint32_t version = __atomic_load_n(&mg_lua_version, __ATOMIC_ACQUIRE);
    if (t->lua != NULL && t->version == version) {
        return t->lua;
    }
    pcre2_match_context_free(t->lua);
    pcre2_jit_stack_free(t->lua_stack);
    t->lua_stack = NULL;
    t->lua = pcre2_match_context_create(NULL);
    if (t->lua == NULL) {
        return NULL;
    }
    t->version = version;
    pcre2_set_heap_limit(t->lua, MG_HEAP_LIMIT);
    pcre2_set_match_limit(t->lua, mg_lua_match_limit ? mg_lua_match_limit : MG_MATCH_LIMIT);
    if (mg_lua_jit_stack) {
        t->lua_stack = pcre2_jit_stack_create(MG_JIT_STACK_MIN, mg_lua_jit_stack, NULL);
        if (t->lua_stack != NULL) {
            pcre2_jit_stack_assign(t->lua, NULL, t->lua_stack);
        }
    }
    return t->lua;
}

void mg_regex_set_lua(uint32_t match_limit, uint32_t jit_stack) {
    mg_lua_match_limit = match_limit;
    mg_lua_jit_stack = jit_stack;
    __atomic_add_fetch(&mg_lua_version, 1, __ATOMIC_RELEASE);
}

mg_regex *mg_regex_compile(const char *pattern, size_t len, int flags, uint32_t options, int *code, size_t *offset) {
    mg_regex *re = calloc(1, sizeof(mg_regex));
    uint32_t n;

    *offset = len;
    if (pattern == NULL) {
        pattern = "";
    }
    if (re == NULL) {
        *code = PCRE2_ERROR_NOMEMORY;
        return NULL;
    }
    re->code = pcre2_compile((PCRE2_SPTR) pattern, len, options, code, offset, NULL);
    if (re->code == NULL) {
        free(re);
        return NULL;
    }
    if (flags & MG_RE_JIT) {
        re->jit_error = pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
    }
    pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &n);
    re->ncaptures = (flags & MG_RE_DFA) ? 0 : (int) n;
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &n);
    re->name_count = (int) n;
    if (n > 0) {
        pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &n);
        re->name_entry_size = (int) n;
        pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &re->name_table);
    }
    return re;
}

// mg_regex_match returns what pcre2_match does and fills out with at most pairs pairs of offsets, -1 where a group took no
// part.
int mg_regex_match(mg_regex *re, int flags, const char *s, size_t len, size_t pos, int32_t *out, int pairs) {
    mg_thread *t = mg_this;
    pcre2_match_context *context;
    uint32_t need = (flags & MG_RE_DFA) ? 1 : (uint32_t) re->ncaptures + 1, options = 0;
    size_t *ov;
    int rc, i, n;

    if (s == NULL) {
        s = "";  // Go's empty string; PCRE2 before 10.41 wants an address
    }
    if (t == NULL && (t = mg_thread_start()) == NULL) {
        return PCRE2_ERROR_NOMEMORY;
    }
    context = (flags & MG_RE_LUA) ? mg_lua_context(t) : t->engine;
    if (context == NULL) {
        return PCRE2_ERROR_NOMEMORY;
    }
    if (need > t->pairs) {
        pcre2_match_data_free(t->data);
        t->pairs = need < 16 ? 16 : need;
        t->data = pcre2_match_data_create(t->pairs, NULL);
        if (t->data == NULL) {
            t->pairs = 0;
            return PCRE2_ERROR_NOMEMORY;
        }
    }
    if (flags & MG_RE_NO_UTF_CHECK) {
        options = PCRE2_NO_UTF_CHECK;
    }
    if (flags & MG_RE_DFA) {
        int workspace[MG_DFA_WORKSPACE];
        rc = pcre2_dfa_match(re->code, (PCRE2_SPTR) s, len, pos, options, t->data, context, workspace, MG_DFA_WORKSPACE);
        if (rc >= 0) {
            rc = 1;  // the longest; shorter ones aren't wanted
        }
    } else {
        rc = pcre2_match(re->code, (PCRE2_SPTR) s, len, pos, options, t->data, context);
    }
    if (rc < 0) {
        return rc;
    }
    ov = pcre2_get_ovector_pointer(t->data);
    n = (int) need < pairs ? (int) need : pairs;
    for (i = 0; i < n; i++) {
        if (i >= rc || ov[2 * i] == PCRE2_UNSET) {
            out[2 * i] = -1;
            out[2 * i + 1] = -1;
        } else {
            out[2 * i] = (int32_t) ov[2 * i];
            out[2 * i + 1] = (int32_t) ov[2 * i + 1];
        }
    }
    return rc;
}

int mg_regex_message(int code, char *buf, size_t size) {
    return pcre2_get_error_message(code, (PCRE2_UCHAR *) buf, size);
}

size_t mg_regex_size(mg_regex *re) {
    size_t size = 0, jit = 0;
    pcre2_pattern_info(re->code, PCRE2_INFO_SIZE, &size);
    pcre2_pattern_info(re->code, PCRE2_INFO_JITSIZE, &jit);
    return size + jit;
}

// For Lua's FFI: the same, with the arguments and the error text of ngx_http_lua_ffi_compile_regex.
mg_regex *moongate_ffi_regex_compile(const unsigned char *pattern, size_t len, int flags, int options,
    unsigned char *err, size_t err_size) {
    int code;
    size_t offset;
    char why[128];
    mg_regex *re = mg_regex_compile((const char *) pattern, len, flags, (uint32_t) options, &code, &offset);

    if (re == NULL) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *) why, sizeof(why));
        if (offset >= len) {
            snprintf((char *) err, err_size, "pcre2_compile() failed: %s in \"%.*s\"", why, (int) len, pattern);
        } else {
            snprintf((char *) err, err_size, "pcre2_compile() failed: %s in \"%.*s\" at \"%.*s\"", why, (int) len, pattern,
                (int) (len - offset), pattern + offset);
        }
        return NULL;
    }
    re->captures = malloc((size_t) (re->ncaptures + 1) * 2 * sizeof(int));
    if (re->captures == NULL) {
        moongate_ffi_regex_destroy(re);
        snprintf((char *) err, err_size, "no memory");
        return NULL;
    }
    return re;
}

int moongate_ffi_regex_exec(mg_regex *re, int flags, const unsigned char *s, size_t len, int pos) {
    return mg_regex_match(re, flags | MG_RE_LUA, (const char *) s, len, (size_t) pos, re->captures, re->ncaptures + 1);
}

void moongate_ffi_regex_destroy(mg_regex *re) {
    pcre2_code_free(re->code);
    free(re->captures);
    free(re);
}
