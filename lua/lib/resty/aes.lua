-- resty.aes: AES with a key derived from a password, or given by hash = {iv =, method =}.

local digest = require "moongate.digest"

local setmetatable, type = setmetatable, type
local sub = string.sub

local _M = {_VERSION = "0.16"}
local mt = {__index = _M}

-- The modes and the mark are those of digest_cipher.go.
local modes = {ecb = 0, cbc = 1, cfb1 = 2, cfb8 = 3, cfb = 4, cfb128 = 4, ofb = 5, ctr = 6, gcm = 7}
local NO_PADDING = 16
local GCM, TAG = 7, 16

_M.hash = {
    md5 = digest.MD5, sha1 = digest.SHA1, sha224 = digest.SHA224, sha256 = digest.SHA256, sha384 = digest.SHA384,
    sha512 = digest.SHA512,
}

function _M.cipher(size, mode)
    size, mode = size or 128, mode or "cbc"
    if not modes[mode] or (size ~= 128 and size ~= 192 and size ~= 256) then
        return nil
    end
    return {size = size, cipher = mode, mode = modes[mode]}
end

-- The key and the vector that a table of the user's gives.
local function given(key, cipher, hash, iv_len)
    if not hash.iv then
        return nil, nil, "iv is needed"
    end
    local size = cipher.size / 8
    if hash.method then
        key = hash.method(key)
    elseif #key ~= size then
        return nil, nil, "bad key length"
    end
    if cipher.mode == 0 then
        iv_len = 0
    elseif cipher.mode == GCM and #hash.iv ~= iv_len then
        return nil, nil, "bad iv length"
    end
    if #key < size then
        return nil, nil, "bad key length"
    end
    if #hash.iv < iv_len then
        return nil, nil, "bad iv"
    end
    return sub(key, 1, size), sub(hash.iv, 1, iv_len)
end

function _M.new(_, key, salt, cipher, hash, rounds, iv_len, padding)
    cipher = cipher or _M.cipher(128, "cbc")
    hash = hash or _M.hash.md5
    if not cipher or not modes[cipher.cipher] then
        return nil, "invalid cipher"
    end
    iv_len = cipher.mode == GCM and (iv_len or 12) or 16
    local k, iv, err
    if type(hash) == "table" then
        k, iv, err = given(key, cipher, hash, iv_len)
        if not k then
            return nil, err
        end
    else
        if salt and #salt ~= 8 then
            return nil, "salt must be 8 characters or nil"
        end
        local size = cipher.size / 8
        local bytes = digest.derive(hash, key, salt or "", rounds or 1, size + 16)
        k, iv = sub(bytes, 1, size), sub(bytes, size + 1, size + iv_len)
    end
    if cipher.mode == 0 then
        iv = ""
    end
    local mode = cipher.mode + (padding == false and NO_PADDING or 0)
    return setmetatable({key = k, iv = iv, mode = mode}, mt)
end

-- With GCM the result is {text, tag}.
function _M.encrypt(self, s)
    local out = digest.encrypt(self.mode, self.key, self.iv, s)
    if out and self.mode % NO_PADDING == GCM then
        return {sub(out, 1, -TAG - 1), sub(out, -TAG)}
    end
    return out
end

function _M.decrypt(self, s, tag)
    if self.mode % NO_PADDING == GCM then
        s = s .. (tag or "")
    end
    return digest.decrypt(self.mode, self.key, self.iv, s)
end

return _M
