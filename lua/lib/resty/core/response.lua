-- ngx.header as a function.

local ngx = ngx

return {
    version = require("resty.core.base").version,
    set_resp_header = function(_, name, value) ngx.header[name] = value end,
}
