-- resty.websocket.client: opens a WebSocket to ws:// and wss:// addresses.

local websocket = require "moongate.websocket"
local digest = require "moongate.digest"

local tcp = ngx.socket.tcp
local encode_base64 = ngx.encode_base64
local match, type, setmetatable, concat, tonumber, ipairs = string.match, type, setmetatable, table.concat, tonumber, ipairs

local _M = {_VERSION = "0.12"}
local mt = {__index = _M}

function _M.new(_, opts)
    local sock, err = tcp()
    if not sock then
        return nil, err
    end
    opts = opts or {}
    if opts.timeout then
        sock:settimeout(opts.timeout)
    end
    return setmetatable({
        sock = sock, max_payload_len = opts.max_payload_len or 65535, send_masked = not opts.send_unmasked,
    }, mt)
end

local function list(v)
    if type(v) == "table" then
        return concat(v, ",")
    end
    return v
end

function _M.connect(self, uri, opts)
    local sock = self.sock
    if not sock then
        return nil, "not initialized"
    end
    local scheme, host, port, path = match(uri, "^(wss?)://([^:/]+):?(%d*)(.*)$")
    if not scheme then
        return nil, "bad websocket uri"
    end
    opts = opts or {}
    port = tonumber(port) or (scheme == "wss" and 443 or 80)
    if path == "" then
        path = "/"
    end
    local pool = {pool = opts.pool, pool_size = opts.pool_size, backlog = opts.backlog}
    local ok, err = sock:connect(opts.host or host, port, pool)
    if not ok then
        return nil, "failed to connect: " .. err
    end
    local reused = sock:getreusedtimes()
    if scheme == "wss" and (reused or 0) == 0 then
        if opts.client_cert then
            ok, err = sock:setclientcert(opts.client_cert, opts.client_priv_key)
            if not ok then
                return nil, "ssl client cert failued: " .. err
            end
        end
        ok, err = sock:sslhandshake(false, opts.server_name or host, opts.ssl_verify)
        if not ok then
            return nil, "ssl handshake failed: " .. err
        end
    end
    if reused and reused > 0 then
        return 1
    end
    local name = host
    if not (scheme == "ws" and port == 80 or scheme == "wss" and port == 443) then
        name = host .. ":" .. port
    end
    local req = {
        "GET ", path, " HTTP/1.1\r\nUpgrade: websocket\r\nHost: ", name, "\r\nSec-WebSocket-Key: ",
        opts.key or encode_base64(digest.random(16)), "\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade\r\n",
    }
    if opts.protocols then
        req[#req + 1] = "Sec-WebSocket-Protocol: " .. list(opts.protocols) .. "\r\n"
    end
    if opts.origin then
        req[#req + 1] = "Origin: " .. opts.origin .. "\r\n"
    end
    for _, line in ipairs(opts.headers or {}) do
        req[#req + 1] = line .. "\r\n"
    end
    req[#req + 1] = "\r\n"
    ok, err = sock:send(req)
    if not ok then
        return nil, "failed to send the handshake request: " .. err
    end
    local head
    head, err = sock:receiveuntil("\r\n\r\n")()
    if not head then
        return nil, "failed to receive response header: " .. err
    end
    if not match(head, "^HTTP/1.1 101") then
        return nil, "bad HTTP response status line: " .. (match(head, "^[^\r\n]*") or ""), head
    end
    return 1, nil, head
end

websocket.methods(_M)

function _M.set_keepalive(self, ...)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:setkeepalive(...)
end

function _M.close(self)
    if self.fatal then
        return nil, "fatal error already happened"
    end
    if not self.sock then
        return nil, "not initialized"
    end
    if not self.closed then
        local bytes, err = self:send_close()
        if not bytes then
            return nil, "failed to send close frame: " .. err
        end
    end
    return self.sock:close()
end

return _M
