-- Who gets the new version: a list of addresses under the key "gray", in redis
-- where one answers on this machine, otherwise in a dictionary that all workers share.
local redis = require "resty.redis"

local _M = {}
local dict = ngx.shared.gray

-- A connection, or nothing. After a failure redis is left alone for five seconds.
local function connect()
    if dict:get("redis is away") then
        return nil
    end
    local red = redis:new()
    red:set_timeout(200)
    local ok, err = red:connect("127.0.0.1", 6379)
    if ok then
        return red
    end
    dict:set("redis is away", true, 5)
    -- add succeeds for one worker and one time only
    if dict:add("said so", true) then
        ngx.log(ngx.NOTICE, "no redis on 127.0.0.1:6379 (", err, "): the gray list is kept in a shared dict")
    end
    return nil
end

function _M.get()
    local red = connect()
    if not red then
        return dict:get("gray") or "", "shared dict"
    end
    local list = red:get("gray")
    red:set_keepalive(10000, 10)
    if not list or list == ngx.null then
        list = ""
    end
    return list, "redis"
end

function _M.set(list)
    local red = connect()
    if not red then
        dict:set("gray", list)
        return "shared dict"
    end
    red:set("gray", list)
    red:set_keepalive(10000, 10)
    return "redis"
end

return _M
