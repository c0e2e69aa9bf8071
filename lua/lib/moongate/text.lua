-- ngx.escape_uri, ngx.unescape_uri, ngx.encode_base64 and its sisters, ngx.quote_sql_str, ngx.crc32_*: on C functions that
-- compiled code calls without leaving its trace.

local ffi = require "ffi"
local buffer = require "moongate.buffer"

ffi.cdef [[
size_t moongate_ffi_escaped_length(const char *s, size_t n, int type);
void moongate_ffi_escape(char *d, const char *s, size_t n, int type);
size_t moongate_ffi_unescape(char *d, const char *s, size_t n);
size_t moongate_ffi_base64(char *d, const char *s, size_t n, int url, int pad);
int64_t moongate_ffi_unbase64(char *d, const char *s, size_t n, int url, int mime);
size_t moongate_ffi_quote_sql(char *d, const char *s, size_t n);
void moongate_ffi_hex(char *d, const char *s, size_t n);
uint32_t moongate_ffi_crc32(const char *s, size_t n);
]]

local C = ffi.C
local str = ffi.string
local get = buffer.get
local type, error, tostring, tonumber, select = type, error, tostring, tonumber, select
local floor = math.floor
local ngx = ngx

local COMPONENT, LAST = 2, 6

local _M = {}

-- What lua-resty-core accepts for a string: nil and false are empty, anything else is printed.
local function text(s)
    if type(s) == "string" then
        return s
    end
    return s and tostring(s) or ""
end

_M.text = text

function ngx.escape_uri(s, kind)
    s = text(s)
    if kind == nil then
        kind = COMPONENT
    elseif type(kind) ~= "number" then
        error("\"type\" is not a number", 3)
    elseif kind < 0 or kind > LAST then
        error("\"type\" " .. kind .. " out of range", 3)
    end
    local n = #s
    local out = tonumber(C.moongate_ffi_escaped_length(s, n, kind))
    if out == n then
        return s
    end
    local d = get(out)
    C.moongate_ffi_escape(d, s, n, kind)
    return str(d, out)
end

function ngx.unescape_uri(s)
    s = text(s)
    local n = #s
    local d = get(n)
    return str(d, C.moongate_ffi_unescape(d, s, n))
end

local function encode(s, url, pad)
    local n = #s
    local d = get(floor((n + 2) / 3) * 4)
    return str(d, C.moongate_ffi_base64(d, s, n, url, pad))
end

local function decode(s, url, mime)
    local n = #s
    local d = get(floor((n + 3) / 4) * 3)
    local out = tonumber(C.moongate_ffi_unbase64(d, s, n, url, mime))
    if out < 0 then
        return nil
    end
    return str(d, out)
end

function ngx.encode_base64(s, no_padding)
    s = text(s)
    if no_padding and no_padding ~= true then
        error("bad no_padding: boolean expected, got " .. type(no_padding), 2)
    end
    return encode(s, 0, no_padding and 0 or 1)
end

function ngx.decode_base64(s)
    if type(s) ~= "string" then
        error("string argument only", 2)
    end
    return decode(s, 0, 0)
end

function ngx.decode_base64mime(s)
    if type(s) ~= "string" then
        error("string argument only", 2)
    end
    return decode(s, 0, 1)
end

function _M.encode_base64url(s)
    return encode(s, 1, 0)
end

function _M.decode_base64url(s)
    return decode(s, 1, 0)
end

function ngx.quote_sql_str(...)
    if select("#", ...) ~= 1 then
        error("expecting one argument", 2)
    end
    local s = ...
    if type(s) == "number" then
        s = tostring(s)
    elseif type(s) ~= "string" then
        error("bad argument #1 to 'quote_sql_str' (string expected, got " .. type(s) .. ")", 2)
    end
    local n = #s
    local d = get(2 * n + 2)
    return str(d, C.moongate_ffi_quote_sql(d, s, n))
end

function ngx.crc32_short(s)
    s = text(s)
    return tonumber(C.moongate_ffi_crc32(s, #s))
end

ngx.crc32_long = ngx.crc32_short

function _M.hex(s)
    local n = #s
    local d = get(2 * n)
    C.moongate_ffi_hex(d, s, n)
    return str(d, 2 * n)
end

return _M
