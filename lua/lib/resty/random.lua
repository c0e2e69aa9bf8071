-- resty.random: bytes from the system's generator, which makes no difference between strong ones and others.

local digest = require "moongate.digest"

local _M = {_VERSION = "0.16"}

function _M.bytes(n, _)
    return digest.random(n)
end

return _M
