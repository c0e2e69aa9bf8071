-- What scripts see of ngx.socket. A method hands over to the program in a tail call, with the handle of the socket in place
-- of the table: so the place and the name in messages are the script's.

local tls = require "moongate.tls"

local native = moongate.socket
local ngx = ngx
local type, select, error, setmetatable = type, select, error, setmetatable
local bad = native.bad

local function method(run)
    return function(self, ...)
        if type(self) ~= "table" then
            return bad(self, ...)
        end
        return run(self[1], ...)
    end
end

local tcp = {}

for _, name in ipairs {
    "connect", "send", "receive", "receiveany", "close", "setkeepalive", "getreusedtimes", "settimeout", "settimeouts",
    "bind", "setoption", "getoption", "getfd",
} do
    tcp[name] = method(native[name])
end

local send = tcp.send

function tcp.send(self, ...)
    if type(self) ~= "table" and select("#", ...) ~= 1 then
        error("expecting 2 arguments (including the object), but got " .. 1 + select("#", ...), 2)
    end
    return send(self, ...)
end

local until_new, until_next = native["until"], native.until_next

function tcp.receiveuntil(self, ...)
    if type(self) ~= "table" then
        return bad(self, ...)
    end
    local pattern, err = until_new(self[1], ...)
    if not pattern then
        return nil, err
    end
    return function(...)
        return until_next(pattern, ...)
    end
end

local handshake, session_of = native.handshake, native.session

function tcp.sslhandshake(self, session, name, verify, status_req, ...)
    local more = select("#", ...)
    if not self or more > 0 then
        error("ngx.socket sslhandshake: expecting 1 ~ 5 arguments (including the object), but seen " .. (self and 5 + more or 0), 2)
    end
    local given = true
    if session == false then
        given = false
    elseif type(session) == "cdata" then
        given = tls.number(session)
    end
    local ok, err = handshake(self[1], given, name, verify, status_req)
    if type(ok) == "number" then
        return tls.session(ok)
    end
    return ok, err
end

function tcp.getsslsession(self)
    local n, err = session_of(self[1])
    if not n then
        return nil, err
    end
    return tls.session(n)
end

local set_cert = native.setclientcert

function tcp.setclientcert(self, cert, key)
    if not cert and not key then
        set_cert(self[1], 0, 0)
        return true
    end
    if not cert or not key then
        return nil, "client certificate must be supplied with corresponding private key"
    end
    if type(cert) ~= "cdata" then
        return nil, "bad cert arg: cdata expected, got " .. type(cert)
    end
    if type(key) ~= "cdata" then
        return nil, "bad pkey arg: cdata expected, got " .. type(key)
    end
    return set_cert(self[1], tls.number(cert), tls.number(key))
end

local udp = {
    setpeername = method(native.udp_setpeername),
    bind = method(native.udp_bind),
    send = method(native.udp_send),
    receive = method(native.udp_receive),
    settimeout = method(native.udp_settimeout),
    close = method(native.udp_close),
}

ngx.socket = ngx.socket or {}
ngx.socket.tcp = native.tcp
ngx.socket.stream = native.tcp
ngx.socket.udp = native.udp

function ngx.socket.connect(...)
    local sock = ngx.socket.tcp()
    local ok, err = sock:connect(...)
    if not ok then
        return nil, err
    end
    return sock
end

local function metatable(methods)
    local mt = {}
    for name, f in pairs(methods) do
        mt[name] = f
    end
    mt.__index = mt
    return mt
end

return {tcp = metatable(tcp), udp = metatable(udp)}
