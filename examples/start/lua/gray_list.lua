-- /gray/list shows the list; /gray/list?set=192.168.40.1,127.0.0.1 replaces it.
local store = require "gray_store"

local new = ngx.var.arg_set
if new then
    store.set(ngx.unescape_uri(new))
end
local list, where = store.get()
ngx.say("gray list in ", where, ": ", list == "" and "(empty)" or list)
