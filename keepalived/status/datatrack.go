package status

import (
	"fmt"
	"net/netip"

	"moongate/keepalived/config"
)

func (s *Status) sockets(p *page) {
	if len(s.Sockets) == 0 {
		return
	}
	p.section("VRRP Sockpool")
	for i := range s.Sockets {
		k := &s.Sockets[i]
		p.line(" fd_in %d fd_out = %d", k.In, k.Out)
		p.line("   Interface = %s", k.Interface)
		p.line("   Family = %s", pick(k.V6, "IPv6", "IPv4"))
		p.line("   Protocol = %s", pick(k.AH, "AH", "VRRP"))
		p.line("   Type = %s", pick(k.Unicast, "Unicast", "Multicast"))
		if k.Unicast && k.Source.IsValid() {
			p.line("   Address = %s", k.Source)
		}
		p.line("   Rx buf size = %d", k.RxBuf)
		p.line("   VRRP instances")
		for _, v := range k.Instances {
			p.line("     %s vrid %d", v.Name, v.VRID)
		}
	}
}

func (s *Status) groups(p *page) {
	if len(s.Groups) == 0 {
		return
	}
	p.section("VRRP Sync groups")
	for i := range s.Groups {
		g := &s.Groups[i]
		p.line(" VRRP Sync Group = %s, %s", g.Config.Name, g.State)
		p.line("   Num member fault %d, num member init %d", g.Faults, g.Inits)
		p.line("   VRRP member instances :")
		for _, v := range g.Config.Instances {
			p.line("     %s", v.Name)
		}
		notifications(p, &config.Notify{Mail: g.Config.Notify.Mail}, false)
		tracked(p, "Tracked interfaces", " ", g.Config.TrackInterfaces)
		tracked(p, "Tracked scripts", " ", g.Config.TrackScripts)
		tracked(p, "Tracked files", ", ", g.Config.TrackFiles)
		tracked(p, "Tracked processes", ", ", g.Config.TrackProcesses)
		tracked(p, "Tracked BFDs", ", ", g.Config.TrackBFDs)
		tracked(p, "Tracked gateways", ", ", g.Config.TrackGateways)
		scripts := g.Config.Notify
		scripts.Mail = false
		groupScripts(p, &scripts)
	}
}

func groupScripts(p *page, n *config.Notify) {
	for _, s := range []struct {
		word string
		c    *config.Command
	}{
		{"Backup", &n.Backup}, {"Master", &n.Master}, {"Fault", &n.Fault}, {"Stop", &n.Stop}, {"Generic", &n.Any},
	} {
		if s.c.Set() {
			p.line("   %s state transition script = %s, %s", s.word, command(s.c), owner(s.c))
		}
	}
}

// followers are the instances that follow something, with the weight that they
// give it.
func (s *Status) followers(p *page, of func(*config.Instance) []config.Tracked, name string) {
	p.line("   Tracking instances :")
	for i := range s.Instances {
		v := s.Instances[i].Config
		lists := [][]config.Tracked{of(v)}
		if v.Group != nil {
			lists = append(lists, of(asInstance(v.Group)))
		}
		for _, list := range lists {
			for _, t := range list {
				if t.Name == name {
					p.line("     %s, %s", v.Name, weights(t))
				}
			}
		}
	}
}

// asInstance has what a group follows where an instance has it.
func asInstance(g *config.Group) *config.Instance {
	return &config.Instance{TrackScripts: g.TrackScripts, TrackFiles: g.TrackFiles, TrackProcesses: g.TrackProcesses,
		TrackBFDs: g.TrackBFDs, TrackGateways: g.TrackGateways}
}

func (s *Status) trackers(p *page) {
	if len(s.Scripts) > 0 {
		p.section("VRRP Scripts")
	}
	for i := range s.Scripts {
		k := &s.Scripts[i]
		c := k.Config
		p.line(" VRRP Script = %s", c.Name)
		p.line("   Command = %s", command(&c.Command))
		p.line("   Interval = %g sec", c.Interval.Seconds())
		p.line("   Timeout = %g sec", c.Timeout.Seconds())
		p.line("   Weight = %d%s", c.Weight, pick(c.Reverse, " reverse", ""))
		p.line("   Rise = %d", c.Rise)
		p.line("   Fall = %d", c.Fall)
		p.line("   Result = %d", k.Result)
		p.line("   Insecure = no")
		p.line("   Init state = %s", pick(c.InitFail, "failed", "unknown"))
		p.line("   Status = %s", pick(!k.Ran, "INIT", pick(k.Up, "GOOD", "BAD")))
		p.line("   Script uid:gid = %d:%d", c.Command.UID, c.Command.GID)
		p.line("   VRRP instances :")
		s.followers(p, func(v *config.Instance) []config.Tracked { return v.TrackScripts }, c.Name)
		p.line("   State = %s", orElse(k.State, "idle"))
	}
	if len(s.Files) > 0 {
		p.section("VRRP Track files")
	}
	for i := range s.Files {
		k := &s.Files[i]
		p.line(" Track file = %s", k.Config.Name)
		p.line("   File = %s", k.Config.Path)
		p.line("   Status = %d", k.Value)
		p.line("   Weight = %d%s", k.Config.Weight, pick(k.Config.Reverse, " reverse", ""))
		s.followers(p, func(v *config.Instance) []config.Tracked { return v.TrackFiles }, k.Config.Name)
	}
	if len(s.Processes) > 0 {
		p.section("VRRP Track processes")
	}
	for i := range s.Processes {
		s.process(p, &s.Processes[i])
	}
}

func (s *Status) process(p *page, k *Process) {
	c := k.Config
	p.line(" VRRP Track process = %s", c.Name)
	p.line("   Process = %s", c.Path)
	if len(c.Params) > 0 {
		p.line("   Parameters = %q", c.Params)
	}
	p.line("   Min processes = %d", max(c.Quorum, 1))
	if c.QuorumMax > 0 {
		p.line("   Max processes = %d", c.QuorumMax)
	}
	p.line("   Current processes = %d", k.Count)
	p.line("   Have quorum = %s", truth(k.Quorate))
	p.line("   Weight = %d%s", c.Weight, pick(c.Reverse, " reverse", ""))
	p.line("   Terminate delay = %ss", secs(c.TerminateDelay))
	p.line("   Fork delay = %ss", secs(c.ForkDelay))
	p.line("   Full command = %s", truth(c.FullCommand))
	s.followers(p, func(v *config.Instance) []config.Tracked { return v.TrackProcesses }, c.Name)
}

func (s *Status) interfaces(p *page) {
	if len(s.Interfaces) == 0 {
		return
	}
	p.section("Interfaces")
	for i := range s.Interfaces {
		f := &s.Interfaces[i]
		p.line(" Name = %s", f.Name)
		p.line("   index = %d", f.Index)
		p.line("   IPv4 address = %s", addressOrNone(f.V4))
		p.line("   IPv6 address = %s", addressOrNone(f.V6))
		if len(f.MAC) > 0 && !f.Loopback {
			p.line("   MAC = %s", mac(f.MAC))
		}
		state := upRunning(f.Up, f.Running)
		state += pick(f.Broadcast, "", ", no broadcast") + pick(f.Loopback, ", loopback", "") +
			pick(f.PointToPoint, ", point to point", "") + pick(f.Multicast, "", ", no multicast")
		p.line("   State = %s", state)
		p.line("   Up debounce timer = %dus", f.UpDelay.Microseconds())
		p.line("   Down debounce timer = %dus", f.Down.Microseconds())
		if f.Base != "" {
			p.line("   VMAC type private, underlying interface = %s, state = %s", f.Base, upRunning(f.BaseUp, f.BaseRunning))
		}
		p.line("   MTU = %d", f.MTU)
		p.line("   HW Type = %s", pick(f.Loopback, "LOOPBACK", "ETHERNET"))
		if len(f.Tracking) > 0 {
			p.line("   Tracking VRRP instances :")
			for _, t := range f.Tracking {
				p.line("     %s, %s", t.Name, weights(t))
			}
		}
	}
}

func upRunning(up, running bool) string {
	return pick(up, "UP", "DOWN") + ", " + pick(running, "RUNNING", "NOT RUNNING")
}

func addressOrNone(a netip.Addr) string {
	if !a.IsValid() {
		return "(none)"
	}
	return a.String()
}

func mac(b []byte) string {
	text := ""
	for i, c := range b {
		if i > 0 {
			text += ":"
		}
		text += fmt.Sprintf("%02x", c)
	}
	return text
}
