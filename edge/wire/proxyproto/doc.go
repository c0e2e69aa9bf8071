// Package proxyproto is the codec of the PROXY protocol, versions 1 and 2, by which a proxy tells the next server whose
// connection it passes on.
//
// engine/httpd and engine/stream parse it at the start of a connection (`listen ... proxy_protocol`), the stream proxy writes
// it (`proxy_protocol on`, `proxy_protocol_version 2`). What is accepted and what is logged is as in
// src/core/ngx_proxy_protocol.c of nginx 1.31, with one difference: nginx takes a header only if it arrives in one piece, here
// Again tells that the rest is still to come.
package proxyproto
