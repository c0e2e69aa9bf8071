// Connections: counts by destination, states, how they begin and end.
#ifndef MOONGATE_TRACK_H
#define MOONGATE_TRACK_H

static __always_inline int is_active(__u32 state)
{
	return state == SYN || state == ESTABLISHED || state == DATAGRAM;
}

static __always_inline void set_over(__u32 i, __u32 v)
{
	__u32 *o = bpf_map_lookup_elem(&over, &i);
	if (o && *o != v)
		*o = v;
}

static __always_inline void load_open(__u32 i, const struct dest *d)
{
	struct load *l = bpf_map_lookup_elem(&loads, &i);
	if (!l)
		return;
	__u32 active = __sync_fetch_and_add(&l->active, 1) + 1;
	if (d->upper && active + l->inactive >= d->upper)
		set_over(i, 1);
}

static __always_inline void load_shut(__u32 i, int active)
{
	struct load *l = bpf_map_lookup_elem(&loads, &i);
	struct dest *d = bpf_map_lookup_elem(&dests, &i);
	if (!l || !d)
		return;
	__sync_fetch_and_add(active ? &l->active : &l->inactive, -1);
	__u32 total = l->active + l->inactive;
	if (d->lower ? total < d->lower : !d->upper || total * 4 < d->upper * 3)
		set_over(i, 0);
}

static __always_inline void load_move(__u32 i, int active)
{
	struct load *l = bpf_map_lookup_elem(&loads, &i);
	if (!l)
		return;
	__sync_fetch_and_add(&l->active, active ? 1 : -1);
	__sync_fetch_and_add(&l->inactive, active ? -1 : 1);
}

static __always_inline void count(__u32 dest, __u32 service, __u32 conns, __u32 bytes, int back)
{
	struct counts *c[2] = {bpf_map_lookup_elem(&dest_counts, &dest), bpf_map_lookup_elem(&service_counts, &service)};
#pragma unroll
	for (int i = 0; i < 2; i++) {
		if (!c[i])
			continue;
		c[i]->conns += conns;
		if (back) {
			c[i]->out++;
			c[i]->bytes_out += bytes;
		} else {
			c[i]->in++;
			c[i]->bytes_in += bytes;
		}
	}
}

// What a segment makes of a state. Of DR and TUN only the client's half is seen:
// its FIN is the beginning of the end, whoever closed first.
static __always_inline __u32 next_state(__u32 s, __u8 flags, int back, int input_only)
{
	if (flags & FLAG_RST)
		return (back ? s == TIME_WAIT : s == SYN) ? s : CLOSED;
	if (flags & FLAG_SYN)
		return back || s == ESTABLISHED ? s : SYN;
	if (flags & FLAG_FIN) {
		switch (s) {
		case ESTABLISHED:
			return back || input_only ? FIN_WAIT : CLOSE_WAIT;
		case SYN:
			return TIME_WAIT;
		case FIN_WAIT:
			return back || input_only ? s : TIME_WAIT;
		case CLOSE_WAIT:
			return back ? TIME_WAIT : s;
		}
		return s;
	}
	return flags & FLAG_ACK && s == SYN && !back ? ESTABLISHED : s;
}

static __always_inline void advance(struct conn *c, const struct packet *p, int back)
{
	c->last = bpf_ktime_get_coarse_ns();
	if (p->way.proto != IPPROTO_TCP || p->later)
		return;
	__u32 was = c->state, now = next_state(was, p->flags, back, c->flags & INPUT_ONLY);
	if (now == was || __sync_val_compare_and_swap(&c->state, was, now) != was)
		return;
	if (is_active(was) != is_active(now))
		load_move(c->dest, is_active(now));
}

// The key of what comes back.
static __always_inline void back_key(struct tuple *k, const struct tuple *way, const struct dest *d)
{
	k->from = d->addr;
	k->to = way->from;
	k->fport = d->port ? d->port : way->tport;
	k->tport = way->fport;
	k->proto = way->proto;
	k->v6 = way->v6;
	k->pad[0] = k->pad[1] = 0;
}

// end forgets a connection by its first key. Who deletes the entry counts it.
static __always_inline void end(const struct tuple *way, __u32 dest, __u32 state)
{
	if (bpf_map_delete_elem(&conns, way))
		return;
	load_shut(dest, is_active(state));
	struct dest *d = bpf_map_lookup_elem(&dests, &dest);
	if (d && d->method == NAT) {
		struct tuple k;
		back_key(&k, way, d);
		bpf_map_delete_elem(&conns, &k);
	}
}

#endif
