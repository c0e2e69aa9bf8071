-- tablepool: tables that are given back, cleared, and fetched again.

local new_tab = require "table.new"
local clear_tab = require "table.clear"

local setmetatable = setmetatable

local _M = {_VERSION = "0.03"}
local MAX = 200
local pools = {}

function _M.fetch(tag, narr, nrec)
    local pool = pools[tag]
    if not pool then
        pool = {n = 0}
        pools[tag] = pool
    end
    local n = pool.n
    if n > 0 then
        local t = pool[n]
        pool[n] = nil
        pool.n = n - 1
        return t
    end
    return new_tab(narr, nrec)
end

function _M.release(tag, t, noclear)
    if not t then
        error("object empty", 2)
    end
    local pool = pools[tag]
    if not pool then
        pool = {n = 0}
        pools[tag] = pool
    end
    if not noclear then
        setmetatable(t, nil)
        clear_tab(t)
    end
    local n = pool.n
    if n < MAX then
        pool[n + 1] = t
        pool.n = n + 1
    end
end

return _M
