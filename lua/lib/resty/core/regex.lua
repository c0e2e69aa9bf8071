-- Compiled patterns for libraries that match on their own.

local pattern = require "moongate.pattern"

local _M = {version = require("resty.core.base").version}

function _M.re_match_compile(regex, opts)
    return pattern.get(regex, opts, 3)
end

_M.destroy_compiled_regex = pattern.free
_M.collect_captures = pattern.collect

function _M.is_regex_cache_empty()
    return pattern.cached() == 0
end

-- The results are joined by Lua itself: there is no buffer to grow.
function _M.set_buf_grow_ratio(_) end

return _M
