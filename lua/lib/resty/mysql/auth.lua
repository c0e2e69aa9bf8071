-- How MySQL wants a password: mysql_native_password, mysql_clear_password, sha256_password and caching_sha2_password, the latter two
-- through TLS or encrypted with the server's RSA key.

local wire = require "resty.mysql.wire"
local digest = require "moongate.digest"
local bit = require "bit"

local byte, char, sub = string.byte, string.char, string.sub
local bxor = bit.bxor
local concat = table.concat

local _M = {}

-- a XOR b, with b repeated.
local function xor(a, b)
    local out, n = {}, #b
    for i = 1, #a do
        out[i] = char(bxor(byte(a, i), byte(b, (i - 1) % n + 1)))
    end
    return concat(out)
end

local function native(password, scramble)
    if password == "" then
        return ""
    end
    local h = digest.once(digest.SHA1, password)
    return xor(h, digest.once(digest.SHA1, sub(scramble, 1, 20) .. digest.once(digest.SHA1, h)))
end

local function sha2(password, scramble)
    if password == "" then
        return ""
    end
    local h = digest.once(digest.SHA256, password)
    return xor(h, digest.once(digest.SHA256, digest.once(digest.SHA256, h) .. sub(scramble, 1, 20)))
end

-- The first answer for a plugin.
function _M.answer(plugin, password, scramble, tls)
    if plugin == "mysql_native_password" then
        return native(password, scramble)
    elseif plugin == "caching_sha2_password" then
        return sha2(password, scramble)
    elseif plugin == "mysql_clear_password" then
        if not tls then
            return nil, "mysql_clear_password needs a secure connection"
        end
        return password .. "\0"
    elseif plugin == "sha256_password" then
        if password == "" then
            return "\0"
        end
        return tls and password .. "\0" or "\1"
    end
    return nil, "plugin '" .. plugin .. "' not supported"
end

-- Sends the password so that only the server can read it; key is its RSA key in PEM, nil to ask for it.
local function full(self, password, g, ask)
    local ok, err
    if self._tls then
        return wire.send(self, password .. "\0")
    end
    local key
    if ask then
        ok, err = wire.send(self, ask)
        if not ok then
            return nil, err
        end
        local packet, kind
        packet, kind, err = wire.receive(self)
        if not packet then
            return nil, err
        end
        if kind == "ERR" then
            local errno, msg, state = wire.error(packet)
            return nil, msg, errno, state
        end
        key = sub(packet, 2)
    else
        key = g.key
    end
    local sealed = digest.seal(key, xor(password .. "\0", sub(g.scramble, 1, 20)))
    if not sealed then
        return nil, "failed to encrypt the password with the server's key"
    end
    return wire.send(self, sealed)
end

-- Talks until the server is content.
function _M.finish(self, password, g)
    while true do
        local packet, kind, err = wire.receive(self)
        if not packet then
            return nil, "failed to receive the result packet: " .. err
        end
        local ok, errno, state = true, nil, nil
        if kind == "OK" then
            return 1
        elseif kind == "ERR" then
            local msg
            errno, msg, state = wire.error(packet)
            return nil, msg, errno, state
        elseif kind == "EOF" then
            -- The server wants another plugin (AuthSwitchRequest).
            if #packet == 1 then
                return nil, "old pre-4.1 authentication protocol not supported"
            end
            local pos
            g.plugin, pos = wire.cstring(packet, 2)
            if not g.plugin then
                return nil, "malformed packet"
            end
            g.scramble = sub(packet, pos, pos + 19)
            local answer
            answer, err = _M.answer(g.plugin, password, g.scramble, self._tls)
            if not answer then
                return nil, err
            end
            ok, err = wire.send(self, answer)
        elseif byte(packet) == 1 then
            local more = byte(packet, 2)
            if g.plugin == "sha256_password" then
                g.key = sub(packet, 2)
                ok, err, errno, state = full(self, password, g)
            elseif more == 4 then
                ok, err, errno, state = full(self, password, g, "\2")
            elseif more ~= 3 then
                return nil, "unknown packet of authentication"
            end
        else
            return nil, "bad packet type: " .. kind
        end
        if not ok then
            return nil, err, errno, state
        end
    end
end

return _M
