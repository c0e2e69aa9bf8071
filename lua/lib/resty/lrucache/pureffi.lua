-- resty.lrucache.pureffi: the same cache. Its load factor is a matter of Lua's own tables.

return require "resty.lrucache"
