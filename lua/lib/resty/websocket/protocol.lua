-- Frames of the WebSocket protocol (RFC 6455 section 5).

local bit = require "bit"

local byte, char, sub = string.byte, string.char, string.sub
local band, bor, bxor, rshift = bit.band, bit.bor, bit.bxor, bit.rshift
local floor, random, concat, type, tostring = math.floor, math.random, table.concat, type, tostring

local _M = {_VERSION = "0.12"}

local names = {[0x0] = "continuation", [0x1] = "text", [0x2] = "binary", [0x8] = "close", [0x9] = "ping", [0xa] = "pong"}

local function mask(data, key, n)
    local k = {byte(key, 1, 4)}
    local out = {}
    -- in pieces, since string.char takes so many arguments
    for from = 1, n, 1024 do
        local to = from + 1023 < n and from + 1023 or n
        local part = {byte(data, from, to)}
        for i = 1, #part do
            part[i] = char(bxor(part[i], k[(from + i - 2) % 4 + 1]))
        end
        out[#out + 1] = concat(part)
    end
    return concat(out)
end

-- The length behind the two bytes of a frame's head.
local function length(sock, n)
    if n < 126 then
        return n
    end
    local size = n == 126 and 2 or 8
    local data, err = sock:receive(size)
    if not data then
        return nil, "failed to receive the " .. size .. " byte payload length: " .. (err or "unknown")
    end
    if size == 2 then
        local a, b = byte(data, 1, 2)
        return a * 256 + b
    end
    local b = {byte(data, 1, 8)}
    if b[1] ~= 0 or b[2] ~= 0 or b[3] ~= 0 or b[4] ~= 0 then
        return nil, "payload len too large"
    end
    return ((b[5] * 256 + b[6]) * 256 + b[7]) * 256 + b[8]
end

function _M.recv_frame(sock, max_payload_len, force_masking)
    local data, err = sock:receive(2)
    if not data then
        return nil, nil, "failed to receive the first 2 bytes: " .. err
    end
    local first, second = byte(data, 1, 2)
    local fin, opcode = band(first, 0x80) ~= 0, band(first, 0x0f)
    if band(first, 0x70) ~= 0 then
        return nil, nil, "bad RSV1, RSV2, or RSV3 bits"
    end
    if opcode >= 0x3 and opcode <= 0x7 then
        return nil, nil, "reserved non-control frames"
    end
    if opcode >= 0xb then
        return nil, nil, "reserved control frames"
    end
    local masked = band(second, 0x80) ~= 0
    if force_masking and not masked then
        return nil, nil, "frame unmasked"
    end
    local n
    n, err = length(sock, band(second, 0x7f))
    if not n then
        return nil, nil, err
    end
    if band(opcode, 0x8) ~= 0 then
        if n > 125 then
            return nil, nil, "too long payload for control frame"
        end
        if not fin then
            return nil, nil, "fragmented control frame"
        end
    end
    if n > max_payload_len then
        return nil, nil, "exceeding max payload len"
    end
    local key
    if masked then
        key, err = sock:receive(4)
        if not key then
            return nil, nil, "failed to read masking key: " .. err
        end
    end
    local payload = ""
    if n > 0 then
        payload, err = sock:receive(n)
        if not payload then
            return nil, nil, "failed to read payload: " .. err
        end
        if masked then
            payload = mask(payload, key, n)
        end
    end
    if opcode == 0x8 then
        if n == 1 then
            return nil, nil, "close frame with a body must carry a 2-byte status code"
        elseif n == 0 then
            return "", "close", nil
        end
        local a, b = byte(payload, 1, 2)
        return sub(payload, 3), "close", a * 256 + b
    end
    return payload, names[opcode], not fin and "again" or nil
end

local function build(fin, opcode, n, payload, masking)
    local first = fin and bor(0x80, opcode) or opcode
    local head
    local flag = masking and 0x80 or 0
    if n <= 125 then
        head = char(first, bor(flag, n))
    elseif n <= 65535 then
        head = char(first, bor(flag, 126), rshift(n, 8), band(n, 0xff))
    else
        if n > 0x7fffffff then
            return nil, "payload too big"
        end
        head = char(first, bor(flag, 127), 0, 0, 0, 0, band(rshift(n, 24), 0xff), band(rshift(n, 16), 0xff), band(rshift(n, 8), 0xff),
            band(n, 0xff))
    end
    if masking then
        local r = random(0, 0xffffff) * 256 + random(0, 255)
        local key = char(floor(r / 16777216) % 256, floor(r / 65536) % 256, floor(r / 256) % 256, r % 256)
        return head .. key .. mask(payload, key, n)
    end
    return head .. payload
end

_M.build_frame = build

function _M.send_frame(sock, fin, opcode, payload, max_payload_len, masking)
    if not payload then
        payload = ""
    elseif type(payload) ~= "string" then
        payload = tostring(payload)
    end
    local n = #payload
    if n > max_payload_len then
        return nil, "payload too big"
    end
    if band(opcode, 0x8) ~= 0 then
        if n > 125 then
            return nil, "too much payload for control frame"
        end
        if not fin then
            return nil, "fragmented control frame"
        end
    end
    local frame, err = build(fin, opcode, n, payload, masking)
    if not frame then
        return nil, "failed to build frame: " .. err
    end
    local bytes
    bytes, err = sock:send(frame)
    if not bytes then
        return nil, "failed to send frame: " .. err
    end
    return bytes
end

-- The body of a close frame.
function _M.close_payload(code, msg)
    if not code then
        return ""
    end
    if type(code) ~= "number" or code > 0x7fff then
        return nil, "bad status code"
    end
    return char(band(rshift(code, 8), 0xff), band(code, 0xff)) .. (msg or "")
end

return _M
