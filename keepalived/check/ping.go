package check

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"time"

	icmpsock "moongate/edge/sys/icmp"
	"moongate/edge/wire/icmp"
	"moongate/keepalived/config"
)

// ping is PING_CHECK: an echo request that is answered.
type ping struct {
	c   *config.Checker
	seq uint16
	Names
	plain
}

func (k *ping) try(ctx context.Context) outcome {
	r := routeOf(k.c)
	to := r.to.Addr().Unmap()
	c, err := icmpsock.Dial(to, icmpsock.Options{Bind: r.bind.Addr(), Mark: r.mark, Device: r.device})
	if err != nil {
		if o, ok := r.local(err, "ICMP"+family(to.Is6())+" connect fail to create socket. Rescheduling.", "ICMP socket bind failed. Rescheduling."); ok {
			return o
		}
		return outcome{why: "failed"}
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(r.timeout))
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()

	k.seq++
	ask := icmp.Echo{Type: icmp.Request4, ID: uint16(rand.Uint32()), Seq: k.seq, Data: pad}
	if to.Is6() {
		ask.Type = icmp.Request6
	}
	if _, err := c.Write(ask.Append(nil)); err != nil {
		return outcome{why: "failed"}
	}
	var buf [512]byte
	for {
		n, err := c.Read(buf[:])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return outcome{why: "timeout"}
		case err != nil:
			return outcome{why: "failed"}
		}
		// A raw socket hears all that comes from the address, even our own request
		// when that is local.
		e, ok := icmp.Parse(message(buf[:n], to.Is4()), to.Is6())
		if ok && (e.Type == icmp.Reply4 || e.Type == icmp.Reply6) && e.Seq == ask.Seq && (!c.Raw || e.ID == ask.ID) {
			return outcome{good: true}
		}
	}
}

// message cuts off the header that raw IPv4 sockets show.
func message(p []byte, v4 bool) []byte {
	if v4 && len(p) >= 20 && p[0]>>4 == 4 {
		return p[min(len(p), int(p[0]&0xf)*4):]
	}
	return p
}

func family(v6 bool) string {
	if v6 {
		return "v6"
	}
	return ""
}

func (k *ping) again(o *outcome, _ int, _ bool) string {
	if o.why == "timeout" {
		return "ICMP connection to address " + k.Real + " timeout."
	}
	return "ICMP connection to " + k.Real + " of " + k.Service + " failed."
}

func (k *ping) up(*outcome) string { return "ICMP connection to " + k.Real + " success." }

func (k *ping) down(_ *outcome, first bool) string {
	if first || k.c.Retry == 0 {
		return "ICMP CHECK on service " + k.Real + " failed."
	}
	return after("ICMP CHECK on service "+k.Real+" of "+k.Service+" failed", k.c.Retry)
}

func (k *ping) mail(_ *outcome, up bool) string { return mailLine("ICMP", up) }
