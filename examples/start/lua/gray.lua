-- A client whose address is on the list gets the new version, everybody else the old one.
local store = require "gray_store"

local headers = ngx.req.get_headers()
local ip = headers["X-Real-IP"] or headers["X-Forwarded-For"] or ngx.var.remote_addr
if type(ip) == "table" then
    ip = ip[1]
end

local list = store.get()
for entry in string.gmatch(list, "[^%s,]+") do
    if entry == ip then
        return ngx.exec("@pre")
    end
end
return ngx.exec("@prod")
