local redis = require "resty.redis"
local red = redis:new()
red:set_timeout(1000)
local ok, err = red:connect("127.0.0.1", 6379)
if not ok then
    ngx.say("failed to connect redis: ", err)
    return
end
local headers = ngx.req.get_headers()
local ip = headers["X-REAL-IP"] or headers["X_FORWARDED_FOR"] or ngx.var.remote_addr
local list = red:get("gray")
red:set_keepalive(10000, 100)
-- no list: everybody gets the new version, as in the tutorial
if list ~= ngx.null and not string.find(list, ip, 1, true) then
    return ngx.exec("@prod")
end
return ngx.exec("@pre")
