-- ngx.base64: the alphabet of URLs (RFC 4648 section 5), without padding.

local text = require "moongate.text"

local type = type

local _M = {version = require("resty.core.base").version}

function _M.encode_base64url(s)
    if type(s) ~= "string" then
        return nil, "must provide a string"
    end
    return text.encode_base64url(s)
end

function _M.decode_base64url(s)
    if type(s) ~= "string" then
        return nil, "must provide a string"
    end
    local out = text.decode_base64url(s)
    if not out then
        return nil, "invalid input"
    end
    return out
end

return _M
