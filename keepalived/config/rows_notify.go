package config

// notifyRows are what is run or mailed when an instance or a group changes.
var notifyRows = []keyword{
	{name: "notify_master", in: inInstance | inGroup, need: 1, args: "CMD [USER [GROUP]]", set: notified("notify_master", func(n *Notify) *Command { return &n.Master }), doc: "Run on becoming master."},
	{name: "notify_backup", in: inInstance | inGroup, need: 1, args: "CMD [USER [GROUP]]", set: notified("notify_backup", func(n *Notify) *Command { return &n.Backup }), doc: "Run on becoming backup."},
	{name: "notify_fault", in: inInstance | inGroup, need: 1, args: "CMD [USER [GROUP]]", set: notified("notify_fault", func(n *Notify) *Command { return &n.Fault }), doc: "Run on a fault."},
	{name: "notify_stop", in: inInstance | inGroup, need: 1, args: "CMD [USER [GROUP]]", set: notified("notify_stop", func(n *Notify) *Command { return &n.Stop }), doc: "Run when keepalived stops."},
	{name: "notify", in: inInstance | inGroup, need: 1, args: "CMD [USER [GROUP]]", set: notified("notify", func(n *Notify) *Command { return &n.Any }),
		doc: "Run on every change, after the others, with INSTANCE or GROUP, the name, the state and the priority behind its own arguments."},
	{name: "notify_master_rx_lower_pri", in: inInstance, need: 1, args: "CMD [USER [GROUP]]", set: notified("notify_master_rx_lower_pri", func(n *Notify) *Command { return &n.MasterLowerPrio }),
		doc: "Run when a master hears an advert of lower priority."},
	{name: "notify_deleted", in: inInstance, args: "[CMD [USER [GROUP]]]", set: do(func(r *reader, w []string) {
		n := &r.vi.Notify
		if n.TellDeleted {
			r.err("(%s) notify_deleted already specified - ignoring %s", r.vi.Name, word(w, 1))
			return
		}
		n.TellDeleted = true
		if len(w) > 1 {
			n.Deleted, _ = r.notify("notify")
		}
	}), doc: "An instance that a reload takes away says DELETED, not FAULT."},
	{name: "notify_priority_changes", in: inInstance | inGroup, args: "[BOOL]", def: "vrrp_notify_priority_changes", set: do(func(r *reader, w []string) {
		if r.vi != nil {
			if on, ok := r.flag(w, "(%s) Invalid value '%s' for notify_priority_changes specified", r.vi.Name, word(w, 1)); ok {
				r.vi.Notify.PriorityChanges = on
			}
		} else if on, ok := r.flag(w, "(%s) Invalid value '%s' for sync group notify_priority_changes specified", r.group.Name, word(w, 1)); ok {
			r.group.Notify.PriorityChanges = on
		}
	}), doc: "Changes of the priority are written to the FIFOs."},
	{name: "smtp_alert", in: inInstance | inGroup, args: "[BOOL]", def: "smtp_alert_vrrp", set: do(func(r *reader, w []string) {
		if r.vi != nil {
			if on, ok := r.flag(w, "Invalid vrrp_instance smtp_alert parameter %s", word(w, 1)); ok {
				r.vi.Notify.Mail = on
			}
		} else if on, ok := r.flag(w, "Invalid vrrp_group smtp_alert parameter %s", word(w, 1)); ok {
			r.group.Notify.Mail = on
		}
	}), doc: "Changes are mailed."},
}

// notified sets one of the scripts; the first that is written stays.
func notified(name string, field func(*Notify) *Command) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		prefix, n := "", (*Notify)(nil)
		if r.vi != nil {
			prefix, n = "("+r.vi.Name+")", &r.vi.Notify
		} else {
			prefix, n = "vrrp group "+r.group.Name+":", &r.group.Notify
		}
		at := field(n)
		if at.Set() {
			what := name + " script"
			r.err("%s %s already specified - ignoring %s", prefix, what, w[1])
			return
		}
		*at, _ = r.notify("notify")
	})
}
