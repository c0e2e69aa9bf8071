-- resty.websocket.server: takes over the client's connection.

local websocket = require "moongate.websocket"

local req_socket = ngx.req.socket
local ngx_header, req_headers = ngx.header, ngx.req.get_headers
local encode_base64, sha1_bin = ngx.encode_base64, ngx.sha1_bin
local read_body, flush, send_headers = ngx.req.read_body, ngx.flush, ngx.send_headers
local lower, find, type, tostring, setmetatable = string.lower, string.find, type, tostring, setmetatable
local ngx = ngx

local _M = {_VERSION = "0.12"}
local mt = {__index = _M}

local GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" -- RFC 6455 section 1.3

local function one(v)
    if type(v) == "table" then
        v = v[1]
    end
    return v
end

function _M.new(_, opts)
    if ngx.headers_sent then
        return nil, "response header already sent"
    end
    read_body()
    if ngx.req.http_version() ~= 1.1 then
        return nil, "bad http version"
    end
    local headers = req_headers()
    local upgrade = one(headers.upgrade)
    if not upgrade or lower(upgrade) ~= "websocket" then
        return nil, 'bad "upgrade" request header: ' .. tostring(upgrade)
    end
    local connection = one(headers.connection)
    if not connection or not find(lower(connection), "upgrade", 1, true) then
        return nil, 'bad "connection" request header'
    end
    local key = one(headers["sec-websocket-key"])
    if not key then
        return nil, 'bad "sec-websocket-key" request header'
    end
    local version = one(headers["sec-websocket-version"])
    if not version or version ~= "13" then
        return nil, 'bad "sec-websocket-version" request header'
    end
    local protocol = one(headers["sec-websocket-protocol"])
    if protocol then
        ngx_header["Sec-WebSocket-Protocol"] = protocol
    end
    ngx_header["Upgrade"] = "websocket"
    ngx_header["Connection"] = "Upgrade"
    ngx_header["Sec-WebSocket-Accept"] = encode_base64(sha1_bin(key .. GUID))
    ngx_header["Content-Type"] = nil
    ngx.status = 101
    local ok, err = send_headers()
    if not ok then
        return nil, "failed to send response header: " .. (err or "unknown")
    end
    ok, err = flush(true)
    if not ok then
        return nil, "failed to flush response header: " .. (err or "unknown")
    end
    local sock
    sock, err = req_socket(true)
    if not sock then
        return nil, err
    end
    opts = opts or {}
    if opts.timeout then
        sock:settimeout(opts.timeout)
    end
    return setmetatable({
        sock = sock, max_payload_len = opts.max_payload_len or 65535, send_masked = opts.send_masked, force_masking = true,
    }, mt)
end

websocket.methods(_M)

return _M
