-- resty.dns.resolver: asks name servers over UDP, and over TCP what is too long for it.

local wire = require "resty.dns.wire"
local new_tab = require "table.new"

local udp, tcp = ngx.socket.udp, ngx.socket.tcp
local log, WARN = ngx.log, ngx.WARN
local random, char, byte, floor = math.random, string.char, string.byte, math.floor
local type, setmetatable, ipairs, concat = type, setmetatable, ipairs, table.concat

local _M = {
    _VERSION = "0.23",
    TYPE_A = 1, TYPE_NS = 2, TYPE_CNAME = 5, TYPE_SOA = 6, TYPE_PTR = 12, TYPE_MX = 15, TYPE_TXT = 16, TYPE_AAAA = 28,
    TYPE_SRV = 33, TYPE_SPF = 99, CLASS_IN = 1, SECTION_AN = 1, SECTION_NS = 2, SECTION_AR = 3,
    expand_ipv6_addr = wire.expand, compress_ipv6_addr = wire.compress,
}
local mt = {__index = _M}

function _M.new(_, opts)
    if not opts then
        return nil, "no options table specified"
    end
    local list = opts.nameservers
    if not list or #list == 0 then
        return nil, "no nameservers specified"
    end
    local timeout = opts.timeout or 2000
    local servers = new_tab(#list, 0)
    for i, server in ipairs(list) do
        local host, port = server, 53
        if type(server) == "table" then
            host, port = server[1], server[2] or 53
        end
        local sock, err = udp()
        if not sock then
            return nil, "failed to create udp socket: " .. err
        end
        local ok
        ok, err = sock:setpeername(host, port)
        if not ok then
            return nil, "failed to set peer name: " .. err
        end
        sock:settimeout(timeout)
        servers[i] = {sock = sock, host = host, port = port}
    end
    return setmetatable({
        cur = opts.no_random and 1 or random(1, #servers), servers = servers, retrans = opts.retrans or 5, timeout = timeout,
        no_recurse = opts.no_recurse,
    }, mt)
end

function _M.set_timeout(self, timeout)
    self.timeout = timeout
    for _, server in ipairs(self.servers) do
        server.sock:settimeout(timeout)
    end
end

local function pick(self)
    local server = self.servers[self.cur]
    self.cur = self.cur < #self.servers and self.cur + 1 or 1
    return server
end

local function ask_tcp(self, server, query, id, opts)
    local sock, err = tcp()
    if not sock then
        return nil, "failed to create tcp socket: " .. err
    end
    sock:settimeout(self.timeout)
    local ok
    ok, err = sock:connect(server.host, server.port)
    if not ok then
        return nil, "failed to connect to TCP server " .. concat({server.host, ":", server.port}) .. ": " .. err
    end
    ok, err = sock:send(char(floor(#query / 256), #query % 256) .. query)
    if not ok then
        return nil, "failed to send query to TCP server: " .. err
    end
    local head
    head, err = sock:receive(2)
    if not head then
        return nil, "failed to receive the reply length field: " .. err
    end
    local a, b = byte(head, 1, 2)
    local data
    data, err = sock:receive(a * 256 + b)
    if not data then
        return nil, "failed to receive the reply message body: " .. err
    end
    sock:close()
    return wire.parse(data, id, opts)
end

-- Sends to one server and takes the answer to this very question: others come late.
local function ask(self, server, query, id, opts)
    local sock = server.sock
    local ok, err = sock:send(query)
    if not ok then
        return nil, "failed to send request to UDP server " .. server.host .. ":" .. server.port .. ": " .. err
    end
    for _ = 1, 128 do
        local data
        data, err = sock:receive(4096)
        if not data then
            return nil, "failed to receive reply from UDP server " .. server.host .. ":" .. server.port .. ": " .. err
        end
        local answers
        answers, err = wire.parse(data, id, opts)
        if answers then
            return answers
        elseif err == "truncated" then
            return ask_tcp(self, server, query, id, opts)
        elseif err ~= "id mismatch" then
            return nil, err
        end
        log(WARN, "id mismatch in the DNS reply")
    end
    return nil, "id mismatch"
end

local function query(self, name, opts, over_tcp, tries)
    opts = opts or {}
    local id = random(0, 65535)
    local packet, err = wire.query(name, opts.qtype or 1, id, self.no_recurse)
    if not packet then
        return nil, err
    end
    if over_tcp then
        return ask_tcp(self, pick(self), packet, id, opts)
    end
    for i = 1, self.retrans do
        local answers
        answers, err = ask(self, pick(self), packet, id, opts)
        if answers then
            return answers
        end
        if tries then
            tries[i] = err
        end
    end
    return nil, err, tries
end

function _M.query(self, name, opts, tries)
    return query(self, name, opts, false, tries)
end

function _M.tcp_query(self, name, opts)
    return query(self, name, opts, true)
end

function _M.reverse_query(self, addr)
    return query(self, wire.arpa(addr), {qtype = _M.TYPE_PTR})
end

_M.arpa_str = wire.arpa

return _M
