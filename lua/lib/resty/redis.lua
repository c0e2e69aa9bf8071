-- resty.redis: a client of Redis (RESP2), with pipelines, transactions, subscriptions and connection pools.

local new_tab = require "table.new"
local socket = ngx.socket
local null = ngx.null
local byte, sub, lower = string.byte, string.sub, string.lower
local tonumber, tostring, type, select, pairs = tonumber, tostring, type, select, pairs
local rawget, setmetatable, error = rawget, setmetatable, error

local tcp = socket.tcp

local _M = new_tab(0, 64)
_M._VERSION = "0.33"

local STATUS, ERROR, INTEGER, BULK, MULTI = byte("+"), byte("-"), byte(":"), byte("$"), byte("*")

local function uninitialized()
    return nil, "not initialized"
end

function _M.new(_)
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    return setmetatable({_sock = sock, _subscribed = false, _n_channel = {unsubscribe = 0, punsubscribe = 0}}, _M.mt)
end

function _M.set_timeout(self, timeout)
    local sock = rawget(self, "_sock")
    if not sock then
        error("not initialized", 2)
    end
    sock:settimeout(timeout)
end

function _M.set_timeouts(self, connect, send, read)
    local sock = rawget(self, "_sock")
    if not sock then
        error("not initialized", 2)
    end
    sock:settimeouts(connect, send, read)
end

function _M.connect(self, host, port, opts)
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    local unix
    if type(host) == "string" then
        unix = lower(sub(host, 1, 5)) == "unix:"
    else
        return nil, "bad argument #1 host: string expected, got " .. type(host)
    end
    if unix then
        -- the second argument may be the options
        opts = type(port) == "table" and port or opts
    else
        local n = tonumber(port)
        if n == nil then
            return nil, "bad argument #2 port: number expected, got " .. type(port)
        end
        port = n
    end
    if opts ~= nil and type(opts) ~= "table" then
        return nil, "bad argument #3 opts: nil or table expected, got " .. type(opts)
    end
    self._subscribed = false
    self._reqs = nil
    local ok, err
    if unix then
        if opts then
            ok, err = sock:connect(host, opts)
        else
            ok, err = sock:connect(host)
        end
    elseif opts then
        ok, err = sock:connect(host, port, opts)
    else
        ok, err = sock:connect(host, port)
    end
    if not ok then
        return ok, err
    end
    if opts and opts.ssl then
        ok, err = sock:sslhandshake(nil, opts.server_name, opts.ssl_verify)
        if not ok then
            return ok, "failed to do ssl handshake: " .. err
        end
    end
    return ok, err
end

function _M.set_keepalive(self, ...)
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    if rawget(self, "_subscribed") then
        return nil, "subscribed state"
    end
    return sock:setkeepalive(...)
end

function _M.get_reused_times(self)
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    return sock:getreusedtimes()
end

local function close(self)
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    return sock:close()
end

_M.close = close

-- Reads one reply. nil and a message: the connection failed; false and a message: Redis answered with an error.
local function read_reply(self, sock)
    local line, err = sock:receive()
    if not line then
        if err == "timeout" and not rawget(self, "_subscribed") then
            sock:close()
        end
        return nil, err
    end
    local kind = byte(line)
    if kind == BULK then
        local size = tonumber(sub(line, 2))
        if size < 0 then
            return null
        end
        local data
        data, err = sock:receive(size)
        if not data then
            if err == "timeout" then
                sock:close()
            end
            return nil, err
        end
        local crlf
        crlf, err = sock:receive(2)
        if not crlf then
            if err == "timeout" then
                sock:close()
            end
            return nil, err
        end
        return data
    elseif kind == STATUS then
        return sub(line, 2)
    elseif kind == INTEGER then
        return tonumber(sub(line, 2))
    elseif kind == ERROR then
        return false, sub(line, 2)
    elseif kind == MULTI then
        local n = tonumber(sub(line, 2))
        if n < 0 then
            return null
        end
        local list = new_tab(n, 0)
        for i = 1, n do
            local v
            v, err = read_reply(self, sock)
            if v then
                list[i] = v
            elseif v == nil then
                return nil, err
            else
                list[i] = {false, err}
            end
        end
        return list
    end
    -- Something that can't be answered by Redis, such as a server of another kind.
    return nil, 'unknown prefix: "' .. tostring(sub(line, 1, 1)) .. '"'
end

local CRLF = "\r\n"

-- The request as a table of strings, which the socket joins.
local function request(args, n)
    local req = new_tab(n * 4 + 2, 0)
    req[1] = "*" .. n .. CRLF
    local k = 1
    for i = 1, n do
        local arg = args[i]
        if type(arg) ~= "string" then
            arg = tostring(arg)
        end
        req[k + 1], req[k + 2], req[k + 3], req[k + 4] = "$" .. #arg, CRLF, arg, CRLF
        k = k + 4
    end
    return req
end

local function track(self, cmd, reply)
    -- How many channels are left stands last in the answer to an unsubscribe.
    if type(reply) ~= "table" then
        return
    end
    self._n_channel[cmd] = reply[3]
    local counts = self._n_channel
    if counts.unsubscribe == 0 and counts.punsubscribe == 0 then
        self._subscribed = false
    end
end

local subscribes = {subscribe = "unsubscribe", psubscribe = "punsubscribe"}
local unsubscribes = {unsubscribe = true, punsubscribe = true}

local function run(self, args, n)
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    local cmd = args[1]
    local req = request(args, n)
    local reqs = rawget(self, "_reqs")
    if reqs then
        reqs[#reqs + 1] = req
        return
    end
    local ok, err = sock:send(req)
    if not ok then
        return nil, err
    end
    if not unsubscribes[cmd] then
        return read_reply(self, sock)
    end
    local reply
    reply, err = read_reply(self, sock)
    if not reply then
        return reply, err
    end
    track(self, cmd, reply)
    return reply
end

local function command(self, cmd, ...)
    local n = select("#", ...)
    return run(self, {cmd, ...}, n + 1)
end

-- The answers to a command on several channels come one by one: the first is returned, and read_reply gives the others.
local function subscribe(self, cmd, ...)
    if not rawget(self, "_subscribed") then
        self._subscribed = true
    end
    local reply, err = command(self, cmd, ...)
    if not reply then
        return reply, err
    end
    if type(reply) == "table" then
        self._n_channel[subscribes[cmd]] = reply[3]
    end
    return reply
end

function _M.subscribe(self, ...)
    return subscribe(self, "subscribe", ...)
end

function _M.psubscribe(self, ...)
    return subscribe(self, "psubscribe", ...)
end

function _M.read_reply(self)
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    if not rawget(self, "_subscribed") then
        return nil, "not subscribed"
    end
    local reply, err = read_reply(self, sock)
    if not reply then
        return reply, err
    end
    if type(reply) == "table" and unsubscribes[reply[1]] then
        track(self, reply[1], reply)
    end
    return reply
end

-- hmset key {field = value, ...}, or fields and values one after the other.
function _M.hmset(self, key, ...)
    if select("#", ...) == 1 then
        local t = ...
        local args, n = {"hmset", key}, 2
        for k, v in pairs(t) do
            args[n + 1], args[n + 2] = k, v
            n = n + 2
        end
        return run(self, args, n)
    end
    return command(self, "hmset", key, ...)
end

-- An array as {key, value, key, value...} into a table.
function _M.array_to_hash(_, t)
    local n = #t
    local h = new_tab(0, n / 2)
    for i = 1, n, 2 do
        h[t[i]] = t[i + 1]
    end
    return h
end

function _M.init_pipeline(self, n)
    self._reqs = new_tab(n or 4, 0)
end

function _M.cancel_pipeline(self)
    self._reqs = nil
end

function _M.commit_pipeline(self)
    local reqs = rawget(self, "_reqs")
    if not reqs then
        return nil, "no pipeline"
    end
    self._reqs = nil
    local sock = rawget(self, "_sock")
    if not sock then
        return uninitialized()
    end
    local ok, err = sock:send(reqs)
    if not ok then
        return nil, err
    end
    local n = #reqs
    local vals = new_tab(n, 0)
    for i = 1, n do
        local v
        v, err = read_reply(self, sock)
        if v then
            vals[i] = v
        elseif v == nil then
            if err == "timeout" then
                close(self)
            end
            return nil, err
        else
            vals[i] = {false, err}
        end
    end
    return vals
end

-- Commands are methods, made when they are first used. A module's are called as red:bf():add(...).
local function make(cmd)
    return function(self, ...)
        return command(self, cmd, ...)
    end
end

for cmd in ([[get set mget mset del incr decr llen lindex lpop lpush lrange linsert hexists hget hset hmget hdel smembers
    sismember sadd srem sdiff sinter sunion zrange zrangebyscore zrank zadd zrem zincrby auth eval expire script sort scan
    exists ttl type ping select multi exec discard watch evalsha keys publish info flushdb unsubscribe punsubscribe]]):gmatch("%S+") do
    _M[cmd] = make(cmd)
end

function _M.add_commands(...)
    for i = 1, select("#", ...) do
        local cmd = select(i, ...)
        _M[cmd] = make(cmd)
    end
end

-- Commands of a Redis module: red:bf():add("key", "x") after register_module_prefix("bf") is BF.ADD.
function _M.register_module_prefix(prefix)
    _M[prefix] = function(self)
        return setmetatable({}, {
            __index = function(_, name)
                return function(_, ...)
                    return command(self, prefix .. "." .. name, ...)
                end
            end,
        })
    end
end

_M.mt = {
    __index = function(_, name)
        local f = _M[name]
        if f == nil then
            f = make(name)
            _M[name] = f
        end
        return f
    end,
}

setmetatable(_M, {
    __index = function(self, name)
        local f = make(name)
        self[name] = f
        return f
    end,
})

return _M
