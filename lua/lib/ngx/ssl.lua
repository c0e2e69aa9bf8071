-- ngx.ssl: certificates and keys as objects for tcpsock:setclientcert, and conversions.

local tls = require "moongate.tls"

return {
    version = require("resty.core.base").version,
    parse_pem_cert = tls.parse_pem_cert,
    parse_der_cert = tls.parse_der_cert,
    parse_pem_priv_key = tls.parse_pem_priv_key,
    parse_der_priv_key = tls.parse_der_priv_key,
    cert_pem_to_der = tls.cert_pem_to_der,
    priv_key_pem_to_der = tls.priv_key_pem_to_der,
    SSL3_VERSION = 0x300,
    TLS1_VERSION = 0x301,
    TLS1_1_VERSION = 0x302,
    TLS1_2_VERSION = 0x303,
    TLS1_3_VERSION = 0x304,
}
