package speaker

import (
	"net/netip"
	"slices"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
	"moongate/keepalived/vrrp"
)

// status is how things stand, for dumps and metrics.
func (s *speaker) status() *status.Status {
	all := s.standing()
	s.interfaces(all)
	for _, k := range s.socks {
		n := status.Socket{Interface: k.key.dev, V6: k.key.v6, AH: k.key.ah, Unicast: k.key.local.IsValid()}
		n.In, n.Out = k.fds()
		for _, in := range k.instances {
			n.Instances = append(n.Instances, in.Conf)
			n.RxBuf = max(n.RxBuf, in.Conf.RxBuf)
		}
		all.Sockets = append(all.Sockets, n)
	}
	return all
}

// standing is how things stand with what is configured. It is quick: SNMP asks for it
// again and again.
func (s *speaker) standing() *status.Status {
	all := &status.Status{UnknownVRIDs: s.machine.Unknown()}
	for _, in := range s.machine.Instances() {
		all.Instances = append(all.Instances, s.instanceStatus(in))
	}
	for _, g := range s.machine.Groups() {
		all.Groups = append(all.Groups, status.Group{Config: g.Conf, State: status.State(g.State())})
	}
	for _, c := range s.cfg.Scripts {
		n := status.Script{Config: c, State: "idle"}
		if t := s.scripts[c.Name]; t != nil {
			n.Result, n.State, n.Up, n.Ran, n.Status = t.Counter.Result(), t.Running(), t.Counter.Up(), t.Counter.Ran(), t.Status()
			n.Running = n.State != "idle"
		}
		all.Scripts = append(all.Scripts, n)
	}
	for _, c := range s.cfg.Processes {
		n := status.Process{Config: c}
		if s.processes != nil {
			n.Count, n.Quorate = s.processes.Count(c.Name)
		}
		all.Processes = append(all.Processes, n)
	}
	for _, c := range s.cfg.Files {
		n := status.File{Config: c}
		if s.files != nil {
			n.Value = s.files.Value(c.Name)
		}
		all.Files = append(all.Files, n)
	}
	return all
}

// interfaces adds those of the system.
func (s *speaker) interfaces(all *status.Status) {
	v4, v6 := map[int]netip.Addr{}, map[int]netip.Addr{}
	if list, err := s.kernel.Addresses(); err == nil {
		for i := range list {
			a, ip := &list[i], list[i].Prefix.Addr()
			family := v4
			if ip.Is6() {
				family = v6
			}
			if !family[a.Index].IsValid() && !s.virtual[ip] && (ip.Is4() || ip.IsLinkLocalUnicast()) {
				family[a.Index] = ip
			}
		}
	}
	s.watch.Links(func(l *netlink.Link) {
		n := s.linkStatus(l)
		n.V4, n.V6 = v4[l.Index], v6[l.Index]
		all.Interfaces = append(all.Interfaces, n)
	})
	slices.SortFunc(all.Interfaces, func(a, b status.Interface) int { return a.Index - b.Index })
}

func (s *speaker) instanceStatus(in *vrrp.Instance) status.Instance {
	v := in.Status()
	n := status.Instance{
		Config: in.Conf, State: status.State(v.State), Want: status.State(v.Want), LastTransition: v.Last, Reason: v.Reason,
		Timeout: v.Timeout, DownTimer: v.Down, Effective: int(v.Effective), Total: v.Total, Faults: v.Faults, Pending: v.Waiting,
		MasterPriority: v.MasterPriority, MasterInterval: v.MasterInterval, Master: v.Master,
		BasePriority: int(v.Base), NoPreempt: v.NoPreempt, Began: v.Began, MasterReason: v.Won, LastError: v.Refused,
		ChecksumErrors: v.Stats.Checksum, VersionErrors: v.Stats.Version,
		Interface: in.Device(), Base: in.Conf.Interface, Source: v.Source, Owned: v.Holds, In: -1, Out: -1,
		Stats: status.Stats{
			Received: v.Stats.Received, Sent: v.Stats.Sent, BecameMaster: v.Stats.BecameMaster, ReleasedMaster: v.Stats.LeftMaster,
			LengthErrors: v.Stats.Length, TTLErrors: v.Stats.TTL, TypeErrors: v.Stats.Type, IntervalErrors: v.Stats.Interval,
			AddressErrors: v.Stats.Addrs, AuthTypeErrors: v.Stats.AuthType, AuthMismatches: v.Stats.AuthMismatch,
			AuthFailures: v.Stats.AuthFailure, PrioZeroRcvd: v.Stats.ZeroReceived, PrioZeroTx: v.Stats.ZeroSent,
			SecondReceived: v.Stats.SecondReceived, SecondSent: v.Stats.SecondSent, HeldBack: v.Stats.HeldBack, CutOff: v.Stats.CutOff,
		},
	}
	if v.SecondUntil.After(s.loop.Now()) {
		n.SecondMaster = v.SecondMaster
	}
	n.HeldBack, n.CutOff = v.HeldBack, v.CutOff
	for _, c := range v.Changes {
		n.Changes = append(n.Changes, status.Change{At: c.At, To: status.State(c.To), Reason: c.Reason})
	}
	for _, f := range in.Followed() {
		n.Tracked = append(n.Tracked, status.Tracked{Kind: f.Kind.String(), Name: f.Name, Weight: f.Weight, Reverse: f.Reverse,
			Known: f.Known, Value: f.Value, Fault: f.Fault, Adds: f.Adds})
	}
	if k, _ := in.Data.(*sock); k != nil {
		n.In, n.Out = k.fds()
	}
	n.Set, n.SetExtra = s.set(in, in.Conf.Addrs), s.set(in, in.Conf.Excluded)
	n.On, n.OnExtra = placesOf(in, in.Conf.Addrs), placesOf(in, in.Conf.Excluded)
	return n
}

// set tells which addresses of an instance are there.
func (s *speaker) set(in *vrrp.Instance, list []config.Address) []bool {
	set := make([]bool, len(list))
	for i := range list {
		set[i] = s.owned[owned{s.index(in.On(&list[i])), list[i].Prefix}] == in
	}
	return set
}

// placesOf are the interfaces that were made for addresses.
func placesOf(in *vrrp.Instance, list []config.Address) []string {
	places := make([]string, len(list))
	for i := range list {
		base := list[i].Dev
		if base == "" {
			base = in.Conf.Interface
		}
		if on := in.On(&list[i]); on != base {
			places[i] = on + "@" + base
		}
	}
	return places
}

func (s *speaker) linkStatus(l *netlink.Link) status.Interface {
	n := status.Interface{
		Name: l.Name, Index: l.Index, Up: l.Up(), Running: l.Running(), Loopback: l.Loopback(), Multicast: l.Multicast(),
		PointToPoint: l.PointToPoint(), MTU: l.MTU,
	}
	if l.Ethernet {
		n.MAC, n.Broadcast = l.MAC[:], !l.PointToPoint()
	}
	if parent, ok := s.watch.Link(l.Parent); ok && (l.Kind == "macvlan" || l.Kind == "ipvlan") {
		n.Base, n.BaseUp, n.BaseRunning = parent.Name, parent.Up(), parent.Running()
	}
	d := s.cfg.UpDownDelays[l.Name]
	n.Down, n.UpDelay = d.Down, d.Up
	for _, in := range s.machine.Instances() {
		for _, f := range in.Followed() {
			if f.Kind == vrrp.Interface && f.Name == l.Name {
				n.Tracking = append(n.Tracking, config.Tracked{Name: in.Conf.Name, Weight: f.Weight, Reverse: f.Reverse})
			}
		}
	}
	return n
}
