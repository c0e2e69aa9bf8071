// The tokens of JSON text, for cjson_decode.c. What is let pass beyond the grammar (control characters in strings, numbers as strtod
// reads them) and the places of errors are lua-cjson's.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "cjson.h"

// A byte outside of strings: its kind plus one, 0 for what can't begin a token.
#define MG_IS(kind) (kind + 1)
static const unsigned char mg_first[256] = {
    [0] = MG_IS(T_END),
    ['{'] = MG_IS(T_OBJ_BEGIN), ['}'] = MG_IS(T_OBJ_END), ['['] = MG_IS(T_ARR_BEGIN), [']'] = MG_IS(T_ARR_END),
    [':'] = MG_IS(T_COLON), [','] = MG_IS(T_COMMA),
    ['"'] = MG_IS(T_OTHER), ['-'] = MG_IS(T_OTHER), ['+'] = MG_IS(T_OTHER),
    ['0' ... '9'] = MG_IS(T_OTHER),
    ['f'] = MG_IS(T_OTHER), ['i'] = MG_IS(T_OTHER), ['I'] = MG_IS(T_OTHER), ['n'] = MG_IS(T_OTHER),
    ['N'] = MG_IS(T_OTHER), ['t'] = MG_IS(T_OTHER)
};

static void mg_bad(mg_parse *s, const char *why) {
    s->kind = T_ERROR;
    s->at = (size_t) (s->p - s->data);
    s->text = why;
}

static int mg_hex4(const char *p) {
    int i, v = 0;
    for (i = 0; i < 4; i++) {
        int c = (unsigned char) p[i], d;
        if (c >= '0' && c <= '9') {
            d = c - '0';
        } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
            d = (c | 32) - 'a' + 10;
        } else {
            return -1;  // a NUL at the end of the text comes by here too, before anything behind it is read
        }
        v = v << 4 | d;
    }
    return v;
}

// \uXXXX, or two of them for a character beyond U+FFFF, at s->p: writes UTF-8, or returns NULL.
static char *mg_unicode(mg_parse *s, char *out) {
    int c = mg_hex4(s->p + 2), low;

    if (c < 0 || (c & 0xFC00) == 0xDC00) {
        return NULL;
    }
    s->p += 6;
    if ((c & 0xFC00) == 0xD800) {
        if (s->p[0] != '\\' || s->p[1] != 'u' || (low = mg_hex4(s->p + 2)) < 0 || (low & 0xFC00) != 0xDC00) {
            s->p -= 6;
            return NULL;
        }
        c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
        s->p += 6;
    }
    if (c < 0x80) {
        *out++ = (char) c;
    } else if (c < 0x800) {
        *out++ = (char) (0xC0 | c >> 6);
        *out++ = (char) (0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char) (0xE0 | c >> 12);
        *out++ = (char) (0x80 | (c >> 6 & 63));
        *out++ = (char) (0x80 | (c & 63));
    } else {
        *out++ = (char) (0xF0 | c >> 18);
        *out++ = (char) (0x80 | (c >> 12 & 63));
        *out++ = (char) (0x80 | (c >> 6 & 63));
        *out++ = (char) (0x80 | (c & 63));
    }
    return out;
}

// Escaped text never gets longer, so a buffer of the size of the whole input always suffices.
static char *mg_unescape_room(mg_parse *s) {
    size_t need = (size_t) (s->end - s->data) + 1;
    if (s->j->cap < need) {
        char *p = realloc(s->j->buf, need);
        if (p == NULL) {
            luaL_error(s->L, "not enough memory");
        }
        s->j->buf = p;
        s->j->cap = need;
    }
    return s->j->buf;
}

static void mg_token_string(mg_parse *s) {
    const char *from = ++s->p;
    char *out, *o;

    while (*s->p != '"' && *s->p != '\\' && *s->p != 0) {
        s->p++;
    }
    if (*s->p == '"') {
        s->kind = T_STRING;
        s->text = from;
        s->len = (size_t) (s->p - from);
        s->p++;
        return;
    }
    out = mg_unescape_room(s);
    o = out + (s->p - from);
    memcpy(out, from, (size_t) (s->p - from));
    for (;;) {
        char c = *s->p;
        if (c == '"') {
            break;
        }
        if (c == 0) {
            mg_bad(s, "unexpected end of string");
            return;
        }
        if (c == '\\') {
            switch (s->p[1]) {
            case '"': case '\\': case '/': c = s->p[1]; break;
            case 'b': c = '\b'; break;
            case 't': c = '\t'; break;
            case 'n': c = '\n'; break;
            case 'f': c = '\f'; break;
            case 'r': c = '\r'; break;
            case 'u':
                o = mg_unicode(s, o);
                if (o == NULL) {
                    mg_bad(s, "invalid unicode escape code");
                    return;
                }
                continue;
            default:
                mg_bad(s, "invalid escape code");
                return;
            }
            s->p++;
        }
        *o++ = c;
        s->p++;
    }
    s->p++;
    s->kind = T_STRING;
    s->text = out;
    s->len = (size_t) (o - out);
}

// What strtod reads but JSON does not have: hexadecimal, leading zeros, inf, nan, a plus.
static int mg_not_json(const char *p) {
    if (*p == '+') {
        return 1;
    }
    if (*p == '-') {
        p++;
    }
    if (*p == '0') {
        return (p[1] | 32) == 'x' || (p[1] >= '0' && p[1] <= '9');
    }
    return *p > '9' && (strncasecmp(p, "inf", 3) == 0 || strncasecmp(p, "nan", 3) == 0);
}

static void mg_token_number(mg_parse *s) {
    const char *p = s->p;
    char *end;
    int minus = *p == '-';
    int64_t n = 0;

    // Integers of up to 15 digits need no strtod.
    p += minus;
    while (*p >= '0' && *p <= '9' && p - s->p < 16) {
        n = n * 10 + (*p++ - '0');
    }
    s->kind = T_NUMBER;
    if (p > s->p + minus && p - s->p < 16 && *p != '.' && (*p | 32) != 'e' && (*p | 32) != 'x' && (n != 0 || !minus)) {
        s->number = minus ? -(double) n : (double) n;
        s->p = p;
        return;
    }
    s->number = strtod(s->p, &end);
    if (end == s->p) {
        mg_bad(s, "invalid number");
        return;
    }
    s->p = end;
}

static int mg_comment(mg_parse *s) {
    const char *p = s->p;
    if (p[1] == '/') {
        p += strcspn(p, "\n");
    } else if (p[1] == '*') {
        p = strstr(p + 2, "*/");
        if (p == NULL) {
            return 0;
        }
        p += 2;
    } else {
        return 0;
    }
    s->p = p;
    return 1;
}

void mg_json_next(mg_parse *s) {
    unsigned char c;
    int kind;

    for (;;) {
        c = (unsigned char) *s->p;
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            s->p++;
        } else if (c != '/' || !s->j->comments || !mg_comment(s)) {
            break;
        }
    }
    s->at = (size_t) (s->p - s->data);
    kind = mg_first[c] - 1;
    if (kind < 0) {
        mg_bad(s, "invalid token");
        return;
    }
    s->kind = (mg_kind) kind;
    if (kind == T_END) {
        return;
    }
    if (kind != T_OTHER) {
        s->p++;
        return;
    }
    if (c == '"') {
        mg_token_string(s);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        if (!s->j->decode_invalid && mg_not_json(s->p)) {
            mg_bad(s, "invalid number");
        } else {
            mg_token_number(s);
        }
    } else if (strncmp(s->p, "true", 4) == 0) {
        s->kind = T_BOOLEAN;
        s->truth = 1;
        s->p += 4;
    } else if (strncmp(s->p, "false", 5) == 0) {
        s->kind = T_BOOLEAN;
        s->truth = 0;
        s->p += 5;
    } else if (strncmp(s->p, "null", 4) == 0) {
        s->kind = T_NULL;
        s->p += 4;
    } else if (s->j->decode_invalid && mg_not_json(s->p)) {
        mg_token_number(s);
    } else {
        mg_bad(s, "invalid token");
    }
}
