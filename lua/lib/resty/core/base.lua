-- Small things that libraries take from here: buffers for FFI calls, table functions, return codes.

local ffi = require "ffi"
local buffer = require "moongate.buffer"

local exdata = require "thread.exdata"
local select, error = select, error

pcall(ffi.cdef, "typedef struct { size_t len; const unsigned char *data; } ngx_str_t;")

local _M = {
    version = "0.1.33",
    new_tab = require "table.new",
    clear_tab = require "table.clear",
    get_string_buf = buffer.get,
    get_string_buf_size = buffer.size,
    set_string_buf_size = buffer.set_size,
    FFI_OK = 0,
    FFI_ERROR = -1,
    FFI_AGAIN = -2,
    FFI_BUSY = -3,
    FFI_DONE = -4,
    FFI_DECLINED = -5,
    FFI_ABORT = -6,
    FFI_NO_REQ_CTX = -100,
    FFI_BAD_CONTEXT = -101,
}

local errmsg, size

function _M.get_errmsg_ptr()
    errmsg = errmsg or ffi.new("char *[1]")
    return errmsg
end

function _M.get_size_ptr()
    size = size or ffi.new("size_t[1]")
    return size
end

-- A place for a value in a table that keeps a list of its free places at index 0.
function _M.ref_in_table(t, value)
    if value == nil then
        return -1
    end
    local free = t[0]
    if free and free ~= 0 then
        t[0] = t[free]
    else
        free = #t + 1
    end
    t[free] = value
    return free
end

function _M.get_request()
    local r = exdata()
    if r ~= nil then
        return r
    end
end

function _M.allows_subsystem(...)
    for i = 1, select("#", ...) do
        if select(i, ...) == ngx.config.subsystem then
            return
        end
    end
    error("unsupported subsystem: " .. ngx.config.subsystem, 2)
end

return _M
