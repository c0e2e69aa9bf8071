// Text in other clothes, for Lua's FFI: percent-encoding, base64, SQL quotes, hexadecimal. Bytes in, bytes out; the VM is not
// touched, so compiled Lua code calls these in a few nanoseconds.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MG_FFI __attribute__((visibility("default"), used))

// What each type of ngx.escape_uri encodes besides control characters: ngx_http_lua_escape_uri in
// ngx_http_lua_util.c, whose tables differ from nginx's own.
enum { MG_ESCAPES = 9 };
static const struct {
    const char *plain;  // encoded besides
    int controls, high; // 0x00-0x1F; 0x7F-0xFF
} mg_escape_sets[MG_ESCAPES] = {
    {" #%?", 1, 1},
    {" #%+?", 1, 1},
    {" \"#$%&+,/:;<=>?@[\\]^`{|}", 1, 1},
    {" \"#%'", 1, 1},
    {" \"%'", 1, 1},
    {" %", 1, 0},
    {" %", 1, 0},
    {" \"(),/:;<=>?@[\\]{}", 1, 1},
    {"", 2, 2}
};

static uint16_t mg_escaped[256];

__attribute__((constructor)) static void mg_make_escaped(void) {
    int type, c;
    for (type = 0; type < MG_ESCAPES; type++) {
        for (c = 0; c < 256; c++) {
            int yes = c != 0 && strchr(mg_escape_sets[type].plain, c) != NULL;
            if (c < 0x20) {
                yes |= mg_escape_sets[type].controls == 1 || c != '\t';
            } else if (c >= 0x7f) {
                yes |= mg_escape_sets[type].high == 1 || (mg_escape_sets[type].high == 2 && c == 0x7f);
            }
            if (yes) {
                mg_escaped[c] |= (uint16_t) (1 << type);
            }
        }
    }
}

MG_FFI size_t moongate_ffi_escaped_length(const unsigned char *s, size_t n, int type) {
    size_t i, more = 0;
    for (i = 0; i < n; i++) {
        more += mg_escaped[s[i]] >> type & 1;
    }
    return n + 2 * more;
}

MG_FFI void moongate_ffi_escape(unsigned char *d, const unsigned char *s, size_t n, int type) {
    static const char hex[] = "0123456789ABCDEF";
    size_t i;
    for (i = 0; i < n; i++) {
        unsigned char c = s[i];
        if (mg_escaped[c] >> type & 1) {
            *d++ = '%';
            *d++ = (unsigned char) hex[c >> 4];
            *d++ = (unsigned char) hex[c & 15];
        } else {
            *d++ = c;
        }
    }
}

static int mg_hex(int c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// "+" is a space, a "%" without two digits stays.
MG_FFI size_t moongate_ffi_unescape(unsigned char *d, const unsigned char *s, size_t n) {
    unsigned char *from = d;
    size_t i;
    for (i = 0; i < n; i++) {
        int hi, lo;
        if (s[i] == '+') {
            *d++ = ' ';
        } else if (s[i] == '%' && n - i > 2 && (hi = mg_hex(s[i + 1])) >= 0 && (lo = mg_hex(s[i + 2])) >= 0) {
            *d++ = (unsigned char) (hi << 4 | lo);
            i += 2;
        } else {
            *d++ = s[i];
        }
    }
    return (size_t) (d - from);
}

static const char mg_b64[2][65] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
};

// url: the alphabet of RFC 4648 section 5. d needs 4 bytes for each 3 begun.
MG_FFI size_t moongate_ffi_base64(unsigned char *d, const unsigned char *s, size_t n, int url, int pad) {
    const char *digit = mg_b64[url != 0];
    unsigned char *from = d;

    for (; n > 2; n -= 3, s += 3) {
        *d++ = (unsigned char) digit[s[0] >> 2];
        *d++ = (unsigned char) digit[(s[0] & 3) << 4 | s[1] >> 4];
        *d++ = (unsigned char) digit[(s[1] & 15) << 2 | s[2] >> 6];
        *d++ = (unsigned char) digit[s[2] & 63];
    }
    if (n > 0) {
        *d++ = (unsigned char) digit[s[0] >> 2];
        if (n == 1) {
            *d++ = (unsigned char) digit[(s[0] & 3) << 4];
        } else {
            *d++ = (unsigned char) digit[(s[0] & 3) << 4 | s[1] >> 4];
            *d++ = (unsigned char) digit[(s[1] & 15) << 2];
        }
        if (pad) {
            *d++ = '=';
            if (n == 1) {
                *d++ = '=';
            }
        }
    }
    return (size_t) (d - from);
}

static signed char mg_b64_value[2][256];

__attribute__((constructor)) static void mg_make_b64(void) {
    int url, i;
    memset(mg_b64_value, -1, sizeof(mg_b64_value));
    for (url = 0; url < 2; url++) {
        for (i = 0; i < 64; i++) {
            mg_b64_value[url][(unsigned char) mg_b64[url][i]] = (signed char) i;
        }
    }
}

// Returns how many bytes were written, -1 for text that is not base64. As ngx_decode_base64: the text ends at the first
// "=", and one digit too many is an error. With mime, what is no digit is passed over (RFC 2045 section 6.8).
MG_FFI int64_t moongate_ffi_unbase64(unsigned char *d, const unsigned char *s, size_t n, int url, int mime) {
    const signed char *value = mg_b64_value[url != 0];
    unsigned char *from = d;
    uint32_t bits = 0;
    size_t i, digits = 0;

    for (i = 0; i < n && s[i] != '='; i++) {
        int v = value[s[i]];
        if (v < 0) {
            if (mime) {
                continue;
            }
            return -1;
        }
        bits = bits << 6 | (uint32_t) v;
        if ((++digits & 3) == 0) {
            *d++ = (unsigned char) (bits >> 16);
            *d++ = (unsigned char) (bits >> 8);
            *d++ = (unsigned char) bits;
        }
    }
    switch (digits & 3) {
    case 1:
        return -1;
    case 2:
        *d++ = (unsigned char) (bits >> 4);
        break;
    case 3:
        *d++ = (unsigned char) (bits >> 10);
        *d++ = (unsigned char) (bits >> 2);
        break;
    }
    return d - from;
}

// A string literal of MySQL's. d needs 2 bytes for each of s, and 2.
MG_FFI size_t moongate_ffi_quote_sql(unsigned char *d, const unsigned char *s, size_t n) {
    static const char from[] = "\b\n\r\t\032\\'\"", to[] = "bnrtZ\\'\"";
    unsigned char *start = d;
    size_t i;

    *d++ = '\'';
    for (i = 0; i < n; i++) {
        const char *p = s[i] < 0x80 ? memchr(from, s[i], sizeof(from)) : NULL;
        if (p != NULL) {
            *d++ = '\\';
            *d++ = s[i] == 0 ? '0' : (unsigned char) to[p - from];
        } else {
            *d++ = s[i];
        }
    }
    *d++ = '\'';
    return (size_t) (d - start);
}

MG_FFI void moongate_ffi_hex(unsigned char *d, const unsigned char *s, size_t n) {
    static const char hex[] = "0123456789abcdef";
    size_t i;
    for (i = 0; i < n; i++) {
        *d++ = (unsigned char) hex[s[i] >> 4];
        *d++ = (unsigned char) hex[s[i] & 15];
    }
}
