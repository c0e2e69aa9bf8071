-- Memory that calls into C write their results to: one buffer for all, since what it holds is copied into a Lua string
-- before anybody else can run.

local ffi = require "ffi"

local new = ffi.new
local chars = ffi.typeof("char[?]")

local size = 4096
local shared

local _M = {}

-- A buffer of at least n bytes. With own, one that nobody else gets.
function _M.get(n, own)
    if own or n > size then
        return new(chars, n)
    end
    if not shared then
        shared = new(chars, size)
    end
    return shared
end

function _M.size()
    return size
end

function _M.set_size(n)
    if n > 0 then
        size = math.ceil(n)
        shared = nil
    end
end

return _M
