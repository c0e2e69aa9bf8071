-- ngx.ctx as a function.

local ngx = ngx

return {
    version = require("resty.core.base").version,
    get_ctx_table = function() return ngx.ctx end,
}
