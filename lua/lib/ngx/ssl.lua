-- ngx.ssl: certificates and keys, and the client's TLS connection.

return require("moongate.ssl").ssl
