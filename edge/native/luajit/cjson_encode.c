// cjson.encode: a Lua value into JSON text, in one growing buffer.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cjson.h"

#define MG_NUMBER_ROOM 32
#define MG_BUFFER_KEPT (4u << 20)

static void mg_grow(lua_State *L, mg_json *j, size_t more) {
    size_t cap = j->cap ? j->cap : 1024;
    char *p;

    while (cap - j->len < more) {
        if (cap > SIZE_MAX / 4) {
            luaL_error(L, "not enough memory");
        }
        cap *= 2;
    }
    p = realloc(j->buf, cap);
    if (p == NULL) {
        luaL_error(L, "not enough memory");
    }
    j->buf = p;
    j->cap = cap;
}

static inline char *mg_room(lua_State *L, mg_json *j, size_t n) {
    if (j->cap - j->len < n) {
        mg_grow(L, j, n);
    }
    return j->buf + j->len;
}

static inline void mg_byte(lua_State *L, mg_json *j, char c) {
    *mg_room(L, j, 1) = c;
    j->len++;
}

static inline void mg_text(lua_State *L, mg_json *j, const char *s, size_t n) {
    memcpy(mg_room(L, j, n), s, n);
    j->len += n;
}

static int mg_refuse_value(lua_State *L, mg_json *j, int idx, const char *why) {
    if (!j->keep_buffer) {
        free(j->buf);
        j->buf = NULL;
        j->cap = 0;
    }
    return luaL_error(L, "Cannot serialise %s: %s", lua_typename(L, lua_type(L, idx)), why);
}

// What a byte of a string becomes: 0 itself, 'u' \u00XX, '/' a slash that may stay, anything else the letter behind "\".
static const unsigned char mg_escape[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', [127] = 'u'
};

static void mg_string(lua_State *L, mg_json *j, int idx) {
    static const char hex[] = "0123456789abcdef";
    size_t n, i, from = 0;
    const unsigned char *s = (const unsigned char *) lua_tolstring(L, idx, &n);
    char *out, *p;

    if (n > SIZE_MAX / 6 - 2) {
        luaL_error(L, "not enough memory");
    }
    p = out = mg_room(L, j, n * 6 + 2);  // the worst case, so nothing is checked below
    *p++ = '"';
    for (i = 0; i < n; i++) {
        unsigned char e = mg_escape[s[i]];
        if (e == 0 || (e == '/' && !j->escape_slash)) {
            continue;
        }
        memcpy(p, s + from, i - from);
        p += i - from;
        from = i + 1;
        *p++ = '\\';
        *p++ = (char) e;
        if (e == 'u') {
            *p++ = '0';
            *p++ = '0';
            *p++ = hex[s[i] >> 4];
            *p++ = hex[s[i] & 15];
        }
    }
    memcpy(p, s + from, n - from);
    p += n - from;
    *p++ = '"';
    j->len += (size_t) (p - out);
}

static void mg_number(lua_State *L, mg_json *j, int idx) {
    static const double limit[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};
    double f = lua_tonumber(L, idx);
    double size = fabs(f);
    char digits[24], *p = digits + sizeof(digits);
    int n;

    if (!(size <= 1.7976931348623157e308)) {
        if (j->encode_invalid == 0) {
            mg_refuse_value(L, j, idx, "must not be NaN or Infinity");
        } else if (j->encode_invalid == 2) {
            mg_text(L, j, "null", 4);
        } else if (f != f) {
            mg_text(L, j, "NaN", 3);
        } else if (f < 0) {
            mg_text(L, j, "-Infinity", 9);
        } else {
            mg_text(L, j, "Infinity", 8);
        }
        return;
    }
    // An integer of no more digits than the precision is printed as "%.14g" would: as it is.
    if (size < limit[j->precision] && size == (double) (int64_t) size && !(f == 0 && signbit(f))) {
        uint64_t u = (uint64_t) size;
        do {
            *--p = (char) ('0' + u % 10);
            u /= 10;
        } while (u != 0);
        if (f < 0) {
            *--p = '-';
        }
        mg_text(L, j, p, (size_t) (digits + sizeof(digits) - p));
        return;
    }
    n = snprintf(mg_room(L, j, MG_NUMBER_ROOM), MG_NUMBER_ROOM, "%.*g", j->precision, f);
    j->len += (size_t) n;
}

// The length of the table on top if it is an array, -1 if it is not: one key that is no positive integer decides.
static int mg_array_length(lua_State *L, mg_json *j) {
    double max = 0;
    int items = 0;

    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        double k;
        if (lua_type(L, -2) != LUA_TNUMBER || (k = lua_tonumber(L, -2)) < 1 || k != floor(k)) {
            lua_pop(L, 2);
            return -1;
        }
        if (k > max) {
            max = k;
        }
        items++;
        lua_pop(L, 1);
    }
    if (j->sparse_ratio > 0 && max > (double) items * j->sparse_ratio && max > j->sparse_safe) {
        if (!j->sparse_convert) {
            mg_refuse_value(L, j, -1, "excessively sparse array");
        }
        return -1;
    }
    return max > 2147483647.0 ? -1 : (int) max;
}

static void mg_newline(lua_State *L, mg_json *j, int depth) {
    size_t n;
    int i;

    if (j->indent == NULL) {
        return;
    }
    n = strlen(j->indent);
    mg_byte(L, j, '\n');
    for (i = 0; i < depth; i++) {
        mg_text(L, j, j->indent, n);
    }
}

static int mg_value_out(lua_State *L, mg_json *j, int depth);

static void mg_array_out(lua_State *L, mg_json *j, int depth, int n) {
    int i, some = 0;

    mg_byte(L, j, '[');
    for (i = 1; i <= n; i++) {
        size_t mark = j->len;
        if (some) {
            mg_byte(L, j, ',');
        }
        mg_newline(L, j, depth);
        lua_rawgeti(L, -1, i);
        if (mg_value_out(L, j, depth)) {
            some = 1;
        } else {
            j->len = mark;
        }
        lua_pop(L, 1);
    }
    if (some) {
        mg_newline(L, j, depth - 1);
    }
    mg_byte(L, j, ']');
}

static void mg_object_out(lua_State *L, mg_json *j, int depth) {
    int some = 0;

    mg_byte(L, j, '{');
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        size_t mark = j->len;
        if (some) {
            mg_byte(L, j, ',');
        }
        mg_newline(L, j, depth);
        switch (lua_type(L, -2)) {
        case LUA_TSTRING:
            mg_string(L, j, -2);
            break;
        case LUA_TNUMBER:
            mg_byte(L, j, '"');
            mg_number(L, j, -2);
            mg_byte(L, j, '"');
            break;
        default:
            mg_refuse_value(L, j, -2, "table key must be a number or string");
        }
        mg_byte(L, j, ':');
        if (j->indent != NULL) {
            mg_byte(L, j, ' ');
        }
        if (mg_value_out(L, j, depth)) {
            some = 1;
        } else {
            j->len = mark;
        }
        lua_pop(L, 1);
    }
    if (some) {
        mg_newline(L, j, depth - 1);
    }
    mg_byte(L, j, '}');
}

static int mg_tagged(lua_State *L, void *key) {
    int is;

    if (!lua_getmetatable(L, -1)) {
        return 0;
    }
    lua_pushlightuserdata(L, key);
    lua_rawget(L, LUA_REGISTRYINDEX);
    is = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is;
}

static void mg_table_out(lua_State *L, mg_json *j, int depth) {
    int n;

    if (depth > j->encode_depth || !lua_checkstack(L, 4)) {
        luaL_error(L, "Cannot serialise, excessive depth (%d)", depth);
    }
    if (mg_tagged(L, &mg_json_array)) {
        mg_array_out(L, j, depth, (int) lua_objlen(L, -1));
        return;
    }
    n = mg_array_length(L, j);
    if (n > 0 || (n == 0 && (!j->empty_as_object || mg_tagged(L, &mg_json_empty_array)))) {
        mg_array_out(L, j, depth, n);
    } else {
        mg_object_out(L, j, depth);
    }
}

// Writes the value on top of the stack; 0 when it is of a type that is skipped.
static int mg_value_out(lua_State *L, mg_json *j, int depth) {
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        mg_string(L, j, -1);
        return 1;
    case LUA_TNUMBER:
        mg_number(L, j, -1);
        return 1;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, -1)) {
            mg_text(L, j, "true", 4);
        } else {
            mg_text(L, j, "false", 5);
        }
        return 1;
    case LUA_TTABLE:
        mg_table_out(L, j, depth + 1);
        return 1;
    case LUA_TNIL:
        mg_text(L, j, "null", 4);
        return 1;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, -1) == NULL) {
            mg_text(L, j, "null", 4);
            return 1;
        }
        if (lua_touserdata(L, -1) == &mg_json_array) {
            mg_text(L, j, "[]", 2);
            return 1;
        }
    }
    if (!j->skip_unsupported) {
        mg_refuse_value(L, j, -1, "type not supported");
    }
    return 0;
}

int mg_json_encode(lua_State *L) {
    mg_json *j = lua_touserdata(L, lua_upvalueindex(1));

    luaL_argcheck(L, lua_gettop(L) == 1, 1, "expected 1 argument");
    j->len = 0;
    mg_value_out(L, j, 0);
    lua_pushlstring(L, j->len ? j->buf : "", j->len);
    if (!j->keep_buffer || j->cap > MG_BUFFER_KEPT) {
        free(j->buf);
        j->buf = NULL;
        j->cap = 0;
    }
    return 1;
}
