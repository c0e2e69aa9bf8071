-- resty.string: hexadecimal digits and numbers from text.

local text = require "moongate.text"

local tonumber, type, error = tonumber, type, error
local match = string.match

local _M = {_VERSION = "0.16"}

function _M.to_hex(s)
    if type(s) ~= "string" then
        error("bad argument #1 to 'to_hex' (string expected)", 2)
    end
    return text.hex(s)
end

-- As C's atoi: digits at the front, whatever comes after.
function _M.atoi(s)
    return tonumber(match(s, "^%s*([+-]?%d+)")) or 0
end

return _M
