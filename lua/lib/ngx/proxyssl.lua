-- ngx.proxyssl: the TLS connection to an upstream server.

return require("moongate.ssl").proxy
