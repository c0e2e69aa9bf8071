package config

import (
	"math"
	"time"
)

var instanceTuneRows = []keyword{
	{name: "garp_master_delay", in: inInstance, need: 1, args: "SECONDS", def: "vrrp_garp_master_delay", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32/1000000, soft); ok {
			r.vi.garp.Delay = ptr(time.Duration(n) * time.Second)
		} else {
			r.err("(%s): garp_master_delay '%s' invalid - ignoring", r.vi.Name, w[1])
		}
	}), doc: "The second burst after becoming master; 0: none."},
	{name: "garp_master_repeat", in: inInstance, need: 1, args: "N", def: "vrrp_garp_master_repeat", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32, soft)
		switch {
		case !ok:
			r.err("(%s): garp_master_repeat '%s' invalid - ignoring", r.vi.Name, w[1])
			return
		case n == 0:
			r.err("(%s): garp_master_repeat must be greater than 0, setting to 1", r.vi.Name)
			n = 1
		}
		r.vi.garp.Repeat = ptr(int(n))
	}), doc: "Gratuitous ARPs for each address in a burst."},
	{name: "garp_master_refresh", in: inInstance, need: 1, args: "SECONDS", def: "vrrp_garp_master_refresh", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.vi.garp.Refresh = ptr(time.Duration(n) * time.Second)
		} else {
			r.err("(%s): Invalid garp_master_refresh '%s' - ignoring", r.vi.Name, w[1])
		}
	}), doc: "Time between bursts while master; 0: none."},
	{name: "garp_master_refresh_repeat", in: inInstance, need: 1, args: "N", def: "vrrp_garp_master_refresh_repeat", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32, soft)
		switch {
		case !ok:
			r.err("(%s): garp_master_refresh_repeat '%s' invalid - ignoring", r.vi.Name, w[1])
			return
		case n == 0:
			r.err("(%s): garp_master_refresh_repeat must be greater than 0, setting to 1", r.vi.Name)
			n = 1
		}
		r.vi.garp.RefreshRepeat = ptr(int(n))
	}), doc: "Gratuitous ARPs for each address in such a burst."},
	{name: "garp_lower_prio_delay", in: inInstance, need: 1, args: "SECONDS", def: "vrrp_garp_lower_prio_delay", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32/1000000, soft); ok {
			r.vi.garp.LowerDelay = ptr(time.Duration(n) * time.Second)
		} else {
			r.err("(%s): garp_lower_prio_delay '%s' invalid - ignoring", r.vi.Name, w[1])
		}
	}), doc: "The second burst after an advert of lower priority."},
	{name: "garp_lower_prio_repeat", in: inInstance, need: 1, args: "N", def: "vrrp_garp_lower_prio_repeat", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.vi.garp.LowerRepeat = ptr(int(n))
		} else {
			r.err("(%s): Invalid garp_lower_prio_repeat '%s'", r.vi.Name, w[1])
		}
	}), doc: "Gratuitous ARPs for each address after an advert of lower priority."},
	{name: "garp_extra_if", in: inInstance, args: "[all] SECONDS", def: "vrrp_garp_extra_if", set: do(func(r *reader, w []string) {
		if d, all, ok := r.extraIf(w, "("+r.vi.Name+"): ", 0); ok {
			r.vi.garp.ExtraIf, r.vi.garp.ExtraAll = ptr(d), all
		}
	}), doc: "Bursts on the other interfaces that addresses are on."},
	{name: "down_timer_adverts", in: inInstance, need: 1, args: "1..100", def: "vrrp_down_timer_adverts", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, 100, soft); ok {
			r.vi.DownTimerAdverts = int(n)
		} else {
			r.err("(%s): Invalid down_timer_adverts [1:100] '%s'", r.vi.Name, w[1])
		}
	}), doc: "How many adverts must be missed. All machines must agree."},
	{name: "lower_prio_no_advert", in: inInstance, args: "[BOOL]", def: "vrrp_lower_prio_no_advert", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "(%s) invalid lower_prio_no_advert %s specified", r.vi.Name, word(w, 1)); ok {
			r.vi.lowerNoAdvert = tristate(on)
		}
	}), doc: "A master does not answer adverts of lower priority."},
	{name: "higher_prio_send_advert", in: inInstance, args: "[BOOL]", def: "vrrp_higher_prio_send_advert", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "(%s) invalid higher_prio_send_advert %s specified", r.vi.Name, word(w, 1)); ok {
			r.vi.higherAdvert = tristate(on)
		}
	}), doc: "A master that gives way sends a last advert, so that the new one repeats its ARPs."},
	{name: "skip_check_adv_addr", in: inInstance, args: "[BOOL]", def: "vrrp_skip_check_adv_addr", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "(%s) invalid skip_check_adv_addr %s specified", r.vi.Name, word(w, 1)); ok {
			r.vi.SkipCheckAdvAddr = on
		}
	}), doc: "The addresses in an advert are checked only when its master is new."},
	{name: "owner_ignore_adverts", in: inInstance, newer: true, args: "[BOOL]", def: "vrrp_owner_ignore_adverts", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "(%s) invalid owner_ignore_adverts %s specified", r.vi.Name, word(w, 1)); ok {
			r.vi.OwnerIgnoreAdverts = on
		}
	}), doc: "An instance of priority 255 takes no notice of other adverts."},
	{name: "timer_expired_backup", in: inInstance, newer: true, args: "[PRIORITY]", set: do(func(r *reader, w []string) {
		r.vi.TimerExpiredBackup = 0
		if len(w) > 1 {
			if n, ok := r.uint(w[1], 0, 255, hard); ok {
				r.vi.TimerExpiredBackup = int(n)
			}
		}
	}), doc: "With nopreempt: become backup when our own timer ran so late that another may be master, of this priority at most; 254 without a number."},
}

func ptr[T any](v T) *T { return &v }

// extraIf is "[all] SECONDS".
func (r *reader) extraIf(w []string, prefix string, lo uint32) (d time.Duration, all, ok bool) {
	name, w := w[0], w[1:]
	if word(w, 0) == "all" {
		all, w = true, w[1:]
	}
	if len(w) == 0 {
		r.err("%s%s specified without time - ignoring", prefix, name)
		return 0, false, false
	}
	n, ok := r.uint(w[0], lo, 86400, soft)
	if !ok {
		r.err("%s%s '%s' invalid - ignoring", prefix, name, w[0])
	}
	return time.Duration(n) * time.Second, all, ok
}
