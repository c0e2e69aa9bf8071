// Package check checks real servers: TCP_CHECK, HTTP_GET, SSL_GET, SMTP_CHECK,
// DNS_CHECK, UDP_CHECK, PING_CHECK, MISC_CHECK, FILE_CHECK and BFD_CHECK of
// keepalived.conf.
//
//	Check --- goroutine --> kind.try: one attempt on the network
//	                        Cycle: is it up now, when is the next attempt (pure)
//	      --- Event ------> the one goroutine that owns the virtual servers
//
// A Check has a goroutine of its own and no lock that another one uses: what it
// finds goes as Events into one channel, with the lines for the log, so that these
// come in the order in which things happened. keepalived/checker starts and
// stops checks; keepalived/lvs decides what follows from them.
//
// Lines, counting and what counts as success are keepalived 2.2.7's, where not
// said otherwise. What differs on purpose: an HTTP answer is complete with the last
// byte of Content-Length, not only when the connection ends; SMTP greetings may have
// several lines, and the answer to QUIT may be missing; a checker that is
// unchanged keeps its place in its delay_loop over a reload.
package check
