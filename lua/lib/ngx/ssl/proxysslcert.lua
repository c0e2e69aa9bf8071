-- ngx.ssl.proxysslcert: the certificate that is shown to an upstream server.

return require("moongate.ssl").proxy_cert
