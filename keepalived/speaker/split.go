package speaker

import (
	"context"
	"net/netip"
	"time"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/track"
	"moongate/keepalived/vrrp"
)

// SendSecond implements vrrp.World.
func (w *world) SendSecond(in *vrrp.Instance, dst netip.Addr, packet []byte) {
	k, _ := in.Second.(*sock)
	w.sendBy(k, in, in.SecondSource(), dst, packet)
}

// secondKey is keyOf for the second path.
func secondKey(in *vrrp.Instance) sockKey {
	c := in.Conf
	return sockKey{dev: c.Heartbeat.Interface, base: c.Heartbeat.Interface, v6: c.V6, ah: c.Auth.Type == config.AH && !c.V6,
		local: in.SecondSource(), second: true}
}

// surveySecond looks which address adverts on a second path come from.
func (s *speaker) surveySecond(now time.Time, list []netlink.Address, c *config.Instance) {
	h := c.Heartbeat
	if h == nil {
		return
	}
	for _, o := range s.cfg.Instances {
		if o.Interface == h.Interface && o.V6 == c.V6 {
			return // that one has looked
		}
	}
	s.sourceOf(now, h.Interface, c.V6, s.firstAddr(list, &config.Instance{Interface: h.Interface, V6: c.V6}))
}

// question is an answer that is waited for.
type question struct{ cancel context.CancelFunc }

// Ask implements vrrp.World.
func (w *world) Ask(in *vrrp.Instance) {
	s := (*speaker)(w)
	if old := s.questions[in]; old != nil {
		old.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	q := &question{cancel}
	s.questions[in] = q
	r := track.NewReach(in.Conf.TieBreak)
	if r.Err != nil && !s.mute[in] {
		s.mute[in] = true
		s.log(role.Warning, "(%s) tie_break: %v", in.Conf.Name, r.Err)
	}
	go func() {
		reached := r.Wait(ctx)
		s.loop.Post(func() {
			cancel()
			if s.questions[in] != q {
				return // it was asked again since
			}
			delete(s.questions, in)
			if reached {
				delete(s.mute, in)
			}
			s.machine.Answer(s.loop.Now(), in, reached)
			s.arm()
		})
	}()
}

// forgetQuestions ends what is asked, for all.
func (s *speaker) forgetQuestions() {
	for in, q := range s.questions {
		q.cancel()
		delete(s.questions, in)
	}
}
