package status

// bfds is keepalived_bfd.data.
func (s *Status) bfds(p *page) {
	if len(s.BFDs) == 0 {
		return
	}
	p.section("BFD Topology")
	for i := range s.BFDs {
		b := &s.BFDs[i]
		c := b.Config
		p.line(" BFD Instance = %s", c.Name)
		p.line("   Neighbor IP = %s", c.Neighbor)
		if c.Source.IsValid() {
			p.line("   Source IP = %s", c.Source)
		}
		p.line("   Required min RX interval = %d us", c.MinRX.Microseconds())
		p.line("   Desired min TX interval = %d us", c.MinTX.Microseconds())
		p.line("   Desired idle TX interval = %d us", c.IdleTX.Microseconds())
		p.line("   Detection multiplier = %d", c.Multiplier)
		p.line("   %s = %d", pick(c.Neighbor.Is6(), "hoplimit", "TTL"), c.TTL)
		p.line("   max_hops = %d", c.MaxHops)
		p.line("   passive = %s", truth(c.Passive))
		p.line("   send event to VRRP process = %s", pick(c.VRRP, "Yes", "No"))
		p.line("   send event to checker process = %s", pick(c.Checker, "Yes", "No"))
		p.line("   local state = %s", orElse(b.State, "Down"))
	}
}
