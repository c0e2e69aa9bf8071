-- resty.memcached: a client of memcached's text protocol.

local new_tab = require "table.new"

local tcp = ngx.socket.tcp
local escape_uri, unescape_uri = ngx.escape_uri, ngx.unescape_uri
local sub, match, find = string.sub, string.match, string.find
local concat = table.concat
local setmetatable, type, tostring, tonumber, error = setmetatable, type, tostring, tonumber, error

local _M = {_VERSION = "0.17"}
local mt = {__index = _M}

function _M.new(_, opts)
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    local escape, unescape = escape_uri, unescape_uri
    if opts and opts.key_transform then
        escape, unescape = opts.key_transform[1], opts.key_transform[2]
        if not escape or not unescape then
            return nil, "expecting key_transform = { escape, unescape } table"
        end
    end
    return setmetatable({sock = sock, escape_key = escape, unescape_key = unescape}, mt)
end

function _M.set_timeout(self, timeout)
    if not self.sock then
        return nil, "not initialized"
    end
    self.sock:settimeout(timeout)
    return 1
end

function _M.set_timeouts(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    self.sock:settimeouts(...)
    return 1
end

function _M.connect(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:connect(...)
end

function _M.sslhandshake(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:sslhandshake(...)
end

local function receive(sock, size)
    local line, err = sock:receive(size)
    if not line and err == "timeout" then
        sock:close()
    end
    return line, err
end

-- Reads values up to END and gives each, unescaped, to found.
local function values(self, with_cas, found)
    local sock = self.sock
    while true do
        local line, err = receive(sock)
        if not line then
            return nil, err
        end
        if line == "END" then
            return true
        end
        local key, flags, len, cas = match(line, with_cas and "^VALUE (%S+) (%d+) (%d+) (%d+)$" or "^VALUE (%S+) (%d+) (%d+)$")
        if not key then
            return nil, line
        end
        local data
        data, err = receive(sock, tonumber(len))
        if not data then
            return nil, err
        end
        line, err = receive(sock, 2)
        if not line then
            return nil, err
        end
        found(self.unescape_key(key), data, flags, cas)
    end
end

local function retrieve(self, verb, key)
    local many = type(key) == "table"
    local cas_wanted = verb == "gets"
    local list
    if many then
        list = new_tab(#key, 0)
        if #key == 0 then
            return {}
        end
        for i = 1, #key do
            list[i] = self.escape_key(key[i])
        end
    else
        list = {self.escape_key(key)}
    end
    local sent, err = self.sock:send(verb .. " " .. concat(list, " ") .. "\r\n")
    if not sent then
        if many then
            return nil, err
        end
        if cas_wanted then
            return nil, nil, nil, err
        end
        return nil, nil, err
    end
    local results, value, flags, cas = {}, nil, nil, nil
    local ok
    ok, err = values(self, cas_wanted, function(k, v, f, c)
        if many then
            results[k] = c and {v, f, c} or {v, f}
        else
            value, flags, cas = v, f, c
        end
    end)
    if many then
        if not ok then
            return nil, err
        end
        return results
    end
    if not ok then
        if cas_wanted then
            return nil, nil, nil, err
        end
        return nil, nil, err
    end
    if cas_wanted then
        return value, flags, cas
    end
    return value, flags
end

function _M.get(self, key)
    return retrieve(self, "get", key)
end

function _M.gets(self, key)
    return retrieve(self, "gets", key)
end

-- Sends a line (and perhaps data) and expects one of some lines back.
local function ask(self, req)
    local sent, err = self.sock:send(req)
    if not sent then
        return nil, err
    end
    return receive(self.sock)
end

local function store(self, verb, key, value, exptime, flags, cas)
    if type(value) == "table" then
        value = concat(value)
    elseif type(value) ~= "string" then
        value = tostring(value)
    end
    local line, err = ask(self, {
        verb, " ", self.escape_key(key), " ", tostring(flags or 0), " ", tostring(exptime or 0), " ", tostring(#value),
        cas and " " .. cas or "", "\r\n", value, "\r\n",
    })
    if not line then
        return nil, err
    end
    if line == "STORED" then
        return 1
    end
    return nil, line
end

for _, verb in ipairs {"set", "add", "replace", "append", "prepend"} do
    _M[verb] = function(self, key, value, exptime, flags)
        return store(self, verb, key, value, exptime, flags)
    end
end

function _M.cas(self, key, value, cas, exptime, flags)
    return store(self, "cas", key, value, exptime, flags, cas)
end

local function expect(self, req, want)
    local line, err = ask(self, req)
    if not line then
        return nil, err
    end
    if line ~= want then
        return nil, line
    end
    return 1
end

function _M.delete(self, key)
    return expect(self, "delete " .. self.escape_key(key) .. "\r\n", "DELETED")
end

function _M.touch(self, key, exptime)
    return expect(self, "touch " .. self.escape_key(key) .. " " .. exptime .. "\r\n", "TOUCHED")
end

function _M.flush_all(self, time)
    return expect(self, time and "flush_all " .. time .. "\r\n" or "flush_all\r\n", "OK")
end

function _M.verbosity(self, level)
    return expect(self, "verbosity " .. level .. "\r\n", "OK")
end

local function count(self, verb, key, value)
    local line, err = ask(self, verb .. " " .. self.escape_key(key) .. " " .. value .. "\r\n")
    if not line then
        return nil, err
    end
    if not find(line, "^%d+$") then
        return nil, line
    end
    return line
end

function _M.incr(self, key, value)
    return count(self, "incr", key, value)
end

function _M.decr(self, key, value)
    return count(self, "decr", key, value)
end

function _M.stats(self, args)
    local sent, err = self.sock:send(args and "stats " .. args .. "\r\n" or "stats\r\n")
    if not sent then
        return nil, err
    end
    local lines = {}
    while true do
        local line
        line, err = receive(self.sock)
        if not line then
            return nil, err
        end
        if line == "END" then
            return lines
        end
        if not find(line, "^STAT ") then
            return nil, line
        end
        lines[#lines + 1] = sub(line, 6)
    end
end

function _M.version(self)
    local line, err = ask(self, "version\r\n")
    if not line then
        return nil, err
    end
    local v = match(line, "^VERSION (.+)$")
    if not v then
        return nil, line
    end
    return v
end

function _M.quit(self)
    local sent, err = self.sock:send("quit\r\n")
    if not sent then
        return nil, err
    end
    return 1
end

function _M.set_keepalive(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:setkeepalive(...)
end

function _M.get_reused_times(self)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:getreusedtimes()
end

function _M.close(self)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:close()
end

return _M
