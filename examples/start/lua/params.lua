-- Checks of arguments that several files share.
local _M = {}

function _M.is_number(...)
    for i = 1, select("#", ...) do
        if not tonumber((select(i, ...))) then
            return false
        end
    end
    return true
end

return _M
