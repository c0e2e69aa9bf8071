-- resty.lrucache: a cache in the VM. Entries lie in arrays, in a ring in the order of use; place 0 is the ring's head.

local new_tab = require "table.new"
local clear_tab = require "table.clear"

local ngx_now = ngx.now
local setmetatable, type, tonumber = setmetatable, type, tonumber

local _M = {_VERSION = "0.15"}
local mt = {__index = _M}

local function ring(size)
    local prev, next = new_tab(size + 1, 1), new_tab(size + 1, 1)
    prev[0], next[0] = 0, 0
    return prev, next
end

function _M.new(size)
    size = tonumber(size)
    if not size or size < 1 then
        return nil, "size too small"
    end
    local prev, next = ring(size)
    return setmetatable({
        size = size, used = 0, count_ = 0, free = nil,
        place = {}, keys = new_tab(size, 0), values = new_tab(size, 0), expires = new_tab(size, 0), flags = new_tab(size, 0),
        prev = prev, next = next,
    }, mt)
end

local function unlink(c, i)
    local prev, next = c.prev, c.next
    local p, n = prev[i], next[i]
    next[p], prev[n] = n, p
end

local function front(c, i)
    local prev, next = c.prev, c.next
    local first = next[0]
    prev[i], next[i] = 0, first
    next[0], prev[first] = i, i
end

-- The value; or nil and the value that has expired.
function _M.get(c, key)
    local i = c.place[key]
    if not i then
        return nil
    end
    if c.next[0] ~= i then
        unlink(c, i)
        front(c, i)
    end
    local e = c.expires[i]
    if e >= 0 and e < ngx_now() then
        return nil, c.values[i], c.flags[i]
    end
    return c.values[i], nil, c.flags[i]
end

-- A place for a new key: a free one, one not used yet, or that of the entry used last.
local function take(c)
    local i = c.free
    if i then
        c.free = c.next[i]
        if c.free == 0 then
            c.free = nil
        end
        return i
    end
    if c.used < c.size then
        i = c.used + 1
        c.used = i
        return i
    end
    i = c.prev[0]
    unlink(c, i)
    c.place[c.keys[i]] = nil
    c.count_ = c.count_ - 1
    return i
end

function _M.set(c, key, value, ttl, flags)
    local i = c.place[key]
    if i then
        unlink(c, i)
    else
        i = take(c)
        c.place[key] = i
        c.keys[i] = key
        c.count_ = c.count_ + 1
    end
    front(c, i)
    c.values[i] = value
    c.expires[i] = ttl and ngx_now() + ttl or -1
    if type(flags) ~= "number" or flags < 0 then
        flags = 0
    end
    c.flags[i] = flags
end

function _M.delete(c, key)
    local i = c.place[key]
    if not i then
        return false
    end
    c.place[key] = nil
    c.keys[i], c.values[i] = false, nil
    unlink(c, i)
    c.next[i] = c.free or 0
    c.free = i
    c.count_ = c.count_ - 1
    return true
end

function _M.count(c)
    return c.count_
end

function _M.capacity(c)
    return c.size
end

-- The keys, last used first; expired ones too.
function _M.get_keys(c, max, res)
    max = max or 0
    if max < 1 or max > c.count_ then
        max = c.count_
    end
    if res then
        clear_tab(res)
    else
        res = new_tab(max, 0)
    end
    local i, n = c.next[0], 0
    while i ~= 0 and n < max do
        n = n + 1
        res[n] = c.keys[i]
        i = c.next[i]
    end
    return res
end

function _M.flush_all(c)
    clear_tab(c.place)
    clear_tab(c.keys)
    clear_tab(c.values)
    c.used, c.count_, c.free = 0, 0, nil
    c.prev, c.next = ring(c.size)
end

return _M
