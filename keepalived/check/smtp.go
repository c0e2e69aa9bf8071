package check

import (
	"bytes"
	"context"
	"io"
	"net/netip"

	"moongate/keepalived/config"
)

// smtp is SMTP_CHECK: a server that greets and answers HELO.
type smtp struct {
	c     *config.Checker
	hosts []route
	Names
	plain
}

func newSMTP(c *config.Checker, n Names) *smtp {
	k := &smtp{c: c, Names: n, hosts: []route{routeOf(c)}}
	if len(c.Hosts) == 0 {
		return k
	}
	k.hosts = nil
	for _, h := range c.Hosts {
		r := route{h.Connect, h.Bind, h.BindIf, h.FwMark, c.Timeout}
		if !r.to.IsValid() {
			r.to = c.Connect
		}
		k.hosts = append(k.hosts, r)
	}
	return k
}

func (k *smtp) try(ctx context.Context) outcome {
	var o outcome
	for i := range k.hosts {
		if o = k.talk(ctx, &k.hosts[i]); !o.good {
			break
		}
	}
	return o
}

func (k *smtp) talk(ctx context.Context, r *route) outcome {
	server := " server " + place(r.to)
	c, err := r.dial(ctx, "tcp")
	if err != nil {
		if o, ok := r.local(err, "SMTP_CHECK connection failed to create socket. Rescheduling.", "SMTP_CHECK socket bind failed. Rescheduling."); ok {
			return o
		}
		if timedOut(err) {
			return outcome{why: "Connection timeout to" + server}
		}
		return outcome{why: "Could not connect to" + server}
	}
	defer c.Close()
	wait(c, r.timeout)
	if o := expect(c, 220, "Bad greeting banner from", server); !o.good {
		return o
	}
	helo := k.c.Helo
	if helo == "" {
		helo = "smtpchecker.keepalived.org"
	}
	wait(c, r.timeout)
	if _, err := io.WriteString(c, "HELO "+helo+"\r\n"); err != nil {
		if timedOut(err) {
			return outcome{why: "Write timeout to" + server}
		}
		return outcome{why: "Write failure to" + server}
	}
	if o := expect(c, 250, "Bad HELO response from", server); !o.good {
		return o
	}
	// The server has shown what it is there for; the answer to QUIT is only waited
	// for because a connection that is dropped before it makes some servers log an error.
	wait(c, r.timeout)
	if _, err := io.WriteString(c, "QUIT\r\n"); err == nil {
		expect(c, 221, "", "")
	}
	return outcome{good: true}
}

func expect(c io.Reader, code int, bad, server string) outcome {
	var r smtpReply
	var buf [512]byte
	for {
		n, err := c.Read(buf[:])
		if done := r.feed(buf[:n]); done {
			if r.code != code {
				return outcome{why: bad + server}
			}
			return outcome{good: true}
		}
		if timedOut(err) {
			return outcome{why: "Read timeout from" + server}
		}
		if err != nil {
			return outcome{why: "Read failure from" + server}
		}
	}
}

// smtpReply reads a reply as it comes: lines with a code, "-" behind it in all but the
// last (RFC 5321 section 4.2.1).
type smtpReply struct {
	code int // 0: not a reply
	line []byte
	size int
}

// maxReply is how long a reply may be.
const maxReply = 16 << 10

// feed takes bytes that were received and tells whether the reply is complete, or can
// be none.
func (r *smtpReply) feed(p []byte) bool {
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		r.line = append(r.line, part...)
		r.size += len(p) - len(rest)
		if !ended {
			return r.size > maxReply
		}
		code, last := replyLine(bytes.TrimSuffix(r.line, []byte("\r")))
		if code == 0 || last || r.size > maxReply {
			r.code = code
			return true
		}
		r.line, p = r.line[:0], rest
	}
	return false
}

func replyLine(b []byte) (code int, last bool) {
	if len(b) < 3 || len(b) > 3 && b[3] != ' ' && b[3] != '-' {
		return 0, true
	}
	for _, d := range b[:3] {
		if d < '0' || d > '9' {
			return 0, true
		}
		code = code*10 + int(d-'0')
	}
	return code, len(b) == 3 || b[3] == ' '
}

// place is an address with its port, without a protocol.
func place(a netip.AddrPort) string {
	return "[" + a.Addr().Unmap().String() + "]:" + itoa(int(a.Port()))
}

func (k *smtp) again(o *outcome, _ int, last bool) string {
	if last {
		return ""
	}
	return "SMTP_CHECK " + o.why
}

func (k *smtp) up(*outcome) string { return "Remote SMTP server " + k.Real + " succeed on service." }

func (k *smtp) down(o *outcome, _ bool) string { return "SMTP_CHECK " + o.why }

func (k *smtp) mail(o *outcome, up bool) string {
	if up {
		return "=> CHECK succeed on service <="
	}
	return "=> CHECK failed on service : " + o.why + " <="
}

func (k *smtp) traits() traits { return traits{patient: true} }
