-- The methods of ngx.shared.DICT.

local ffi = require "ffi"
local buffer = require "moongate.buffer"

pcall(ffi.cdef, "int64_t moongate_ffi_go(int32_t id, void *p);")
ffi.cdef [[
typedef struct {
    int32_t op, dict;
    const char *key;
    size_t key_len;
    int32_t kind, flags;
    double num;
    const char *str;
    size_t len;
    double init, ttl;
    int32_t has_init, forcible, stale, again;
} moongate_shared;
]]

local C = ffi.C
local str = ffi.string
local type, tostring, tonumber, error, select, setmetatable = type, tostring, tonumber, error, select, setmetatable
local id = moongate.go.shared
local keys = moongate.shared_keys
local state = moongate.state

-- The operations, types and errors of shared_call.go.
local SET, ADD, REPLACE, SAFE = 0, 1, 2, 4
local GET, GET_STALE, INCR, TTL, EXPIRE, FLUSH_ALL, FLUSH_EXPIRED, CAPACITY, FREE = 8, 9, 10, 11, 12, 13, 14, 15, 16
local LPUSH, RPUSH, LPOP, RPOP, LLEN = 17, 18, 19, 20, 21
local BOOLEAN, NUMBER, STRING = 1, 3, 4
local GROW = -2

local texts = {
    "no memory", "exists", "not found", "not a number", "value is a list", "value not a list",
    "attempt to add or replace nil values", "bad value type", "bad lua list length found", "empty key", "key too long",
}

local call = ffi.new("moongate_shared")

-- A dict is {its address as userdata, its number}.
local function check(zone, level)
    if type(zone) ~= "table" or type(zone[2]) ~= "number" or type(zone[1]) ~= "userdata" then
        error("bad \"zone\" argument", level or 3)
    end
    return zone[2]
end

local printed -- keeps a key that was no string from the collector

-- Writes the key into the call; gives what is wrong with it.
local function put_key(key)
    if key == nil then
        return "nil key"
    end
    if type(key) ~= "string" then
        key = tostring(key)
        printed = key
    end
    local n = #key
    if n == 0 then
        return "empty key"
    elseif n > 65535 then
        return "key too long"
    end
    call.key, call.key_len = key, n
end

local function go(dict, op)
    call.dict, call.op, call.again = dict, op, state.replay
    return tonumber(C.moongate_ffi_go(id, call))
end

local function put_value(value)
    local kind = type(value)
    if kind == "string" then
        call.kind, call.str, call.len = STRING, value, #value
    elseif kind == "number" then
        call.kind, call.num = NUMBER, value
    elseif value == nil then
        call.kind = 0
    elseif kind == "boolean" then
        call.kind, call.num = BOOLEAN, value and 1 or 0
    else
        return false
    end
    return true
end

-- Called in tail calls, as push and pop are: its caller's caller is the script.
local function store(zone, op, key, value, exptime, flags)
    local dict = check(zone, 3)
    if not exptime then
        exptime = 0
    elseif exptime < 0 then
        error('bad "exptime" argument', 2)
    end
    local err = put_key(key)
    if err then
        return nil, err
    end
    if not put_value(value) then
        return nil, "bad value type"
    end
    call.ttl, call.flags = exptime, flags or 0
    local rc = go(dict, op)
    if rc == 0 then
        return true, nil, call.forcible == 1
    end
    return false, texts[rc], call.forcible == 1
end

local dict = {}

function dict.set(zone, key, value, exptime, flags)
    return store(zone, SET, key, value, exptime, flags)
end

function dict.safe_set(zone, key, value, exptime, flags)
    return store(zone, SET + SAFE, key, value, exptime, flags)
end

function dict.add(zone, key, value, exptime, flags)
    return store(zone, ADD, key, value, exptime, flags)
end

function dict.safe_add(zone, key, value, exptime, flags)
    return store(zone, ADD + SAFE, key, value, exptime, flags)
end

function dict.replace(zone, key, value, exptime, flags)
    return store(zone, REPLACE, key, value, exptime, flags)
end

function dict.delete(zone, key)
    return store(zone, SET, key, nil)
end

-- Reads with op into the shared buffer, or a larger one when the value asks for it.
local function read(d, op)
    local size = buffer.size()
    local room = buffer.get(size)
    while true do
        call.str, call.len = room, size
        local rc = go(d, op)
        if rc ~= GROW then
            return rc, room
        end
        size = tonumber(call.len)
        room = buffer.get(size, true)
    end
end

local function value_of(room)
    local kind = call.kind
    if kind == STRING then
        return str(room, call.len)
    elseif kind == NUMBER then
        return call.num
    elseif kind == BOOLEAN then
        return call.num ~= 0
    end
    return nil
end

function dict.get(zone, key)
    local d = check(zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    local rc, room = read(d, GET)
    if rc ~= 0 then
        return nil, texts[rc]
    end
    if call.flags ~= 0 and call.kind ~= 0 then
        return value_of(room), call.flags
    end
    return value_of(room)
end

function dict.get_stale(zone, key)
    local d = check(zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    local rc, room = read(d, GET_STALE)
    if rc ~= 0 then
        return nil, texts[rc]
    elseif call.kind == 0 then
        return nil
    end
    local flags = call.flags
    return value_of(room), flags ~= 0 and flags or nil, call.stale == 1
end

local function number(v, name)
    local n = tonumber(v)
    if not n then
        error("bad " .. name .. " arg: number expected, got " .. type(v), 3)
    end
    return n
end

function dict.incr(zone, key, value, init, init_ttl)
    local d = check(zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    call.num = tonumber(value)
    if init then
        call.has_init, call.init = 1, number(init, "init")
    else
        call.has_init = 0
    end
    if init_ttl ~= nil then
        init_ttl = number(init_ttl, "init_ttl")
        if init_ttl < 0 then
            error('bad "init_ttl" argument', 2)
        elseif not init then
            error('must provide "init" when providing "init_ttl"', 2)
        end
        call.ttl = init_ttl
    else
        call.ttl = 0
    end
    local rc = go(d, INCR)
    if rc ~= 0 then
        return nil, texts[rc]
    elseif not init then
        return call.num
    end
    return call.num, nil, call.forcible == 1
end

function dict.ttl(zone, key)
    local d = check(zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    local rc = go(d, TTL)
    if rc ~= 0 then
        return nil, texts[rc]
    end
    return call.num
end

function dict.expire(zone, key, exptime)
    local d = check(zone)
    if not exptime then
        error('bad "exptime" argument', 2)
    end
    local err = put_key(key)
    if err then
        return nil, err
    end
    call.ttl = exptime
    local rc = go(d, EXPIRE)
    if rc ~= 0 then
        return nil, texts[rc]
    end
    return true
end

function dict.flush_all(zone)
    go(check(zone), FLUSH_ALL)
end

function dict.capacity(zone)
    go(check(zone), CAPACITY)
    return call.num
end

function dict.free_space(zone)
    go(check(zone), FREE)
    return call.num
end

-- The number of things to handle at most, for functions that take the dict and perhaps it.
local function limit(name, default, ...)
    local n = select("#", ...)
    if n ~= 1 and n ~= 2 then
        error("expecting 1 or 2 argument(s), but saw " .. n, 3)
    end
    local zone, max = ...
    if type(zone) ~= "table" then
        error("bad argument #1 to '" .. name .. "' (table expected, got " .. type(zone) .. ")", 3)
    end
    if type(zone[2]) ~= "number" then
        error("bad user data for the ngx_shm_zone_t pointer", 3)
    end
    if n == 1 then
        return zone[2], default
    end
    if not tonumber(max) then
        error("bad argument #2 to '" .. name .. "' (number expected, got " .. type(max) .. ")", 3)
    end
    return zone[2], tonumber(max)
end

function dict.flush_expired(...)
    local d, max = limit("flush_expired", 0, ...)
    call.num = max
    go(d, FLUSH_EXPIRED)
    return call.num
end

function dict.get_keys(...)
    local d, max = limit("get_keys", 1024, ...)
    return keys(d, max)
end

local function arguments(want, n, zone)
    if n ~= want then
        error("expecting " .. want .. " arguments, but only seen " .. n, 3)
    end
    return check(zone, 3)
end

local function push(op, ...)
    local zone, key, value = ...
    local d = arguments(3, select("#", ...), zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" then
        return nil, "bad value type"
    end
    put_value(value)
    local rc = go(d, op)
    if rc ~= 0 then
        return nil, texts[rc]
    end
    return call.num
end

local function pop(op, ...)
    local zone, key = ...
    local d = arguments(2, select("#", ...), zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    local rc, room = read(d, op)
    if rc ~= 0 then
        return nil, texts[rc]
    end
    return value_of(room)
end

function dict.lpush(...)
    return push(LPUSH, ...)
end

function dict.rpush(...)
    return push(RPUSH, ...)
end

function dict.lpop(...)
    return pop(LPOP, ...)
end

function dict.rpop(...)
    return pop(RPOP, ...)
end

function dict.llen(...)
    local zone, key = ...
    local d = arguments(2, select("#", ...), zone)
    local err = put_key(key)
    if err then
        return nil, err
    end
    local rc = go(d, LLEN)
    if rc ~= 0 then
        return nil, texts[rc]
    end
    return call.num
end

local mt = {__index = dict}
local shared = ngx.shared

-- Called by the program for each lua_shared_dict.
local function add(name, n, address)
    shared[name] = setmetatable({address, n}, mt)
end

return {add = add}
