// Package certs is everything TLS: what a server{} shows its clients, what a
// proxy_pass https:// demands of its peer, and the words in which both are
// logged. The http, stream and mail engines and the proxy modules call it;
// it knows none of them and reads no directive: they fill ServerOptions or
// ClientOptions (plain fields, one per ssl_* or proxy_ssl_* directive), and
// get a *Server or *Client that is immutable and shared by all connections.
//
//	listener                      certs                        crypto/tls
//	Accept(nc, pick)   ->  tap -> Conn.configure(ClientHello) -> one Config per
//	                              SNI: pick(name) -> *Server       handshake
//	                              version, cipher, certificate
//
// A Conn owns its handshake's facts for the $ssl_* variables. Peer
// certificates are checked here, not by crypto/tls, since nginx finishes the
// handshake and answers 400 afterwards, and names the fault with OpenSSL's
// error number and text (verify.go walks the chain in OpenSSL's order, the
// last error winning, as nginx's callback lets it go on).
//
// Where it differs from nginx with OpenSSL:
//   - TLS 1.2 sessions by id (ServerHello session id) do not exist in
//     crypto/tls. A session cache keeps the state of sessions whose ticket is
//     only an id; a TLS 1.2 client must offer the session_ticket extension
//     to get one, and $ssl_session_id is made by us.
//   - The lifetime hint in tickets is crypto/tls's (7 days); the real one,
//     ssl_session_timeout, is enforced when the ticket comes back.
//   - One TLS 1.3 ticket is sent, where OpenSSL sends two.
//   - DHE, CCM, Camellia, ARIA, PSK and SRP suites are not there: a list that
//     names only those is refused as "no cipher match"; ssl_dhparam is read
//     and has no effect. ECDHE with AES256-SHA384 (CBC) is absent too.
//   - TLS 1.3 suites cannot be chosen or ordered (ssl_conf_command
//     Ciphersuites is refused by name).
//   - 0-RTT (ssl_early_data) is not accepted over TCP: clients fall back to
//     one round trip, $ssl_early_data stays empty.
//   - SSLv2 and SSLv3 are not spoken.
//   - Keys behind engine: and store: are refused.
package certs
