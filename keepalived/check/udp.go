package check

import (
	"context"

	"moongate/keepalived/config"
)

// udp is UDP_CHECK: a server that answers as is wanted, or, where no answer is
// asked for, does not refuse the datagram within the time.
type udp struct {
	c       *config.Checker
	payload []byte
	Names
	plain
}

// pad is sent when there is no payload.
var pad = []byte("keepalived check - keepalived ch")

func newUDP(c *config.Checker, n Names) *udp {
	k := &udp{c: c, Names: n, payload: c.UDP.Payload}
	if len(k.payload) == 0 {
		k.payload = pad
	}
	return k
}

const mismatch = "mismatch"

func (k *udp) try(ctx context.Context) outcome {
	r := routeOf(k.c)
	c, err := r.dial(ctx, "udp")
	if err != nil {
		const create = "UDP connect fail to create socket. Rescheduling."
		if o, ok := r.local(err, create, "UDP socket bind failed. Rescheduling."); ok {
			return o
		}
		return outcome{why: "failed"}
	}
	defer c.Close()
	wait(c, r.timeout)
	if _, err := c.Write(k.payload); err != nil {
		return outcome{why: "failed"}
	}
	buf := buffers.Get().(*[8 << 10]byte)
	defer buffers.Put(buf)
	n, err := c.Read(buf[:])
	switch {
	case timedOut(err) && !k.c.UDP.NeedReply:
		return outcome{good: true}
	case err != nil:
		return outcome{why: "failed"}
	case k.c.UDP.NeedReply && !fits(k.c.UDP, buf[:n]):
		return outcome{why: mismatch}
	}
	return outcome{good: true}
}

// fits tells whether an answer is the one that is wanted. One that is shorter than
// the pattern fits as far as it goes, if min_reply_length allows that.
func fits(u *config.UDPCheck, p []byte) bool {
	least := u.MinLen
	if least == 0 {
		least = len(u.Reply)
	}
	if len(p) < least || u.MaxLen > 0 && len(p) > u.MaxLen {
		return false
	}
	for i := range min(len(p), len(u.Reply)) {
		mask := byte(0xff)
		if i < len(u.Mask) {
			mask = u.Mask[i]
		}
		if (u.Reply[i]^p[i])&mask != 0 {
			return false
		}
	}
	return true
}

func (k *udp) again(o *outcome, _ int, _ bool) string {
	if o.why == mismatch {
		return "UDP check to " + k.Real + " reply data mismatch."
	}
	return "UDP connection to " + k.Real + " failed."
}

func (k *udp) up(*outcome) string { return "UDP connection to " + k.Real + " success." }

func (k *udp) down(_ *outcome, first bool) string {
	return downLine("UDP_CHECK", k.Real, first, k.c.Retry)
}

func (k *udp) mail(_ *outcome, up bool) string { return mailLine("UDP", up) }
