// JSON for Lua: what cjson.c, cjson_encode.c and cjson_decode.c share.
#ifndef MG_CJSON_H
#define MG_CJSON_H

#include <stddef.h>
#include <lua.h>
#include <lauxlib.h>

#define MG_JSON_VERSION "2.1.0.14"

// The settings of one module instance (cjson.new makes another), and its output buffer. Lives in a userdata.
typedef struct {
    char *buf;
    size_t len;
    size_t cap;
    int sparse_convert;
    int sparse_ratio;
    int sparse_safe;
    int encode_depth;
    int decode_depth;
    int precision;
    int keep_buffer;
    int encode_invalid;  // 0 refused, 1 as NaN and Infinity, 2 as null
    int decode_invalid;
    int array_mt;        // decoded arrays get cjson.array_mt
    int escape_slash;
    int empty_as_object;
    int skip_unsupported;
    int comments;
    const char *indent;  // kept alive by the registry, NULL for none
} mg_json;

// Their addresses name things: cjson.empty_array, and the two metatables in the registry.
extern char mg_json_array, mg_json_empty_array;

// One text being read.
typedef enum {
    T_OBJ_BEGIN, T_OBJ_END, T_ARR_BEGIN, T_ARR_END, T_STRING, T_NUMBER, T_BOOLEAN, T_NULL, T_COLON, T_COMMA, T_END,
    T_ERROR, T_OTHER
} mg_kind;

typedef struct {
    lua_State *L;
    mg_json *j;
    const char *data, *end, *p;
    int depth;
    // the token read last
    mg_kind kind;
    size_t at;
    const char *text;  // of a string, or why it is an error
    size_t len;
    double number;
    int truth;
} mg_parse;

// Reads the next token into s.
void mg_json_next(mg_parse *s);

int mg_json_encode(lua_State *L);
int mg_json_decode(lua_State *L);

// Opens the module; registered in package.preload by mg_json_preload.
int mg_json_open(lua_State *L);
int mg_json_open_safe(lua_State *L);
void mg_json_preload(lua_State *L);

#endif
