-- resty.mysql: a client of the MySQL protocol (4.1 and later), for MySQL and MariaDB.

local wire = require "resty.mysql.wire"
local auth = require "resty.mysql.auth"
local rows = require "resty.mysql.rows"

local tcp = ngx.socket.tcp
local setmetatable, max = setmetatable, math.max
local char, byte, sub = string.char, string.byte, string.sub

local _M = {_VERSION = "0.29"}
local mt = {__index = _M}

local CONNECTED, COMMAND_SENT = 1, 2
local COM_QUIT, COM_QUERY = "\1", "\3"

-- Capabilities of the client (protocol manual, "Capabilities Flags").
local LONG_PASSWORD, LONG_FLAG, CONNECT_WITH_DB, PROTOCOL_41, SSL, TRANSACTIONS, SECURE, MULTI_STATEMENTS, MULTI_RESULTS, PLUGIN_AUTH =
    0x1, 0x4, 0x8, 0x200, 0x800, 0x2000, 0x8000, 0x10000, 0x20000, 0x80000

local charsets = {
    _default = 0, big5 = 1, latin2 = 9, dec8 = 3, cp850 = 4, hp8 = 6, koi8r = 7, latin1 = 8, swe7 = 10, ascii = 11,
    ujis = 12, sjis = 13, hebrew = 16, tis620 = 18, euckr = 19, koi8u = 22, gb2312 = 24, greek = 25, cp1250 = 26,
    gbk = 28, latin5 = 30, armscii8 = 32, utf8 = 33, ucs2 = 35, cp866 = 36, keybcs2 = 37, macce = 38, macroman = 39,
    cp852 = 40, latin7 = 41, utf8mb4 = 45, cp1251 = 51, utf16 = 54, utf16le = 56, cp1256 = 57, cp1257 = 59,
    utf32 = 60, binary = 63, geostd8 = 92, cp932 = 95, eucjpms = 97, gb18030 = 248,
}

function _M.new(_)
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    return setmetatable({sock = sock}, mt)
end

function _M.set_timeout(self, timeout)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:settimeout(timeout)
end

function _M.set_timeouts(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:settimeouts(...)
end

local function open(self, opts)
    local sock = self.sock
    local pool_opts = {pool = opts.pool, pool_size = opts.pool_size, backlog = opts.backlog}
    if opts.host then
        local port = opts.port or 3306
        if not opts.pool then
            pool_opts.pool = (opts.user or "") .. ":" .. (opts.database or "") .. ":" .. opts.host .. ":" .. port
        end
        return sock:connect(opts.host, port, pool_opts)
    end
    if not opts.path then
        return nil, 'neither "host" nor "path" options are specified'
    end
    if not opts.pool then
        pool_opts.pool = (opts.user or "") .. ":" .. (opts.database or "") .. ":" .. opts.path
    end
    return sock:connect("unix:" .. opts.path, pool_opts)
end

-- The server's first packet: its version and what a password is answered with.
local function greeting(self)
    local packet, kind, err = wire.receive(self)
    if not packet then
        return nil, err
    end
    if kind == "ERR" then
        local errno, msg, state = wire.error(packet)
        return nil, msg, errno, state
    end
    self.protocol_ver = byte(packet)
    local version, pos = wire.cstring(packet, 2)
    if not version then
        return nil, "bad handshake initialization packet: bad server version"
    end
    self._server_ver = version
    local g = {scramble = sub(packet, pos + 4, pos + 11)}
    pos = pos + 13
    local low = wire.uint2(packet, pos)
    self._server_lang, self._server_status = byte(packet, pos + 2), wire.uint2(packet, pos + 3)
    g.capabilities = low + wire.uint2(packet, pos + 5) * 65536
    local len = byte(packet, pos + 7)
    pos = pos + 18
    g.scramble = g.scramble .. sub(packet, pos, pos + 11)
    g.plugin = wire.cstring(packet, pos + max(13, len - 8)) or "mysql_native_password"
    return g
end

local function bits(capabilities, flag)
    return capabilities % (flag * 2) >= flag
end

local function login(self, opts, g)
    local flags = LONG_PASSWORD + LONG_FLAG + CONNECT_WITH_DB + PROTOCOL_41 + TRANSACTIONS + SECURE + MULTI_STATEMENTS
        + MULTI_RESULTS + PLUGIN_AUTH
    local charset = charsets[opts.charset or "_default"]
    if not charset then
        return nil, "charset '" .. opts.charset .. "' is not supported"
    end
    local head
    if opts.ssl or opts.ssl_verify then
        if not bits(g.capabilities, SSL) then
            return nil, "ssl disabled on server"
        end
        flags = flags + SSL
        head = wire.put4(flags) .. wire.put4(self._max_packet_size) .. char(charset) .. ("\0"):rep(23)
        local ok, err = wire.send(self, head)
        if not ok then
            return nil, "failed to send client authentication packet: " .. err
        end
        ok, err = self.sock:sslhandshake(false, nil, opts.ssl_verify)
        if not ok then
            return nil, "failed to do ssl handshake: " .. (err or "")
        end
        self._tls = true
    end
    head = head or wire.put4(flags) .. wire.put4(self._max_packet_size) .. char(charset) .. ("\0"):rep(23)
    local answer, err = auth.answer(g.plugin, opts.password or "", g.scramble, self._tls)
    if not answer then
        return nil, err
    end
    local ok
    ok, err = wire.send(self, head .. (opts.user or "") .. "\0" .. char(#answer) .. answer .. (opts.database or "") .. "\0"
        .. g.plugin .. "\0")
    if not ok then
        return nil, "failed to send client authentication packet: " .. err
    end
    return auth.finish(self, opts.password or "", g)
end

function _M.connect(self, opts)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    self._max_packet_size = opts.max_packet_size or 1024 * 1024
    self.compact = opts.compact_arrays
    self._tls = false
    local ok, err = open(self, opts)
    if not ok then
        return nil, "failed to connect: " .. err
    end
    local reused = sock:getreusedtimes()
    if reused and reused > 0 then
        self.state = CONNECTED
        return 1
    end
    local g, errno, state
    g, err, errno, state = greeting(self)
    if not g then
        return nil, err, errno, state
    end
    ok, err, errno, state = login(self, opts, g)
    if not ok then
        return nil, err, errno, state
    end
    self.state = CONNECTED
    return 1
end

function _M.set_keepalive(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    if self.state ~= CONNECTED then
        return nil, "cannot be reused in the current connection state: " .. (self.state or "nil")
    end
    self.state = nil
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
    self.state = nil
    self.packet_no = -1
    wire.send(self, COM_QUIT)
    return self.sock:close()
end

function _M.server_ver(self)
    return self._server_ver
end

function _M.send_query(self, query)
    if self.state ~= CONNECTED then
        return nil, "cannot send query in the current context: " .. (self.state or "nil")
    end
    if not self.sock then
        return nil, "not initialized"
    end
    self.packet_no = -1
    local sent, err = wire.send(self, {COM_QUERY, query}, #query + 1)
    if not sent then
        return nil, err
    end
    self.state = COMMAND_SENT
    return sent
end

function _M.read_result(self, estimate)
    if self.state ~= COMMAND_SENT then
        return nil, "cannot read result in the current context: " .. (self.state or "nil")
    end
    if not self.sock then
        return nil, "not initialized"
    end
    local res, err, errno, sqlstate = rows.read(self, estimate)
    if err ~= "again" then
        self.state = CONNECTED
    end
    if res and not err then
        return res
    end
    return res, err, errno, sqlstate
end

function _M.query(self, query, estimate)
    local sent, err = _M.send_query(self, query)
    if not sent then
        return nil, "failed to send query: " .. err
    end
    return _M.read_result(self, estimate)
end

function _M.set_compact_arrays(self, value)
    self.compact = value
end

return _M
