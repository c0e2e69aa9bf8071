package speaker

import (
	"errors"
	"reflect"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// static goes from the static addresses, routes and rules of one configuration to
// those of another. Either may be nil.
func (s *speaker) static(from, to *config.Config) {
	none := &config.Config{}
	if from == nil {
		from = none
	}
	if to == nil {
		to = none
	}
	for i := range from.StaticRules {
		if r := &from.StaticRules[i]; !listed(to.StaticRules, r) {
			s.removeRule("static", r)
		}
	}
	for i := range from.StaticRoutes {
		if r := &from.StaticRoutes[i]; !listed(to.StaticRoutes, r) {
			s.removeRoute("static", r)
		}
	}
	for i := range from.StaticAddrs {
		if a := &from.StaticAddrs[i]; !listed(to.StaticAddrs, a) {
			s.staticAddr(a, s.kernel.DeleteAddress, netlink.ErrNotFound)
		}
	}
	for i := range to.StaticAddrs {
		if a := &to.StaticAddrs[i]; !listed(from.StaticAddrs, a) {
			s.staticAddr(a, s.kernel.AddAddress, netlink.ErrExists)
		}
	}
	for i := range to.StaticRoutes {
		if r := &to.StaticRoutes[i]; !listed(from.StaticRoutes, r) {
			s.addRoute("static", r)
		}
	}
	for i := range to.StaticRules {
		if r := &to.StaticRules[i]; !listed(from.StaticRules, r) {
			s.addRule("static", r)
		}
	}
}

// listed compares but for the place in the file.
func listed[T any](list []T, what *T) bool {
	strip := func(v T) T {
		if f := reflect.ValueOf(&v).Elem().FieldByName("Pos"); f.IsValid() {
			f.SetZero()
		}
		return v
	}
	for _, v := range list {
		if reflect.DeepEqual(strip(v), strip(*what)) {
			return true
		}
	}
	return false
}

func (s *speaker) staticAddr(a *config.Address, do func(netlink.Address) error, fine error) {
	index := s.index(a.Dev)
	if index == 0 {
		return
	}
	err := do(addressOf(a, index))
	if err != nil && !errors.Is(err, fine) {
		s.log(role.Info, "static address: %v", err)
	}
	// What we have set here ourselves is no source of adverts, as with keepalived, which looks
	// for sources first. What was there before is one.
	at := owned{index, a.Prefix}
	if err == nil && errors.Is(fine, netlink.ErrExists) {
		s.laid[at] = true
	} else if errors.Is(fine, netlink.ErrNotFound) {
		delete(s.laid, at)
	}
}
