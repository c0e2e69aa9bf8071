-- What both ends of a WebSocket have: sending and receiving frames on self.sock.

local protocol = require "resty.websocket.protocol"

local recv_frame, send_frame = protocol.recv_frame, protocol.send_frame
local find, tostring = string.find, tostring

local _M = {}

local function send(self, fin, opcode, payload)
    if self.fatal then
        return nil, "fatal error already happened"
    end
    if not self.sock then
        return nil, "not initialized yet"
    end
    local bytes, err = send_frame(self.sock, fin, opcode, payload, self.max_payload_len, self.send_masked)
    if not bytes then
        self.fatal = true
    end
    return bytes, err
end

-- Puts the methods into a module.
function _M.methods(M)
    function M.set_timeout(self, time)
        if not self.sock then
            return nil, nil, "not initialized yet"
        end
        return self.sock:settimeout(time)
    end

    function M.recv_frame(self)
        if self.fatal then
            return nil, nil, "fatal error already happened"
        end
        if not self.sock then
            return nil, nil, "not initialized yet"
        end
        local data, kind, err = recv_frame(self.sock, self.max_payload_len, self.force_masking)
        if not data and not find(tostring(err), ": timeout", 1, true) then
            self.fatal = true
        end
        if kind == "close" then
            self.closed = true
        end
        return data, kind, err
    end

    function M.send_text(self, data)
        return send(self, true, 0x1, data)
    end

    function M.send_binary(self, data)
        return send(self, true, 0x2, data)
    end

    function M.send_ping(self, data)
        return send(self, true, 0x9, data)
    end

    function M.send_pong(self, data)
        return send(self, true, 0xa, data)
    end

    function M.send_close(self, code, msg)
        local payload, err = protocol.close_payload(code, msg)
        if not payload then
            return nil, err
        end
        local bytes
        bytes, err = send(self, true, 0x8, payload)
        if bytes then
            self.closed = true
        end
        return bytes, err
    end

    function M.send_frame(self, fin, opcode, payload)
        return send(self, fin, opcode, payload)
    end
end

return _M
