-- Packets of the MySQL protocol: three bytes of length, a number, the payload; numbers are little-endian.

local byte, sub, find, char = string.byte, string.sub, string.find, string.char
local floor = math.floor
local null = ngx.null

local _M = {}

local function uint2(s, i)
    local a, b = byte(s, i, i + 1)
    return a + b * 256
end

local function uint3(s, i)
    local a, b, c = byte(s, i, i + 2)
    return a + b * 256 + c * 65536
end

_M.uint2 = uint2

local function put3(n)
    return char(n % 256, floor(n / 256) % 256, floor(n / 65536) % 256)
end

function _M.put4(n)
    return put3(n) .. char(floor(n / 16777216) % 256)
end

-- A string that a NUL ends, and what follows it.
function _M.cstring(s, i)
    local z = find(s, "\0", i, true)
    if not z then
        return nil
    end
    return sub(s, i, z - 1), z + 1
end

-- A length-encoded integer, and what follows it.
local function integer(s, i)
    local first = byte(s, i)
    if not first then
        return nil, i
    elseif first < 251 then
        return first, i + 1
    elseif first == 251 then
        return null, i + 1
    elseif first == 252 then
        return uint2(s, i + 1), i + 3
    elseif first == 253 then
        return uint3(s, i + 1), i + 4
    elseif first == 254 then
        return uint2(s, i + 1) + uint2(s, i + 3) * 65536 + uint2(s, i + 5) * 4294967296 + uint2(s, i + 7) * 281474976710656, i + 9
    end
    return nil, i + 1
end

_M.integer = integer

-- A length-encoded string, and what follows it.
function _M.text(s, i)
    local n
    n, i = integer(s, i)
    if n == nil or n == null then
        return null, i
    end
    return sub(s, i, i + n - 1), i + n
end

-- Sends one packet; payload is a string, or a list of strings of n bytes.
function _M.send(self, payload, n)
    n = n or #payload
    self.packet_no = (self.packet_no + 1) % 256
    return self.sock:send({put3(n) .. char(self.packet_no), payload})
end

local kinds = {[0] = "OK", [255] = "ERR", [254] = "EOF"}

-- Receives one packet: payload and kind, or nil, nil and why. A payload of 2^24-1 bytes goes on in the next packet.
function _M.receive(self)
    local sock = self.sock
    local parts
    while true do
        local head, err = sock:receive(4)
        if not head then
            return nil, nil, "failed to receive packet header: " .. err
        end
        local n = uint3(head, 1)
        if n == 0 and not parts then
            return nil, nil, "empty packet"
        end
        if n > self._max_packet_size then
            return nil, nil, "packet size too big: " .. n
        end
        self.packet_no = byte(head, 4)
        local data
        data, err = sock:receive(n)
        if not data then
            return nil, nil, "failed to read packet content: " .. err
        end
        if n < 16777215 then
            if parts then
                data = parts .. data
            end
            return data, kinds[byte(data)] or "DATA"
        end
        parts = (parts or "") .. data
    end
end

-- An ERR packet: number, message, SQL state.
function _M.error(packet)
    local errno, i, state = uint2(packet, 2), 4, nil
    if sub(packet, 4, 4) == "#" then
        state = sub(packet, 5, 9)
        i = 10
    end
    return errno, sub(packet, i), state
end

return _M
