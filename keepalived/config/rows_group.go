package config

var groupRows = []keyword{
	{name: "group", in: inGroup | inTrackGroup, body: lines, args: "names of instances", set: do(func(r *reader, w []string) {
		if r.group == nil {
			names := r.words()
			if len(names) == 0 {
				r.err("Warning - track group %s has empty group block", r.track)
			}
			r.config.TrackGroups[r.track] = names
			return
		}
		if r.group.Names != nil {
			r.err("Group list already specified for sync group %s", r.group.Name)
			// keepalived leaves out all but the brace that closes the block, which
			// then closes the group.
			for r.at < len(r.text.Lines) && r.text.Lines[r.at].Brace != '}' {
				r.next()
			}
			return
		}
		r.group.Names = r.words()
		if len(r.group.Names) == 0 {
			r.err("Warning - sync group %s has empty group block", r.group.Name)
		}
	}), doc: "The members."},
	{name: "global_tracking", in: inGroup, set: do(func(r *reader, w []string) {
		r.err("(%s) global_tracking is deprecated. Use track_interface/script/file on the sync group", r.group.Name)
		r.group.GlobalTracking = true
	}), doc: "Old: what a member follows counts for all. Use the track words of the group."},
	{name: "sync_group_tracking_weight", in: inGroup, set: do(func(r *reader, w []string) { r.group.Weighted = true }), doc: "Members keep the weights of what they follow."},
}

func beginGroup(r *reader, w []string) bool {
	if len(w) != 2 {
		r.err("vrrp_sync_group must have a name - skipping")
		return true
	}
	if named[Group](r.found, "group", w[1]) != nil {
		r.err("vrrp sync group %s already defined", w[1])
		return true
	}
	g := &r.config.Global
	r.vi = nil
	r.group = &Group{Name: w[1], Pos: r.pos}
	r.group.Notify.PriorityChanges = g.NotifyPriorityChanges
	r.group.Notify.Mail = g.Mail.AlertVRRP.Or(g.Mail.Alert.Or(false))
	r.config.Groups = append(r.config.Groups, r.group)
	r.found.first("group", w[1], r.group)
	return false
}

func beginTrackGroup(r *reader, w []string) bool {
	r.group = nil
	if len(w) != 2 {
		r.err("track_group must have a name - skipping")
		return true
	}
	if _, ok := r.config.TrackGroups[w[1]]; ok {
		r.err("track_group %s already defined", w[1])
		return true
	}
	r.track = w[1]
	r.config.TrackGroups[w[1]] = nil
	return false
}

var authRows = []keyword{
	{name: "authentication", in: inInstance, body: inAuth, doc: "A password, for version 2 only."},
	{name: "auth_type", in: inAuth, need: 1, args: "PASS | AH", def: "none: the password has no effect", set: do(func(r *reader, w []string) {
		switch w[1] {
		case "PASS":
			r.vi.Auth.Type = Pass
		case "AH":
			r.vi.Auth.Type = AH
		default:
			r.err("(%s) unknown authentication type '%s'", r.vi.Name, w[1])
		}
	}), doc: "In plain text, or a sum with the password (AH)."},
	{name: "auth_pass", in: inAuth, need: 1, args: "STRING", set: do(func(r *reader, w []string) {
		if len(w[1]) > len(r.vi.Auth.Data) {
			r.err("Truncating auth_pass to %d characters", len(r.vi.Auth.Data))
		}
		r.vi.Auth.Data = [8]byte{}
		copy(r.vi.Auth.Data[:], w[1])
	}), doc: "The password; 8 bytes of it count."},
	{name: "auth_hmac", in: inInstance, newer: true, body: inHMAC, set: do(func(r *reader, w []string) {
		r.vi.HMAC = &HMAC{Keys: map[uint8][]byte{}, Mode: "enforce"}
	}), doc: "A sum with a key behind each advert (SHA-256)."},
	{name: "key", in: inHMAC, newer: true, need: 1, args: "ID hex:.. | file:.. | STRING", set: do(hmacKey), doc: "A key of 32 to 64 bytes, and its number, 1 to 255."},
	{name: "active_key", in: inHMAC, newer: true, need: 1, args: "ID", set: do(func(r *reader, w []string) {
		if id, ok := r.hmacID(w[1], "active_key"); ok {
			r.vi.HMAC.Active = id
		}
	}), doc: "The key that adverts are sent with. Without it there is no auth_hmac."},
	{name: "anti_replay", in: inHMAC, newer: true, need: 1, args: "time | monotonic", def: "time", set: do(func(r *reader, w []string) {
		switch w[1] {
		case "time", "monotonic":
			r.vi.HMAC.Monotonic = w[1] == "monotonic"
		default:
			r.err("(%s) auth_hmac anti_replay '%s' must be time or monotonic", r.vi.Name, w[1])
		}
	}), doc: "What tells an old advert from a new one."},
	{name: "time_window", in: inHMAC, newer: true, need: 1, args: "1..300", def: "3 advert intervals, at least 5", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, 300, hard); ok {
			r.vi.HMAC.Window = seconds(n)
		} else {
			r.err("(%s) auth_hmac time_window '%s' must be between 1 and 300 seconds", r.vi.Name, w[1])
		}
	}), doc: "How far clocks may differ."},
	{name: "mode", in: inHMAC, newer: true, need: 1, args: "enforce | permissive | receive-only", def: "enforce", set: do(func(r *reader, w []string) {
		switch w[1] {
		case "enforce", "permissive", "receive-only":
			r.vi.HMAC.Mode = w[1]
		default:
			r.err("(%s) auth_hmac mode '%s' must be enforce, permissive or receive-only", r.vi.Name, w[1])
		}
	}), doc: "Whether adverts without a sum are refused, taken, or taken while none are sent."},
}
