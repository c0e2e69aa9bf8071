package vrrp

import (
	"strconv"

	"moongate/keepalived/config"
)

// Virtual is an interface that is made for instances: the macvlan of use_vmac, the
// ipvlan of use_ipvlan, or the macvlan of single addresses.
//
//	vrrp.51  on eth0   use_vmac of the instance: its adverts, and the addresses of its interface;
//	                   use_ipvlan: its adverts alone
//	vrrp1.51 on eth1   use_vmac_addr, or use_vmac behind an address with "dev eth1"
type Virtual struct {
	Name   string
	Base   string // the interface beneath
	MAC    [6]byte
	Conf   *config.Instance // of the first that needs it
	V6     bool             // the family that its MAC is for
	IPVLAN bool
	Own    bool // of use_vmac or use_ipvlan: the instance's adverts may leave by it
}

// plan is what a configuration makes of them: the list, and where each address goes
// that is on one.
type plan struct {
	list   []Virtual
	own    map[*config.Instance]string
	places map[*config.Address]string
}

// Virtuals lists the interfaces that a configuration needs.
func Virtuals(cfg *config.Config) []Virtual { return newPlan(cfg).list }

func newPlan(cfg *config.Config) *plan {
	p := &plan{own: map[*config.Instance]string{}, places: map[*config.Address]string{}}
	taken := map[string]bool{}
	for _, c := range cfg.Instances {
		name := ownName(cfg, c)
		if name == "" {
			continue
		}
		p.own[c] = name
		if !taken[name] {
			taken[name] = true
			p.list = append(p.list, Virtual{Name: name, Base: c.Interface, MAC: macOf(c, c.V6), Conf: c, V6: c.V6, IPVLAN: c.VMAC.IPVLAN, Own: true})
		}
	}
	for _, c := range cfg.Instances {
		for a := range c.AllAddrs() {
			if name := p.place(cfg, c, a, taken); name != "" {
				p.places[a] = name
			}
		}
	}
	return p
}

// place finds the interface of an address, or has one made. It is empty when the address
// goes where the configuration says.
func (p *plan) place(cfg *config.Config, c *config.Instance, a *config.Address, taken map[string]bool) string {
	base, v6 := a.Dev, a.Prefix.Addr().Is6()
	if base == "" {
		base = c.Interface
	}
	if !a.VMAC && !(c.VMAC.UseAddr && (base != c.Interface || v6 != c.V6)) {
		if base == c.Interface && !c.VMAC.IPVLAN { // whose only address is that of the adverts
			return p.own[c]
		}
		return ""
	}
	mac := macOf(c, v6)
	for i := range p.list {
		if o := &p.list[i]; o.Base == base && o.MAC == mac && !o.IPVLAN {
			return o.Name
		}
	}
	prefix := cfg.Global.VMACAddrPrefix
	if prefix == "" {
		prefix = vmacPrefix(cfg)
	}
	behind := "." + strconv.Itoa(int(c.VRID))
	name := prefix + behind
	for n := 1; taken[name]; n++ {
		name = prefix + strconv.Itoa(n) + behind
	}
	taken[name] = true
	p.list = append(p.list, Virtual{Name: name, Base: base, MAC: mac, Conf: c, V6: v6})
	return name
}

func vmacPrefix(cfg *config.Config) string {
	if cfg.Global.VMACPrefix == "" {
		return "vrrp"
	}
	return cfg.Global.VMACPrefix
}

// macOf is the address of a virtual router for a family (RFC 9568 section 7.3).
func macOf(c *config.Instance, v6 bool) [6]byte {
	switch {
	case c.VMAC.IPVLAN:
		return [6]byte{} // that of the interface beneath
	case c.VMAC.HasMAC:
		return c.VMAC.MAC
	case v6:
		return [6]byte{0, 0, 0x5e, 0, 2, c.VRID}
	}
	return [6]byte{0, 0, 0x5e, 0, 1, c.VRID}
}

// ownName is the name of what use_vmac or use_ipvlan of an instance makes, and empty
// without them.
func ownName(cfg *config.Config, c *config.Instance) string {
	switch {
	case !c.VMAC.Use || c.VMAC.Fault:
		return ""
	case c.VMAC.Name != "":
		return c.VMAC.Name
	}
	prefix := vmacPrefix(cfg)
	if c.VMAC.IPVLAN && cfg.Global.VMACPrefix == "" {
		prefix = "vrrp"
	}
	if c.V6 {
		for _, o := range cfg.Instances {
			if !o.V6 && o.VRID == c.VRID && o.VMAC.Use && o.VMAC.Name == "" {
				prefix += "6"
				break
			}
		}
	}
	return prefix + "." + strconv.Itoa(int(c.VRID))
}
