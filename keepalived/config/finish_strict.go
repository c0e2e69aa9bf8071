package config

import (
	"time"
)

func (r *reader) finishTimes(d *draft) {
	if d.Version == 2 {
		if d.Interval%time.Second != 0 {
			r.err("(%s) VRRPv2 advertisement interval %fs must be an integer. rounding", d.Name, d.Interval.Seconds())
			d.Interval = max(time.Second, (d.Interval + time.Second/2).Truncate(time.Second))
		}
		return
	}
	const most = 4095 * 10 * time.Millisecond
	switch {
	case d.Interval > most:
		r.err("(%s) VRRPv3 advertisement interval %.2fs is out of range. Must be less than %.2fs. Setting to %.2fs", d.Name, d.Interval.Seconds(), 40.96, most.Seconds())
		d.Interval = most
	case d.Interval%(10*time.Millisecond) != 0:
		r.err("(%s) VRRPv3 advertisement interval %fs must be in units of 10ms - rounding", d.Name, d.Interval.Seconds())
		d.Interval = max(10*time.Millisecond, (d.Interval + 5*time.Millisecond).Truncate(10*time.Millisecond))
	}
}

// finishGARP fills in what global_defs says.
func (r *reader) finishGARP(d *draft) {
	g, w := &r.config.Global, &d.garp
	base := g.GARP
	if g.MinGARP {
		base.Delay, base.Repeat = 0, 1
	}
	d.GARP = base
	set(&d.GARP.Delay, w.Delay)
	set(&d.GARP.Repeat, w.Repeat)
	set(&d.GARP.Refresh, w.Refresh)
	set(&d.GARP.RefreshRepeat, w.RefreshRepeat)
	if w.ExtraIf != nil {
		d.GARP.ExtraIf, d.GARP.ExtraAll = *w.ExtraIf, w.ExtraAll
	}
	d.GARP.LowerDelay, d.GARP.LowerRepeat = d.GARP.Delay, d.GARP.Repeat
	set(&d.GARP.LowerDelay, g.lowerDelay)
	set(&d.GARP.LowerRepeat, g.lowerRepeat)
	set(&d.GARP.LowerDelay, w.LowerDelay)
	set(&d.GARP.LowerRepeat, w.LowerRepeat)
}

func set[T any](at *T, value *T) {
	if value != nil {
		*at = *value
	}
}

// finishStrict sets back what the RFC does not know.
func (r *reader) finishStrict(d *draft) {
	g := &r.config.Global
	lower := d.lowerNoAdvert
	if lower == Default {
		lower = g.LowerPrioNoAdvert
	}
	higher := d.higherAdvert
	if higher == Default {
		higher = g.HigherPrioSendAdvert
	}
	d.LowerPrioNoAdvert, d.HigherPrioSendAdvert, d.HigherPrioSet = lower.Or(false), higher.Or(false), higher != Default
	if !d.Strict {
		return
	}
	if d.garp.LowerRepeat != nil && *d.garp.LowerRepeat != 0 {
		r.err("(%s) Strict mode requires no repeat garps. resetting", d.Name)
	}
	if d.garp.LowerDelay != nil && *d.garp.LowerDelay != 0 {
		r.err("(%s) Strict mode requires no repeat garp delay. resetting", d.Name)
	}
	d.GARP.LowerRepeat, d.GARP.LowerDelay = 0, 0
	if lower == Off {
		r.err("(%s) Strict mode requires no lower priority advert. resetting", d.Name)
	}
	d.LowerPrioNoAdvert = true
	if higher == On {
		r.err("(%s) strict mode requires higher_prio_send_advert to be clear. resetting", d.Name)
	}
	d.HigherPrioSendAdvert, d.HigherPrioSet = false, true
	d.OwnerIgnoreAdverts = true
}

func (r *reader) finishVMAC(d *draft) {
	v := &d.VMAC
	for _, list := range [][]Address{d.Addrs, d.Excluded} {
		for i := range list {
			switch a := &list[i]; {
			case !a.VMAC:
			case v.UseAddr:
				r.err("(%s) use_vmac_addr specified and use_vmac specified for VIP/eVIP %s", d.Name, a.Prefix.Addr())
				a.VMAC = false
			case v.Use && (a.Dev == "" || a.Dev == d.Interface):
				r.err("(%s) use_vmac specified for VIP/eVIP %s and vrrp instance", d.Name, a.Prefix.Addr())
				a.VMAC = false
			}
		}
	}
	if v.MACWithVRID {
		v.MAC[5] = d.VRID
	}
	switch {
	case v.XmitBase && d.Strict && v.Use && !v.IPVLAN:
		r.err("(%s) xmit_base is incompatible with strict mode - resetting", d.Name)
		v.XmitBase = false
	case v.HasMAC && d.Strict:
		r.err("(%s): cannot specify MAC address with strict mode - clearing", d.Name)
		v.HasMAC, v.MAC = false, [6]byte{}
	}
	if v.Use && d.PromoteSecondaries {
		r.err("(%s) promote_secondaries is automatically set for vmacs - ignoring", d.Name)
		d.PromoteSecondaries = false
	}
	if v.IPVLAN && !d.Source.IsValid() {
		d.Source = v.IPVLANAddr
	}
	if v.IPVLAN && !d.V6 && !v.IPVLANAddr.IsValid() {
		r.err("(%s) IPv4 ipvlan requires a source ip address to be configured. setting instance to fault state", d.Name)
		v.Fault = true
	}
}
