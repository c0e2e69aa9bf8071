package vm

// glue is the Lua side of the scheduler. Where code may not wait the plain
// coroutine functions are used, as in lua-nginx-module.
const glueSource = `
local moongate, ngx = moongate, ngx
package.loaded.ngx = ngx
local ffi = require "ffi"
local bit = require "bit"
ffi.cdef[[
struct moongate_share { uint32_t phase; int32_t slot; uint8_t *used; int32_t size; int32_t replay; };
]]
local share = ffi.cast("struct moongate_share *", moongate.share)
local yieldable = YIELDABLE
local band = bit.band
local type, select, error = type, select, error

do
    local co = coroutine
    local std_create, std_resume, std_yield, std_status, std_wrap = co.create, co.resume, co.yield, co.status, co.wrap
    local resume, yield, status, spawn, unwrap = moongate.resume, moongate.yield, moongate.status, moongate.spawn, moongate.unwrap

    function co.resume(...)
        if band(share.phase, yieldable) ~= 0 then return resume(...) end
        return std_resume(...)
    end

    function co.yield(...)
        if band(share.phase, yieldable) ~= 0 then return yield(...) end
        return std_yield(...)
    end

    function co.status(c)
        if band(share.phase, yieldable) ~= 0 then return status(c) end
        return std_status(c)
    end

    local function pass(ok, ...)
        if ok then return ... end
        error((...), 0)
    end

    function co.wrap(f)
        if band(share.phase, yieldable) == 0 then return std_wrap(f) end
        local c = std_create(f)
        return function(...) return pass(unwrap(c, ...)) end
    end

    local isC = function(f) return debug.getinfo(f, "S").what == "C" end

    function co.create(f)
        if type(f) ~= "function" or (isC(f) and band(share.phase, yieldable) ~= 0) then
            error("bad argument #1 to 'create' (Lua function expected)", 2)
        end
        return std_create(f)
    end

    function ngx.thread.spawn(f, ...)
        if type(f) ~= "function" or isC(f) then
            error("bad argument #1 to 'spawn' (Lua function expected)", 2)
        end
        if band(share.phase, yieldable) == 0 then return spawn(f) end
        return spawn(std_create(f), ...)
    end
end

local tables = {}
moongate.contexts = tables

local function get_ctx()
    local slot = share.slot
    local t = tables[slot]
    if t == nil then
        if slot == 0 then error("no request ctx found", 3) end
        t = {}
        tables[slot] = t
        share.used[slot] = 1
    end
    return t
end

local function set_ctx(t)
    local slot = share.slot
    if slot == 0 then error("no request ctx found", 3) end
    tables[slot] = t
    share.used[slot] = 1
end

-- Fields of ngx that are computed: chapters add to both tables.
local getters, setters = { ctx = get_ctx }, { ctx = set_ctx }
moongate.getters, moongate.setters, moongate.state = getters, setters, share

local rawset, rawget = rawset, rawget
setmetatable(ngx, {
    __index = function(t, k)
        local f = getters[k]
        if f then return f() end
    end,
    __newindex = function(t, k, v)
        local f = setters[k]
        if f then return f(v) end
        rawset(t, k, v)
    end,
})
`
