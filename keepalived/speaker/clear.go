package speaker

import (
	"slices"
	"time"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// Clear takes away what masters have, for a process that has died and can't do
// it itself. It is quick: addresses on a dead side are a second master.
func Clear(cfg *config.Config, log role.Logf) {
	conn, err := netlink.Open()
	if err != nil {
		log(role.Err, "%v", err)
		return
	}
	defer conn.Close()
	clearOn(conn, cfg, log)
}

func clearOn(k netlink.Kernel, cfg *config.Config, log role.Logf) {
	watch, err := k.Links()
	if err != nil {
		log(role.Err, "%v", err)
		return
	}
	list, err := k.Addresses()
	if err != nil {
		log(role.Err, "%v", err)
		return
	}
	s := &speaker{cfg: cfg, log: log, kernel: k, watch: links(watch), owned: map[owned]*vrrp.Instance{}}
	s.study()
	s.machine = vrrp.New(cfg, (*world)(s))
	for _, in := range s.machine.Instances() {
		s.machine.Source(time.Time{}, in.Conf.Interface, in.Conf.V6, s.firstAddr(list, in.Conf))
		for i := range in.Conf.Rules {
			s.removeRule(in.Conf.Name, &in.Conf.Rules[i])
		}
		for i := range in.Conf.Routes {
			s.removeRoute(in.Conf.Name, &in.Conf.Routes[i])
		}
		for a := range in.Conf.AllAddrs() {
			there := addressOf(a, s.index(in.On(a)))
			if slices.ContainsFunc(list, func(b netlink.Address) bool { return b.Same(&there) }) {
				s.removeAddr(in, a)
			}
		}
		log(role.Info, "(%s) removing VIPs.", in.Conf.Name)
	}
	for _, v := range vrrp.Virtuals(cfg) {
		if l, err := k.LinkByName(v.Name); err == nil && (l.Kind == "macvlan" || l.Kind == "ipvlan") {
			if err := k.DeleteLink(l.Index); err != nil {
				log(role.Err, "(%s) %v", v.Conf.Name, err)
			}
		}
	}
}
