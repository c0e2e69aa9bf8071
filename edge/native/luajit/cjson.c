// The Lua modules cjson and cjson.safe: settings and tables of functions. The surface, the defaults and the error texts
// are those of OpenResty's lua-cjson, whose users depend on them.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cjson.h"

char mg_json_array, mg_json_empty_array;

static mg_json *mg_json_of(lua_State *L, int max) {
    luaL_argcheck(L, lua_gettop(L) <= max, max + 1, "found too many arguments");
    while (lua_gettop(L) < max) {
        lua_pushnil(L);
    }
    return lua_touserdata(L, lua_upvalueindex(1));
}

static int mg_json_flag(lua_State *L, int *value) {
    if (!lua_isnil(L, 1)) {
        luaL_checktype(L, 1, LUA_TBOOLEAN);
        *value = lua_toboolean(L, 1);
    }
    lua_pushboolean(L, *value);
    return 1;
}

// A boolean or one of "off", "on" and perhaps more.
static void mg_json_choice(lua_State *L, int idx, int *value, const char *const *names) {
    if (lua_isboolean(L, idx)) {
        *value = lua_toboolean(L, idx);
    } else if (!lua_isnil(L, idx)) {
        *value = luaL_checkoption(L, idx, NULL, names);
    }
    if (*value > 1) {
        lua_pushstring(L, names[*value]);
    } else {
        lua_pushboolean(L, *value);
    }
}

static void mg_json_integer(lua_State *L, int idx, int *value, int min, int max) {
    char why[64];
    if (!lua_isnil(L, idx)) {
        lua_Integer n = luaL_checkinteger(L, idx);
        snprintf(why, sizeof(why), "expected integer between %d and %d", min, max);
        luaL_argcheck(L, min <= n && n <= max, idx, why);
        *value = (int) n;
    }
    lua_pushinteger(L, *value);
}

static const char *const mg_json_switch[] = {"off", "on", NULL};
static const char *const mg_json_number[] = {"off", "on", "null", NULL};

static int mg_json_sparse(lua_State *L) {
    mg_json *j = mg_json_of(L, 3);
    mg_json_choice(L, 1, &j->sparse_convert, mg_json_switch);
    mg_json_integer(L, 2, &j->sparse_ratio, 0, INT_MAX);
    mg_json_integer(L, 3, &j->sparse_safe, 0, INT_MAX);
    return 3;
}

static int mg_json_encode_depth(lua_State *L) {
    mg_json_integer(L, 1, &mg_json_of(L, 1)->encode_depth, 1, INT_MAX);
    return 1;
}

static int mg_json_decode_depth(lua_State *L) {
    mg_json_integer(L, 1, &mg_json_of(L, 1)->decode_depth, 1, INT_MAX);
    return 1;
}

static int mg_json_precision(lua_State *L) {
    mg_json_integer(L, 1, &mg_json_of(L, 1)->precision, 1, 16);
    return 1;
}

static int mg_json_keep(lua_State *L) {
    mg_json *j = mg_json_of(L, 1);
    mg_json_choice(L, 1, &j->keep_buffer, mg_json_switch);
    return 1;
}

static int mg_json_encode_nan(lua_State *L) {
    mg_json_choice(L, 1, &mg_json_of(L, 1)->encode_invalid, mg_json_number);
    return 1;
}

static int mg_json_decode_nan(lua_State *L) {
    mg_json_choice(L, 1, &mg_json_of(L, 1)->decode_invalid, mg_json_switch);
    return 1;
}

static int mg_json_slash(lua_State *L) { return mg_json_flag(L, &mg_json_of(L, 1)->escape_slash); }
static int mg_json_empty(lua_State *L) { return mg_json_flag(L, &mg_json_of(L, 1)->empty_as_object); }
static int mg_json_skip(lua_State *L) { return mg_json_flag(L, &mg_json_of(L, 1)->skip_unsupported); }
static int mg_json_with_mt(lua_State *L) { return mg_json_flag(L, &mg_json_of(L, 1)->array_mt); }
static int mg_json_allow_comment(lua_State *L) { return mg_json_flag(L, &mg_json_of(L, 1)->comments); }

// The string must outlive the call: the registry keeps it under the address of the settings plus one.
static int mg_json_set_indent(lua_State *L) {
    mg_json *j = mg_json_of(L, 1);
    if (!lua_isnil(L, 1)) {
        const char *s = luaL_checkstring(L, 1);
        lua_pushlightuserdata(L, (char *) j + 1);
        lua_pushvalue(L, 1);
        lua_rawset(L, LUA_REGISTRYINDEX);
        j->indent = *s ? s : NULL;
    }
    lua_pushstring(L, j->indent != NULL ? j->indent : "");
    return 1;
}

static int mg_json_gc(lua_State *L) {
    mg_json *j = lua_touserdata(L, 1);
    free(j->buf);
    j->buf = NULL;
    return 0;
}

// cjson.safe: nil and the message instead of an error. The message has no place in front, since the caller of the
// function that raised it is C.
static int mg_json_protected(lua_State *L) {
    luaL_argcheck(L, lua_gettop(L) == 1, 1, "expected 1 argument");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    switch (lua_pcall(L, 1, 1, 0)) {
    case 0:
        return 1;
    case LUA_ERRMEM:
        return luaL_error(L, "Memory allocation error in CJSON protected call");
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

static int mg_json_new(lua_State *L) { lua_settop(L, 0); return mg_json_open(L); }
static int mg_json_new_safe(lua_State *L) { lua_settop(L, 0); return mg_json_open_safe(L); }

static void mg_json_metatable(lua_State *L, void *key, const char *field) {
    lua_pushlightuserdata(L, key);
    lua_rawget(L, LUA_REGISTRYINDEX);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushlightuserdata(L, key);
        lua_pushvalue(L, -2);
        lua_rawset(L, LUA_REGISTRYINDEX);
    }
    lua_setfield(L, -2, field);
}

int mg_json_open(lua_State *L) {
    static const luaL_Reg funcs[] = {
        {"encode", mg_json_encode},
        {"decode", mg_json_decode},
        {"encode_empty_table_as_object", mg_json_empty},
        {"decode_array_with_array_mt", mg_json_with_mt},
        {"decode_allow_comment", mg_json_allow_comment},
        {"encode_sparse_array", mg_json_sparse},
        {"encode_max_depth", mg_json_encode_depth},
        {"decode_max_depth", mg_json_decode_depth},
        {"encode_number_precision", mg_json_precision},
        {"encode_keep_buffer", mg_json_keep},
        {"encode_invalid_numbers", mg_json_encode_nan},
        {"decode_invalid_numbers", mg_json_decode_nan},
        {"encode_escape_forward_slash", mg_json_slash},
        {"encode_skip_unsupported_value_types", mg_json_skip},
        {"encode_indent", mg_json_set_indent},
        {"new", mg_json_new},
        {NULL, NULL}
    };
    const luaL_Reg *f;
    mg_json *j;

    lua_createtable(L, 0, 24);
    j = lua_newuserdata(L, sizeof(mg_json));
    memset(j, 0, sizeof(mg_json));
    j->sparse_ratio = 2;
    j->sparse_safe = 10;
    j->encode_depth = j->decode_depth = 1000;
    j->precision = 14;
    j->keep_buffer = j->decode_invalid = j->escape_slash = j->empty_as_object = 1;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, mg_json_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    for (f = funcs; f->name != NULL; f++) {
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, f->func, 1);
        lua_setfield(L, -3, f->name);
    }
    lua_pop(L, 1);

    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_pushlightuserdata(L, &mg_json_array);
    lua_setfield(L, -2, "empty_array");
    mg_json_metatable(L, &mg_json_empty_array, "empty_array_mt");
    mg_json_metatable(L, &mg_json_array, "array_mt");
    lua_pushliteral(L, "cjson");
    lua_setfield(L, -2, "_NAME");
    lua_pushliteral(L, MG_JSON_VERSION);
    lua_setfield(L, -2, "_VERSION");
    return 1;
}

int mg_json_open_safe(lua_State *L) {
    static const char *const names[] = {"decode", "encode", NULL};
    int i;

    mg_json_open(L);
    for (i = 0; names[i] != NULL; i++) {
        lua_getfield(L, -1, names[i]);
        lua_pushcclosure(L, mg_json_protected, 1);
        lua_setfield(L, -2, names[i]);
    }
    lua_pushcfunction(L, mg_json_new_safe);
    lua_setfield(L, -2, "new");
    return 1;
}

static int mg_json_require(lua_State *L) { lua_settop(L, 0); return mg_json_open(L); }
static int mg_json_require_safe(lua_State *L) { lua_settop(L, 0); return mg_json_open_safe(L); }

void mg_json_preload(lua_State *L) {
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "preload");
    lua_pushcfunction(L, mg_json_require);
    lua_setfield(L, -2, "cjson");
    lua_pushcfunction(L, mg_json_require_safe);
    lua_setfield(L, -2, "cjson.safe");
    lua_pop(L, 2);
}
