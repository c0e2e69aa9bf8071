-- kong.cache: values in memory that all workers share, and that forgets what was not used for
-- longest. What lies there is a letter for the type, and the value as text.
local host, json = ...
local ngx, type, error, tostring, tonumber, pcall, select = ngx, type, error, tostring, tonumber, pcall, select

local cache = {}

local function pack(v)
    local kind = type(v)
    if v == nil then return "n" end
    if kind == "string" then return "s" .. v end
    if kind == "number" then return "d" .. string.format("%.17g", v) end
    if kind == "boolean" then return v and "t" or "f" end
    if kind == "table" then
        local ok, text = pcall(json.encode, v)
        if not ok then return nil, text end
        return "j" .. text
    end
    return nil, "cannot cache value of type " .. kind
end

local function value(text)
    local kind, rest = text:sub(1, 1), text:sub(2)
    if kind == "s" then return rest end
    if kind == "d" then return tonumber(rest) end
    if kind == "j" then return json.decode(rest) end
    if kind == "n" then return nil end
    return kind == "t"
end

local function named(key)
    if type(key) ~= "string" or key == "" then error("key must be a string", 3) end
    return key
end

local function lives(opts, name)
    local n = opts and opts[name]
    if n == nil then return nil end
    if type(n) ~= "number" or n < 0 then error("opts." .. name .. " must be a number >= 0", 3) end
    return n
end

-- Who asks for what is being made in this worker waits for it, where waiting is possible.
local making, patience = {}, 5
local waits = { rewrite = true, access = true, content = true, timer = true, server_rewrite = true, precontent = true }

local function await(key)
    local m = making[key]
    if not m or ngx.now() - m.since > patience or not waits[ngx.get_phase()] then return nil end
    if not m.bell then
        m.bell = require("ngx.semaphore").new(0)
    end
    m.waiting = m.waiting + 1
    m.bell:wait(patience)
    return host.cache_get(key)
end

local function made(key, m)
    if making[key] == m then making[key] = nil end
    if m.bell then m.bell:post(m.waiting) end
end

-- get gives the value of a key, or else what load makes of it. Third it says where the value
-- is from: 2 is the memory, 3 load.
function cache:get(key, opts, load, ...)
    named(key)
    local ttl, nothing = lives(opts, "ttl"), lives(opts, "neg_ttl")
    if type(load) ~= "function" then error("callback must be a function", 2) end
    local kept = host.cache_get(key) or await(key)
    if kept then return value(kept), nil, 2 end
    local m = { since = ngx.now(), waiting = 0 }
    making[key] = m
    local ok, v, err, own = pcall(load, ...)
    if not ok then
        made(key, m)
        return nil, "callback threw an error: " .. tostring(v)
    end
    if err ~= nil then
        made(key, m)
        return nil, tostring(err)
    end
    if type(own) == "number" and own >= 0 then
        ttl, nothing = own, own
    end
    local text, wrong = pack(v)
    if text then
        if v == nil then ttl = nothing end
        local full = host.cache_set(key, text, tostring(ttl or 0))
        if full then ngx.log(ngx.WARN, "kong.cache: \"", key, "\" is not kept: ", full) end
    end
    made(key, m)
    if wrong then return nil, wrong end
    return v, nil, 3
end

-- probe says for how many seconds a value is still kept (0: for ever), and gives it.
function cache:probe(key)
    local left = host.cache_left(named(key))
    local kept = left and host.cache_get(key)
    if not kept then return nil end
    return tonumber(left), nil, value(kept)
end

function cache:safe_set(key, v, opts)
    local ttl = lives(opts, "ttl")
    local text, err = pack(v)
    if not text then return nil, err end
    err = host.cache_set(named(key), text, tostring(ttl or 0))
    if err then return nil, err end
    return true
end

function cache:invalidate(key) host.cache_drop(named(key)) end
cache.invalidate_local = cache.invalidate

return cache
