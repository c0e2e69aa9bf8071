-- resty.hmac: hmac:new(key, hmac.ALGOS.SHA256), update, final(piece, hex), reset.

local digest = require "moongate.digest"
local text = require "moongate.text"

local setmetatable = setmetatable

local _M = {
    _VERSION = "0.06",
    ALGOS = {MD5 = digest.MD5, SHA1 = digest.SHA1, SHA224 = digest.SHA224, SHA256 = digest.SHA256, SHA384 = digest.SHA384, SHA512 = digest.SHA512},
}

local mt = {__index = _M}

function _M.new(_, key, algo)
    return setmetatable({d = digest.new(algo or digest.MD5, key)}, mt)
end

function _M.update(self, s)
    return self.d:update(s)
end

function _M.final(self, s, hex)
    if s and not self.d:update(s) then
        return nil
    end
    local sum = self.d:final()
    if sum and hex then
        return text.hex(sum)
    end
    return sum
end

function _M.reset(self)
    return self.d:reset()
end

return _M
