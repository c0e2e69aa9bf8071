package api

// captureLua checks the options of ngx.location.capture and capture_multi.
const captureLua = `
local begin, add, run = moongate.sub_begin, moongate.sub_add, moongate.sub_run
local type, error, unpack, rawget, gsub, upper, lower, find = type, error, unpack, rawget, string.gsub, string.upper, string.lower, string.find
local tostring, pairs = tostring, pairs

local function canonical(a, b) return upper(a) .. b end
moongate.sub_headers_mt = {
    __index = function(t, k)
        local name = gsub(gsub(gsub(lower(k), "_", "-"), "^(%a)(.*)$", canonical), "(%-)(%a)", function(d, c) return d .. upper(c) end)
        local v = rawget(t, name)
        if v ~= nil then return v end
        name = lower(name)
        for key, value in pairs(t) do
            if lower(key) == name then return value end
        end
    end
}

local function keyval(t, what)
    for k, v in pairs(t) do
        if type(k) ~= "string" then
            error("attempt to use a non-string key in the \"vars\" option table", 4)
        end
        if type(v) ~= "string" and type(v) ~= "number" then
            error("attempt to use bad variable value type " .. type(v), 4)
        end
    end
end

local function flag(opts, name)
    local v = opts[name]
    if v == nil then return false end
    if type(v) ~= "boolean" then error("Bad " .. name .. " option value", 4) end
    return v
end

local function one(index, uri, opts)
    local kind = type(uri)
    if kind ~= "string" and kind ~= "number" then
        error("bad argument #3 to 'capture' (string expected, got " .. (uri == nil and "nil" or kind) .. ")", 3)
    end
    if opts == nil then return add(uri, 2, nil, nil, 0) end
    if type(opts) ~= "table" then
        error("expecting table as the 2nd argument for subrequest " .. index .. ", but got " .. type(opts), 3)
    end
    local args = opts.args
    kind = type(args)
    if kind ~= "nil" and kind ~= "table" and kind ~= "string" and kind ~= "number" then
        error("Bad args option value", 3)
    end
    local vars, headers = opts.vars, opts.headers
    if vars ~= nil then
        if type(vars) ~= "table" then error("Bad vars option value", 3) end
        keyval(vars)
    end
    if headers ~= nil then
        if type(headers) ~= "table" then error("Bad headers option value", 3) end
        keyval(headers)
    end
    local flags = 0
    if flag(opts, "share_all_vars") then flags = flags + 1 end
    if flag(opts, "copy_all_vars") then flags = flags + 2 end
    if opts.always_forward_body then flags = flags + 4 end
    local method = opts.method
    if method == nil then
        method = 2
    elseif type(method) ~= "number" then
        error("Bad http request method", 3)
    end
    local ctx = opts.ctx
    if ctx ~= nil and type(ctx) ~= "table" then
        error("Bad ctx option value type " .. type(ctx) .. ", expected a Lua table", 3)
    end
    local body = opts.body
    if body ~= nil and type(body) ~= "string" and type(body) ~= "number" then
        error("Bad http request body", 3)
    end
    return add(uri, method, args, body, flags, vars, headers, ctx)
end

function ngx.location.capture(...)
    local n = select("#", ...)
    if n ~= 1 and n ~= 2 then error("expecting one or two arguments", 2) end
    local uri, opts = ...
    begin()
    one(0, uri, opts)
    return run()
end

function ngx.location.capture_multi(...)
    local n = select("#", ...)
    if n ~= 1 then error("only one argument is expected, but got " .. n, 2) end
    local list = ...
    if type(list) ~= "table" then
        error("bad argument #1 to 'capture_multi' (table expected, got " .. (list == nil and "nil" or type(list)) .. ")", 2)
    end
    n = #list
    if n == 0 then error("at least one subrequest should be specified", 2) end
    begin()
    for i = 1, n do
        local q = list[i]
        if type(q) ~= "table" then
            error("the query argument " .. (i - 1) .. " is not a table, but a " .. type(q), 2)
        end
        local m = #q
        if m ~= 1 and m ~= 2 then
            error("query argument " .. (i - 1) .. " expecting one or two arguments", 2)
        end
        one(i - 1, q[1], q[2])
    end
    return run()
end
`
