// ICMP errors about connections: they go where the connection goes, and what they
// quote is translated as its packets are.
#ifndef MOONGATE_ICMP_H
#define MOONGATE_ICMP_H

struct quote {
	struct tuple way; // of what came, were it turned: the key of its connection
	__u32 net, l4;    // where the quoted headers are
};

static __always_inline int quote4(struct __sk_buff *skb, __u32 at, struct quote *q)
{
	struct iphdr h;
	if (bpf_skb_load_bytes(skb, at, &h, sizeof h) < 0 || h.version != 4 || h.ihl < 5 || h.frag_off & bpf_htons(0x1fff))
		return -1;
	set4(&q->way.from, h.daddr);
	set4(&q->way.to, h.saddr);
	q->way.proto = h.protocol;
	q->way.v6 = 0;
	q->net = at;
	q->l4 = at + h.ihl * 4;
	return is_flow(h.protocol) ? 0 : -1;
}

static __always_inline int quote6(struct __sk_buff *skb, __u32 at, struct quote *q)
{
	struct ipv6hdr h;
	if (bpf_skb_load_bytes(skb, at, &h, sizeof h) < 0 || h.version != 6)
		return -1;
	__builtin_memcpy(&q->way.from, &h.daddr, 16);
	__builtin_memcpy(&q->way.to, &h.saddr, 16);
	q->way.proto = h.nexthdr;
	q->way.v6 = 1;
	q->net = at;
	q->l4 = at + sizeof h;
	return is_flow(h.nexthdr) ? 0 : -1;
}

static __always_inline int quote(struct __sk_buff *skb, const struct packet *p, struct quote *q)
{
	__u8 type;
	__be16 ports[2];
	if (bpf_skb_load_bytes(skb, p->l4, &type, 1) < 0)
		return -1;
	if (p->way.v6) {
		if (type < UNREACHED6 || type > PARAMETER6 || quote6(skb, p->l4 + 8, q) < 0)
			return -1;
	} else {
		if (type != UNREACHED4 && type != EXCEEDED4 && type != PARAMETER4)
			return -1;
		if (quote4(skb, p->l4 + 8, q) < 0)
			return -1;
	}
	if (bpf_skb_load_bytes(skb, q->l4, ports, 4) < 0)
		return -1;
	q->way.tport = ports[0];
	q->way.fport = ports[1];
	q->way.pad[0] = q->way.pad[1] = 0;
	return 0;
}

// requote replaces one end in what is quoted. The quoted IPv4 header and its own
// checksum change against each other, so that ICMP's sees only the port.
static __always_inline int requote(struct __sk_buff *skb, const struct packet *p, const struct quote *q, int end,
				   const struct addr *old, const struct addr *new, __be16 had, __be16 port)
{
	__u32 sum_at = p->l4 + 2;
	if (q->way.v6) {
		__s64 diff = bpf_csum_diff((__be32 *)old, 16, (__be32 *)new, 16, 0);
		if (bpf_l4_csum_replace(skb, sum_at, 0, diff, 0) < 0 || store(skb, q->net + (end == SOURCE ? 8 : 24), new, 16) < 0)
			return -1;
	} else {
		if (bpf_l3_csum_replace(skb, q->net + 10, old->w[0], new->w[0], 4) < 0 ||
		    store(skb, q->net + (end == SOURCE ? 12 : 16), new, 4) < 0)
			return -1;
	}
	if (bpf_l4_csum_replace(skb, sum_at, had, port, 2) < 0)
		return -1;
	return store(skb, q->l4 + (end == SOURCE ? 0 : 2), &port, 2);
}

__noinline int relate(struct __sk_buff *skb, struct packet *p)
{
	struct quote q = {};
	struct bpf_fib_lookup f;
	if (!p)
		return TCX_NEXT;
	if (quote(skb, p, &q) < 0)
		return TCX_NEXT;
	struct conn *c = bpf_map_lookup_elem(&conns, &q.way);
	if (!c)
		return TCX_NEXT;
	struct dest *d = bpf_map_lookup_elem(&dests, &c->dest);
	if (!d || p->ttl <= 1)
		return TCX_NEXT;
	__u32 sum_at = p->way.v6 ? p->l4 + 2 : 0;
	if (c->flags & BACK) {
		// From the servers' side, about what we sent there.
		struct addr virt = c->virt;
		__be16 vport = c->vport;
		if (route(skb, &f, p, &virt, &p->way.to, p->way.v6, 0) != ROUTED)
			return TCX_NEXT;
		if (requote(skb, p, &q, TARGET, &q.way.from, &virt, q.way.fport, vport) < 0 ||
		    address(skb, p->way.v6, SOURCE, &p->way.from, &virt, sum_at, 0) < 0 || hop(skb, p) < 0)
			return TC_ACT_SHOT;
		return send(&f);
	}
	// From the clients' side, about what a server sent as the virtual address.
	if (d->method == TUN) {
		if (route(skb, &f, p, &p->way.from, &d->addr, d->v6, FIB_SRC) != ROUTED)
			return TCX_NEXT;
		return wrap(skb, p, d, &f) < 0 ? TC_ACT_SHOT : send(&f);
	}
	if (route(skb, &f, p, &p->way.from, &d->addr, d->v6, 0) != ROUTED)
		return TCX_NEXT;
	if (d->method == NAT) {
		__be16 port = d->port ? d->port : q.way.tport;
		if (requote(skb, p, &q, SOURCE, &q.way.to, &d->addr, q.way.tport, port) < 0 ||
		    address(skb, p->way.v6, TARGET, &p->way.to, &d->addr, sum_at, 0) < 0)
			return TC_ACT_SHOT;
	}
	return hop(skb, p) < 0 ? TC_ACT_SHOT : send(&f);
}

#endif
