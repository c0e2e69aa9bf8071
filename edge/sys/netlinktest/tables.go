package netlinktest

import (
	"slices"

	"moongate/edge/sys/netlink"

	"golang.org/x/sys/unix"
)

// Addresses lists all addresses.
func (k *Kernel) Addresses() ([]netlink.Address, error) { return slices.Clone(k.addrs), nil }

func (k *Kernel) findAddress(a *netlink.Address) int {
	return slices.IndexFunc(k.addrs, func(b netlink.Address) bool { return a.Same(&b) })
}

// AddAddress adds an address.
func (k *Kernel) AddAddress(a netlink.Address) error {
	if k.at(a.Index) == nil {
		return refuse(unix.ENODEV, "adding the address %v", a.Prefix)
	}
	if k.findAddress(&a) >= 0 {
		return refuse(unix.EEXIST, "adding the address %v", a.Prefix)
	}
	if err := k.change("add address %v dev %s", a.Prefix, k.Name(a.Index)); err != nil {
		return err
	}
	k.addrs = append(k.addrs, a)
	k.tell(netlink.Change{What: netlink.AddressAdded, Address: a})
	return nil
}

// RenewAddress notes the lifetime of an address, or adds it.
func (k *Kernel) RenewAddress(a netlink.Address) error {
	i := k.findAddress(&a)
	if i < 0 {
		return k.AddAddress(a)
	}
	if err := k.change("renew address %v dev %s", a.Prefix, k.Name(a.Index)); err != nil {
		return err
	}
	k.addrs[i] = a
	k.tell(netlink.Change{What: netlink.AddressAdded, Address: a})
	return nil
}

// DeleteAddress takes an address away.
func (k *Kernel) DeleteAddress(a netlink.Address) error {
	i := k.findAddress(&a)
	if i < 0 {
		return refuse(unix.EADDRNOTAVAIL, "deleting the address %v", a.Prefix)
	}
	if err := k.change("delete address %v dev %s", a.Prefix, k.Name(a.Index)); err != nil {
		return err
	}
	gone := k.addrs[i]
	k.addrs = slices.Delete(k.addrs, i, i+1)
	k.tell(netlink.Change{What: netlink.AddressRemoved, Address: gone})
	return nil
}

// Routes lists the routes of a family.
func (k *Kernel) Routes(v6 bool) ([]netlink.Route, error) {
	var all []netlink.Route
	for _, r := range k.routes {
		if r.Dst.Addr().Is6() == v6 {
			all = append(all, r)
		}
	}
	return all, nil
}

// HasRoute tells whether there is this very entry.
func (k *Kernel) HasRoute(r netlink.Route) (bool, error) { return k.findRoute(&r) >= 0, nil }

func (k *Kernel) findRoute(r *netlink.Route) int {
	return slices.IndexFunc(k.routes, func(o netlink.Route) bool { return r.Same(&o) })
}

// AddRoute adds a route.
func (k *Kernel) AddRoute(r netlink.Route) error {
	if k.findRoute(&r) >= 0 {
		return refuse(unix.EEXIST, "adding the route %v", r.Dst)
	}
	return k.putRoute("add", r)
}

// ReplaceRoute adds a route in place of the one that is there.
func (k *Kernel) ReplaceRoute(r netlink.Route) error { return k.putRoute("replace", r) }

func (k *Kernel) putRoute(verb string, r netlink.Route) error {
	for _, h := range r.Hops {
		if h.Index != 0 && k.at(h.Index) == nil {
			return refuse(unix.ENODEV, "adding the route %v", r.Dst)
		}
	}
	if err := k.change("%s route %v", verb, r.Dst); err != nil {
		return err
	}
	if i := k.findRoute(&r); i >= 0 {
		k.routes[i] = r
	} else {
		k.routes = append(k.routes, r)
	}
	k.tell(netlink.Change{What: netlink.RouteAdded, Route: r})
	return nil
}

// DeleteRoute takes a route away.
func (k *Kernel) DeleteRoute(r netlink.Route) error {
	i := k.findRoute(&r)
	if i < 0 {
		return refuse(unix.ESRCH, "deleting the route %v", r.Dst)
	}
	if err := k.change("delete route %v", r.Dst); err != nil {
		return err
	}
	gone := k.routes[i]
	k.routes = slices.Delete(k.routes, i, i+1)
	k.tell(netlink.Change{What: netlink.RouteRemoved, Route: gone})
	return nil
}

// Rules lists the rules of a family.
func (k *Kernel) Rules(v6 bool) ([]netlink.Rule, error) {
	var all []netlink.Rule
	for _, r := range k.rules {
		if r.IPv6 == v6 {
			all = append(all, r)
		}
	}
	return all, nil
}

// AddRule adds a rule.
func (k *Kernel) AddRule(r netlink.Rule) error {
	if slices.Contains(k.rules, r) {
		return refuse(unix.EEXIST, "adding a rule")
	}
	if err := k.change("add rule priority %d", r.Priority.V); err != nil {
		return err
	}
	k.rules = append(k.rules, r)
	return nil
}

// DeleteRule takes a rule away.
func (k *Kernel) DeleteRule(r netlink.Rule) error {
	i := slices.Index(k.rules, r)
	if i < 0 {
		return refuse(unix.ENOENT, "deleting a rule")
	}
	if err := k.change("delete rule priority %d", r.Priority.V); err != nil {
		return err
	}
	k.rules = slices.Delete(k.rules, i, i+1)
	k.tell(netlink.Change{What: netlink.RuleRemoved})
	return nil
}
