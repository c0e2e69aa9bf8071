-- ngx.ssl.clienthello: what a TLS client has said, for ssl_client_hello_by_lua*.

return require("moongate.ssl").clienthello
