-- resty.lock: a lock in a shared dict, for all workers. Who waits tries again after a time that grows.

local new_tab = require "table.new"
local ffi = require "ffi"

local shared = ngx.shared
local sleep = ngx.sleep
local log, ERR = ngx.log, ngx.ERR
local setmetatable, type, tostring, min, error = setmetatable, type, tostring, math.min, error

local _M = {_VERSION = "0.09"}
local mt = {__index = _M}

-- A lock that its holder forgot is given back when the object is collected.
local holder = ffi.metatype("struct { int32_t dict, key; }", {})
local held = new_tab(8, 0)
local free = {}

local function keep(o)
    local n = free[#free]
    if n then
        free[#free] = nil
    else
        n = #held + 1
    end
    held[n] = {o.dict, o.locked}
    o.held = n
    o.guard = ffi.gc(holder(0, n), function(g)
        local h = held[g.key]
        if h then
            held[g.key] = false
            free[#free + 1] = g.key
            local ok, err = h[1]:delete(h[2])
            if not ok then
                log(ERR, 'failed to delete key "', h[2], '": ', err)
            end
        end
    end)
end

local function forget(o)
    local n = o.held
    if n then
        ffi.gc(o.guard, nil)
        held[n] = false
        free[#free + 1] = n
        o.held, o.guard = nil, nil
    end
end

function _M.new(_, name, opts)
    local dict = shared[name]
    if not dict then
        return nil, "dictionary not found"
    end
    opts = opts or {}
    local o = {
        dict = dict,
        exptime = opts.exptime or 30,
        timeout = opts.timeout or 5,
        step = opts.step or 0.001,
        ratio = opts.ratio or 2,
        max_step = opts.max_step or 0.5,
    }
    if o.timeout > o.exptime then
        o.timeout = o.exptime
    end
    return setmetatable(o, mt)
end

function _M.lock(self, key)
    if not key then
        return nil, "nil key"
    end
    if self.locked then
        return nil, "locked"
    end
    key = tostring(key)
    local elapsed, step = 0, self.step
    local timeout = self.timeout
    while true do
        local ok, err = self.dict:add(key, true, self.exptime)
        if ok then
            self.locked = key
            keep(self)
            return elapsed
        end
        if err ~= "exists" then
            return nil, err
        end
        if timeout <= 0 then
            return nil, "timeout"
        end
        local wait = min(step, timeout)
        sleep(wait)
        elapsed = elapsed + wait
        timeout = timeout - wait
        step = min(step * self.ratio, self.max_step)
    end
end

function _M.unlock(self)
    local key = self.locked
    if not key then
        return nil, "unlocked"
    end
    self.locked = nil
    forget(self)
    local ok, err = self.dict:delete(key)
    if not ok then
        return nil, err
    end
    return 1
end

-- Sets the lock's time anew.
function _M.expire(self, time)
    if not self.locked then
        return nil, "unlocked"
    end
    time = time or self.exptime
    local ok, err = self.dict:replace(self.locked, true, time)
    if not ok then
        return nil, err
    end
    self.exptime = time
    return true
end

return _M
