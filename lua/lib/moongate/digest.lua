-- Digests, message authentication and ciphers by the Go program's crypto, and ngx.md5 and its sisters on top of them.

local ffi = require "ffi"
local go = moongate.go
local buffer = require "moongate.buffer"
local text = require "moongate.text"

pcall(ffi.cdef, "int64_t moongate_ffi_go(int32_t id, void *p);")
ffi.cdef [[
typedef struct {
    int32_t op, kind;
    int64_t handle;
    const char *s;
    size_t n;
    const char *key;
    size_t key_len;
    const char *iv;
    size_t iv_len;
    char *out;
} moongate_digest;
]]

local C = ffi.C
local str = ffi.string
local type, error, select, tostring = type, error, select, tostring
local tonumber = tonumber
local id = go.digest
local ngx = ngx

-- The operations and kinds are those of digest.go.
local ONCE, HMAC, NEW, NEW_HMAC, UPDATE, FINAL, FREE, RANDOM, ENCRYPT, DECRYPT, DERIVE, SEAL = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

local _M = {
    MD5 = 0, SHA1 = 1, SHA224 = 2, SHA256 = 3, SHA384 = 4, SHA512 = 5,
}

local size = {[0] = 16, 20, 28, 32, 48, 64}

local call = ffi.new("moongate_digest")
local out = ffi.new("char[64]")

local function once(kind, s)
    call.op, call.kind, call.s, call.n, call.out = ONCE, kind, s, #s, out
    C.moongate_ffi_go(id, call)
    return str(out, size[kind])
end

_M.once = once

local function hmac(kind, key, s)
    call.op, call.kind, call.s, call.n, call.out = HMAC, kind, s, #s, out
    call.key, call.key_len = key, #key
    C.moongate_ffi_go(id, call)
    return str(out, size[kind])
end

_M.hmac = hmac

-- A digest that is fed in pieces.
local stream = {}
stream.__index = stream

local handles = ffi.metatype("struct { int64_t n; }", {
    __gc = function(h)
        call.op, call.handle = FREE, h.n
        C.moongate_ffi_go(id, call)
    end,
})

function _M.new(kind, key)
    call.kind = kind
    if key then
        call.op, call.key, call.key_len = NEW_HMAC, key, #key
    else
        call.op = NEW
    end
    return setmetatable({h = handles(C.moongate_ffi_go(id, call)), kind = kind, key = key}, stream)
end

function stream:update(s, n)
    if type(s) ~= "string" then
        s = tostring(s)
    end
    call.op, call.handle, call.s, call.n = UPDATE, self.h.n, s, n or #s
    return C.moongate_ffi_go(id, call) == 0
end

function stream:final()
    call.op, call.handle, call.out = FINAL, self.h.n, out
    if C.moongate_ffi_go(id, call) ~= 0 then
        return nil
    end
    return str(out, size[self.kind])
end

function stream:reset()
    local new = _M.new(self.kind, self.key)
    self.h = new.h
    return true
end

-- A module like resty.sha256.
function _M.module(kind)
    local M = {_VERSION = "0.16"}
    local mt = {__index = M}
    function M.new(_)
        return setmetatable({d = _M.new(kind)}, mt)
    end
    function M.update(self, s, n)
        return self.d:update(s, n)
    end
    function M.final(self)
        return self.d:final()
    end
    function M.reset(self)
        return self.d:reset()
    end
    return M
end

function _M.random(n)
    local d = buffer.get(n)
    call.op, call.n, call.out = RANDOM, n, d
    C.moongate_ffi_go(id, call)
    return str(d, n)
end

-- kind: cipher mode and key size, as digest_cipher.go numbers them. Returns nil when the input can't be of that cipher.
local function cipher(op, kind, key, iv, s)
    local d = buffer.get(#s + 32)
    call.op, call.kind, call.s, call.n, call.out = op, kind, s, #s, d
    call.key, call.key_len, call.iv, call.iv_len = key, #key, iv, #iv
    local n = tonumber(C.moongate_ffi_go(id, call))
    if n < 0 then
        return nil
    end
    return str(d, n)
end

function _M.encrypt(kind, key, iv, s)
    return cipher(ENCRYPT, kind, key, iv, s)
end

function _M.decrypt(kind, key, iv, s)
    return cipher(DECRYPT, kind, key, iv, s)
end

-- EVP_BytesToKey: n bytes from a password and a salt.
function _M.derive(kind, password, salt, rounds, n)
    local d = buffer.get(n)
    call.op, call.kind, call.s, call.n, call.handle = DERIVE, kind, password, #password, rounds
    call.key, call.key_len, call.iv_len, call.out = salt, #salt, n, d
    C.moongate_ffi_go(id, call)
    return str(d, n)
end

-- s for the holder of the RSA key whose public half, in PEM, is given (OAEP with SHA-1); nil if it can't be.
function _M.seal(key, s)
    local d = buffer.get(2048)
    call.op, call.s, call.n, call.key, call.key_len, call.out = SEAL, s, #s, key, #key, d
    local n = tonumber(C.moongate_ffi_go(id, call))
    if n < 0 then
        return nil
    end
    return str(d, n)
end

function ngx.md5_bin(s)
    return once(0, text.text(s))
end

function ngx.md5(s)
    return text.hex(once(0, text.text(s)))
end

function ngx.sha1_bin(s)
    return once(1, text.text(s))
end

local function argument(i, s, name)
    if type(s) == "string" then
        return s
    elseif type(s) == "number" then
        return tostring(s)
    end
    error("bad argument #" .. i .. " to '" .. name .. "' (string expected, got " .. (s == nil and "nil" or type(s)) .. ")", 3)
end

function ngx.hmac_sha1(...)
    local n = select("#", ...)
    if n ~= 2 then
        error("expecting 2 arguments, but got " .. n, 2)
    end
    local key, s = ...
    return hmac(1, argument(1, key, "hmac_sha1"), argument(2, s, "hmac_sha1"))
end

return _M
