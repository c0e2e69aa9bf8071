package speaker

import (
	"maps"
	"time"

	"moongate/edge/sys/linkbeat"
	"moongate/edge/sys/netlink"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// beatEvery is how often cards are asked.
const beatEvery = time.Second

// beats are the interfaces whose cards are asked for their link, on a goroutine of its own:
// an answer may take some milliseconds. Such an interface is up when both say so, the
// kernel and the card.
type beats struct {
	prober *linkbeat.Prober
	stop   chan struct{}
	kinds  map[string]linkbeat.Kind
	down   map[string]bool
}

// beat begins to ask the cards that the configuration names.
func (s *speaker) beat() {
	kinds := s.beatKinds()
	if maps.Equal(kinds, s.beats.kinds) {
		return
	}
	s.stopBeats()
	s.beats.kinds = kinds
	if len(kinds) == 0 {
		return
	}
	p, err := linkbeat.New()
	if err != nil {
		s.log(role.Info, "linkbeat: %v", err)
		return
	}
	s.log(role.Info, "Using MII-BMSR/ETHTOOL NIC polling thread(s)...")
	s.beats.prober, s.beats.stop, s.beats.down = p, make(chan struct{}), map[string]bool{}
	ways := map[string]linkbeat.Kind{}
	for name, k := range kinds {
		ways[name] = p.Choose(name, k)
		up, err := p.Link(name, ways[name])
		s.beats.down[name] = err == nil && !up
	}
	go s.askCards(p, s.beats.stop, ways, maps.Clone(s.beats.down))
}

// beatKinds are the interfaces to ask, and how.
func (s *speaker) beatKinds() map[string]linkbeat.Kind {
	kinds := map[string]linkbeat.Kind{}
	if s.cfg.Global.LinkbeatPolling {
		made := map[string]bool{}
		for _, v := range vrrp.Virtuals(s.cfg) {
			made[v.Name] = true
		}
		for name := range s.matters {
			if !made[name] {
				kinds[name] = ""
			}
		}
	}
	for _, l := range s.cfg.Linkbeat {
		kinds[l.Interface] = linkbeat.Kind(l.Kind)
	}
	return kinds
}

// askCards asks until stop is closed. A card that can't be asked is left to the kernel.
func (s *speaker) askCards(p *linkbeat.Prober, stop chan struct{}, ways map[string]linkbeat.Kind, down map[string]bool) {
	defer p.Close()
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		for name, k := range ways {
			up, err := p.Link(name, k)
			if now := err == nil && !up; now != down[name] {
				down[name] = now
				s.loop.Post(func() { s.beaten(stop, name, now) })
			}
		}
	}
}

// beaten is what a card says.
func (s *speaker) beaten(from chan struct{}, name string, down bool) {
	if from != s.beats.stop {
		return // it was asked before a reload
	}
	s.beats.down[name] = down
	if l, ok := s.watch.LinkByName(name); ok && l.Running() && s.matters[name] {
		s.linkNews("Linkbeat", name, !down)
		s.sockets()
		s.arm()
	}
}

func (s *speaker) stopBeats() {
	if s.beats.stop != nil {
		close(s.beats.stop)
	}
	s.beats = beats{}
}

// running tells whether an interface is up by all that is known.
func (s *speaker) running(l *netlink.Link) bool { return l.Running() && !s.beats.down[l.Name] }
