package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"moongate/edge/sys/errno"
	"moongate/edge/wire/dns"
	"moongate/keepalived/config"
)

// name is DNS_CHECK: a name server that answers, with whatever records, and without an
// error.
type name struct {
	c *config.Checker
	Names
	plain
}

var dnsTypes = map[string]uint16{
	"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28, "RRSIG": 46, "DNSKEY": 48,
}

func (k *name) try(ctx context.Context) outcome {
	r := routeOf(k.c)
	c, err := r.dial(ctx, "udp")
	if err != nil {
		if o, ok := r.local(err, k.line("failed to create socket. Rescheduling."), k.line("UDP socket bind failed. Rescheduling.")); ok {
			return o
		}
		return outcome{why: "connection error."}
	}
	defer c.Close()
	wait(c, r.timeout)
	id := uint16(rand.Uint32())
	if _, err := c.Write(dns.AppendQuery(nil, id, strings.TrimSuffix(k.c.DNS.Name, "."), dnsTypes[k.c.DNS.Type])); err != nil {
		if timedOut(err) {
			return outcome{why: "write timeout to socket."}
		}
		return outcome{why: "failed to write socket."}
	}
	var buf [512]byte
	for {
		n, err := c.Read(buf[:])
		if err != nil {
			if timedOut(err) {
				return outcome{why: "read timeout from socket"}
			}
			e := errno.Number(err)
			return outcome{why: fmt.Sprintf("failed to read socket; errno %d (%s)", int(e), errno.Text(e))}
		}
		// Others' answers, and what is none, are passed over.
		switch code, ok := dnsAnswer(buf[:n], id); {
		case !ok:
		case code != 0:
			return outcome{why: fmt.Sprintf("read error occurred. (rcode = %d)", code)}
		default:
			return outcome{good: true}
		}
	}
}

// dnsAnswer reads the code of an answer to the question with an id.
func dnsAnswer(msg []byte, id uint16) (code int, ok bool) {
	const header = 12
	if len(msg) < header || uint16(msg[0])<<8|uint16(msg[1]) != id || msg[2]&0x80 == 0 {
		return 0, false
	}
	return int(msg[3] & 0xf), true
}

func (k *name) line(what string) string { return "DNS_CHECK (" + k.Real + ") " + what }

func (k *name) again(o *outcome, _ int, last bool) string {
	if last {
		return ""
	}
	return k.line(o.why)
}

func (k *name) up(*outcome) string { return "" }

func (k *name) down(o *outcome, first bool) string {
	if first || k.c.Retry == 0 {
		return k.line(o.why)
	}
	return k.line(fmt.Sprintf("%s after %d retries", o.why, k.c.Retry))
}

func (k *name) mail(_ *outcome, up bool) string {
	if up {
		return "=> DNS_CHECK: succeed on service <="
	}
	return "=> DNS_CHECK: failed on service <="
}
