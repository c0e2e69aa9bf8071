package config

import (
	"net/netip"
	"time"
)

// target is what the open blocks make.
type target struct {
	vi      *draft
	group   *Group
	script  *Script
	process *Process
	file    *File
	bfd     *BFD
	gateway *Gateway
	garp    *GARPGroup
	track   string // the track_group

	vs  *serverDraft
	rs  *realDraft
	chk *checkDraft
	url *URL

	scriptFault bool // the script has a user that does not exist
	userSet     bool
	weightSet   bool
	garpSet     bool
	bfdBad      bool

	missingIf  bool // an interface is not there
	scripts    bool // some script will run
	scriptUser bool
	vmacPrefix bool
	nextRule   uint32 // the preference of the next rule that has none

}

// draft is an instance with what is only known while it is read: whether
// something was written, and what is decided at the end.
type draft struct {
	*Instance
	link   Interface
	family family
	accept, strict,
	lowerNoAdvert, higherAdvert Tristate
	unicastWord, ttlWord, stateWord bool
	garp                            garpWords
	gone                            bool // it is dropped
}

// garpWords are the settings that were written.
type garpWords struct {
	Delay, Refresh, LowerDelay, ExtraIf *time.Duration
	Repeat, RefreshRepeat, LowerRepeat  *int
	ExtraAll                            bool
}

// setFamily takes the family of the first address that is named.
func (d *draft) setFamily(a netip.Addr) {
	if d.family == 0 {
		d.family = familyOf(a)
		d.V6 = d.family == v6
	}
}

// absent tells that an interface is not there. With dynamic_interfaces it may come later.
func (r *reader) absent(name, format string, args ...any) {
	if r.config.Global.DynamicInterfaces {
		r.log("Configuration specifies interface %s which doesn't currently exist - will use if created", name)
		return
	}
	r.err(format, args...)
	r.missingIf = true
}

func beginInstance(r *reader, w []string) bool {
	if len(w) != 2 {
		r.err("vrrp_instance must have a name")
		return true
	}
	if r.byName[w[1]] != nil {
		r.err("vrrp instance %s already defined", w[1])
		return true
	}
	g := &r.config.Global
	r.vi = &draft{Instance: &Instance{Name: w[1], Interval: time.Second, UnicastTTL: 255, TimerExpiredBackup: -1,
		SkipCheckAdvAddr: g.SkipCheckAdvAddr, CheckUnicastSrc: g.CheckUnicastSrc, ChecksumAsV2: g.ChecksumAsV2, OwnerIgnoreAdverts: g.OwnerIgnoreAdverts,
		DownTimerAdverts: g.DownTimerAdverts, Pos: r.pos}}
	r.vi.Notify.PriorityChanges = g.NotifyPriorityChanges
	r.vi.Notify.Mail = g.Mail.AlertVRRP.Or(g.Mail.Alert.Or(false))
	r.drafts = append(r.drafts, r.vi)
	r.byName[w[1]] = r.vi
	return false
}

// endInstance is what keepalived checks at the closing brace.
func endInstance(r *reader) {
	d := r.vi
	if d.VMAC.Use && len(d.Peers) > 0 {
		switch {
		case d.Interface == "":
			r.err("(%s): Cannot use VMAC/ipvlan with unicast and no interface - clearing use_vmac", d.Name)
			d.VMAC.Use = false
		case !d.VMAC.XmitBase:
			r.err("(%s) unicast with use_vmac requires vmac_xmit_base - setting", d.Name)
			d.VMAC.XmitBase = true
		}
	}
	if d.ttlWord && len(d.Peers) == 0 {
		r.err("(%s): Cannot use unicast_ttl without unicast peers - resetting", d.Name)
		d.UnicastTTL = 255
	}
	d.Unicast = len(d.Peers) > 0 || d.unicastWord && d.UnicastFaultNoPeer
	r.vi = nil
}

// vip is a line of virtual_ipaddress.
func (r *reader) vip(w []string) {
	a, ok := r.address(w, r.vi.family)
	if !ok {
		return
	}
	r.vi.setFamily(a.Prefix.Addr())
	r.vi.Addrs = append(r.vi.Addrs, a)
}
