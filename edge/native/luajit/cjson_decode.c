// cjson.decode: JSON text into Lua values, by recursive descent over the tokens of cjson_token.c. Messages are lua-cjson's.
#include <stdint.h>
#include <string.h>
#include "cjson.h"

static const char *const mg_kind_names[] = {
    "T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER", "T_BOOLEAN", "T_NULL", "T_COLON",
    "T_COMMA", "T_END", "T_ERROR", "T_UNKNOWN"
};

static int mg_unexpected(mg_parse *s, const char *wanted) {
    const char *found = s->kind == T_ERROR ? s->text : mg_kind_names[s->kind];
    return luaL_error(s->L, "Expected %s but found %s at character %d", wanted, found, (int) s->at + 1);
}

static void mg_descend(mg_parse *s) {
    s->depth++;
    if (s->depth > s->j->decode_depth || !lua_checkstack(s->L, 4)) {
        luaL_error(s->L, "Found too many nested data structures (%d) at character %d", s->depth, (int) (s->p - s->data));
    }
}

static void mg_value_in(mg_parse *s);

static void mg_object_in(mg_parse *s) {
    mg_descend(s);
    lua_newtable(s->L);
    mg_json_next(s);
    if (s->kind != T_OBJ_END) {
        for (;;) {
            if (s->kind != T_STRING) {
                mg_unexpected(s, "object key string");
            }
            lua_pushlstring(s->L, s->text, s->len);
            mg_json_next(s);
            if (s->kind != T_COLON) {
                mg_unexpected(s, "colon");
            }
            mg_json_next(s);
            mg_value_in(s);
            lua_rawset(s->L, -3);
            mg_json_next(s);
            if (s->kind == T_OBJ_END) {
                break;
            }
            if (s->kind != T_COMMA) {
                mg_unexpected(s, "comma or object end");
            }
            mg_json_next(s);
        }
    }
    s->depth--;
}

static void mg_array_in(mg_parse *s) {
    int i;

    mg_descend(s);
    lua_newtable(s->L);
    if (s->j->array_mt) {
        lua_pushlightuserdata(s->L, &mg_json_array);
        lua_rawget(s->L, LUA_REGISTRYINDEX);
        lua_setmetatable(s->L, -2);
    }
    mg_json_next(s);
    if (s->kind != T_ARR_END) {
        for (i = 1;; i++) {
            mg_value_in(s);
            lua_rawseti(s->L, -2, i);
            mg_json_next(s);
            if (s->kind == T_ARR_END) {
                break;
            }
            if (s->kind != T_COMMA) {
                mg_unexpected(s, "comma or array end");
            }
            mg_json_next(s);
        }
    }
    s->depth--;
}

static void mg_value_in(mg_parse *s) {
    switch (s->kind) {
    case T_STRING:
        lua_pushlstring(s->L, s->text, s->len);
        return;
    case T_NUMBER:
        lua_pushnumber(s->L, s->number);
        return;
    case T_BOOLEAN:
        lua_pushboolean(s->L, s->truth);
        return;
    case T_NULL:
        lua_pushlightuserdata(s->L, NULL);
        return;
    case T_OBJ_BEGIN:
        mg_object_in(s);
        return;
    case T_ARR_BEGIN:
        mg_array_in(s);
        return;
    default:
        mg_unexpected(s, "value");
    }
}

int mg_json_decode(lua_State *L) {
    mg_parse s;
    size_t n;

    memset(&s, 0, sizeof(s));
    luaL_argcheck(L, lua_gettop(L) == 1, 1, "expected 1 argument");
    s.L = L;
    s.j = lua_touserdata(L, lua_upvalueindex(1));
    s.data = s.p = luaL_checklstring(L, 1, &n);
    s.end = s.data + n;
    // Two bytes can't be enough to tell, but no JSON text of theirs begins otherwise (RFC 4627 section 3).
    if (n >= 2 && (s.data[0] == 0 || s.data[1] == 0)) {
        luaL_error(L, "JSON parser does not support UTF-16 or UTF-32");
    }
    mg_json_next(&s);
    mg_value_in(&s);
    mg_json_next(&s);
    if (s.kind != T_END) {
        mg_unexpected(&s, "the end");
    }
    return 1;
}
