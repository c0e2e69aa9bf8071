-- ngx.pipe: programs are not started from scripts yet; whoever calls is told so.

local _M = {version = require("resty.core.base").version}

function _M.spawn()
    return nil, "ngx.pipe is not supported by this version"
end

return _M
