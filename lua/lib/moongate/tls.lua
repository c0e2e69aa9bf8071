-- Certificates, keys and sessions as cdata: numbers of what the program holds, given back when Lua's collector takes them.

local ffi = require "ffi"
local buffer = require "moongate.buffer"

pcall(ffi.cdef, "int64_t moongate_ffi_go(int32_t id, void *p);")
ffi.cdef [[
typedef struct {
    int32_t op, length;
    int64_t handle;
    const char *data;
    size_t size;
    const char *pass;
    size_t pass_size;
    char *out;
    size_t room;
} moongate_tls;
typedef struct { int64_t n; } moongate_tls_session;
typedef struct { int64_t n; } moongate_tls_chain;
typedef struct { int64_t n; } moongate_tls_key;
]]

local C = ffi.C
local str = ffi.string
local tonumber = tonumber
local id = moongate.go.tls

-- As numbered in socket_tlsdata.go.
local FREE_SESSION, FREE_CHAIN, FREE_KEY, PEM_CHAIN, PEM_KEY, DER_CHAIN, DER_KEY, CHAIN_TO_DER, KEY_TO_DER = 0, 1, 2, 3, 4, 5, 6, 7, 8

local call = ffi.new("moongate_tls")

local function kind(name, free)
    return ffi.metatype(name, {
        __gc = function(o)
            call.op, call.handle = free, o.n
            C.moongate_ffi_go(id, call)
        end,
    })
end

local session = kind("moongate_tls_session", FREE_SESSION)
local chain = kind("moongate_tls_chain", FREE_CHAIN)
local key = kind("moongate_tls_key", FREE_KEY)

local _M = {}

function _M.session(n)
    return session(n)
end

-- The number in any of the three, 0 for cdata of another kind.
function _M.number(o)
    if ffi.istype(session, o) or ffi.istype(chain, o) or ffi.istype(key, o) then
        return tonumber(o.n)
    end
    return 0
end

local function run(op, data, pass, size)
    size = size or 256
    local out = buffer.get(size)
    call.op, call.data, call.size, call.out, call.room = op, data, #data, out, size
    call.pass, call.pass_size = pass, pass and #pass or 0
    local n = tonumber(C.moongate_ffi_go(id, call))
    if n < 0 then
        return nil, str(out, call.length)
    end
    return n, out
end

local function object(make, op)
    return function(data, pass)
        local n, err = run(op, data, pass)
        if not n then
            return nil, err
        end
        return make(n)
    end
end

_M.parse_pem_cert = object(chain, PEM_CHAIN)
_M.parse_der_cert = object(chain, DER_CHAIN)
_M.parse_pem_priv_key = object(key, PEM_KEY)
_M.parse_der_priv_key = object(key, DER_KEY)

local function bytes(op)
    return function(data, pass)
        local n, out = run(op, data, pass, #data + 4096)
        if not n then
            return nil, out
        end
        return str(out, n)
    end
end

_M.cert_pem_to_der = bytes(CHAIN_TO_DER)
_M.priv_key_pem_to_der = bytes(KEY_TO_DER)

return _M
