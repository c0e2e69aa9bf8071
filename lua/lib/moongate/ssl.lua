-- ngx.ssl and ngx.ssl.clienthello: the functions of the program with checked arguments.

local tls = require "moongate.tls"

local native = moongate.ssl
local ngx = ngx
local type, error, ipairs = type, error, ipairs
local version = require("resty.core.base").version

local ssl = {
    version = version,
    parse_pem_cert = tls.parse_pem_cert,
    parse_der_cert = tls.parse_der_cert,
    parse_pem_priv_key = tls.parse_pem_priv_key,
    parse_der_priv_key = tls.parse_der_priv_key,
    cert_pem_to_der = tls.cert_pem_to_der,
    priv_key_pem_to_der = tls.priv_key_pem_to_der,
    clear_certs = native.clear_certs,
    set_der_cert = native.set_der_cert,
    set_der_priv_key = native.set_der_priv_key,
    server_name = native.server_name,
    raw_server_addr = native.raw_server_addr,
    raw_client_addr = native.raw_client_addr,
    server_port = native.server_port,
    SSL3_VERSION = 0x300,
    TLS1_VERSION = 0x301,
    TLS1_1_VERSION = 0x302,
    TLS1_2_VERSION = 0x303,
    TLS1_3_VERSION = 0x304,
}

function ssl.set_cert(cert)
    return native.set_cert(tls.number(cert))
end

function ssl.set_priv_key(key)
    return native.set_priv_key(tls.number(key))
end

function ssl.verify_client(authorities, depth, store)
    if store ~= nil then
        return nil, "x509 stores are not supported"
    end
    return native.verify_client(authorities and tls.number(authorities) or 0, depth or -1)
end

function ssl.get_tls1_version()
    local number, name = native.version()
    if not number then
        return nil, name
    end
    return number
end

function ssl.get_tls1_version_str()
    local number, name = native.version()
    if not number then
        return nil, name
    end
    return name
end

local hello = { version = version }

local function in_phase()
    if ngx.get_phase() ~= "ssl_client_hello" then
        error("API disabled in the current context", 3)
    end
end

function hello.get_client_hello_server_name()
    in_phase()
    return native.hello_name()
end

function hello.get_client_hello_ext(number)
    in_phase()
    if type(number) ~= "number" then
        error("bad argument #1 to 'get_client_hello_ext' (number expected, got " .. type(number) .. ")", 2)
    end
    return native.hello_ext(number)
end

function hello.get_client_hello_ext_present()
    in_phase()
    return native.hello_exts()
end

function hello.get_client_hello_ciphers()
    in_phase()
    return native.hello_ciphers()
end

local names = { [0x300] = "SSLv3", [0x301] = "TLSv1", [0x302] = "TLSv1.1", [0x303] = "TLSv1.2", [0x304] = "TLSv1.3" }

-- What the extension supported_versions (43) lists: a byte of length, then pairs.
function hello.get_supported_versions()
    in_phase()
    local body = native.hello_ext(43)
    if not body then
        return nil
    end
    local list = {}
    for i = 2, #body - 1, 2 do
        local hi, lo = body:byte(i, i + 1)
        list[#list + 1] = names[hi * 256 + lo]
    end
    return list
end

local known = { SSLv2 = true, SSLv3 = true, TLSv1 = true, ["TLSv1.1"] = true, ["TLSv1.2"] = true, ["TLSv1.3"] = true }

function hello.set_protocols(protocols)
    in_phase()
    if type(protocols) ~= "table" then
        error("bad argument #1 to 'set_protocols' (table expected, got " .. type(protocols) .. ")", 2)
    end
    for _, name in ipairs(protocols) do
        if not known[name] then
            return nil, "invalid protocols failed"
        end
    end
    return native.set_protocols(protocols)
end

-- Of handshakes with upstream servers.
local proxy = { version = version }

function proxy.get_tls1_version()
    local number = native.peer_version()
    return number
end

function proxy.get_tls1_version_str()
    local _, name = native.peer_version()
    return name
end

local proxy_cert = { version = version, clear_certs = native.peer_clear_certs }

function proxy_cert.set_cert(cert)
    return native.peer_set_cert(tls.number(cert))
end

function proxy_cert.set_priv_key(key)
    return native.peer_set_priv_key(tls.number(key))
end

return { ssl = ssl, clienthello = hello, proxy = proxy, proxy_cert = proxy_cert }
