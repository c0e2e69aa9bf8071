// A packet of TCP or UDP: its connection, found or begun, and on its way.
#ifndef MOONGATE_FLOW_H
#define MOONGATE_FLOW_H

// here gives a segment to a listener on this machine that is bound to another
// address, a sorry server on 127.0.0.1 for one: the connection is accepted as to
// the virtual address, and nothing need be translated.
static __always_inline int here(struct __sk_buff *skb, const struct packet *p, const struct dest *d)
{
	if (d->method != NAT || p->way.proto != IPPROTO_TCP ||
	    (same(&d->addr, &p->way.to) && (!d->port || d->port == p->way.tport)))
		return TCX_NEXT;
	struct bpf_sock_tuple t = {};
	__u32 n = p->way.v6 ? sizeof t.ipv6 : sizeof t.ipv4;
	if (p->way.v6) {
		__builtin_memcpy(t.ipv6.saddr, &p->way.from, 16);
		__builtin_memcpy(t.ipv6.daddr, &p->way.to, 16);
		t.ipv6.sport = p->way.fport;
		t.ipv6.dport = p->way.tport;
	} else {
		t.ipv4.saddr = p->way.from.w[0];
		t.ipv4.daddr = p->way.to.w[0];
		t.ipv4.sport = p->way.fport;
		t.ipv4.dport = p->way.tport;
	}
	struct bpf_sock *sk = bpf_skc_lookup_tcp(skb, &t, n, BPF_F_CURRENT_NETNS, 0);
	if (sk) {
		int listens = sk->state == LISTENING;
		bpf_sk_release(sk);
		if (!listens)
			return TCX_NEXT;
	}
	__be16 port = d->port ? d->port : p->way.tport;
	if (p->way.v6) {
		__builtin_memcpy(t.ipv6.daddr, &d->addr, 16);
		t.ipv6.dport = port;
	} else {
		t.ipv4.daddr = d->addr.w[0];
		t.ipv4.dport = port;
	}
	sk = bpf_skc_lookup_tcp(skb, &t, n, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return TCX_NEXT;
	bpf_sk_assign(skb, sk, 0);
	bpf_sk_release(sk);
	return TCX_NEXT;
}

__noinline int forward(struct __sk_buff *skb, struct packet *p, const struct dest *d)
{
	struct bpf_fib_lookup f;
	if (!p || !d)
		return TC_ACT_SHOT;
	int r = route(skb, &f, p, &p->way.from, &d->addr, d->v6, d->method == TUN ? FIB_SRC : 0);
	if (r == LOCAL)
		return here(skb, p, d);
	if (r != ROUTED)
		return refuse(skb, p, NO_HOST, 0);
	if (p->ttl <= 1)
		return refuse(skb, p, TOO_FAR, 0);
	__u32 extra = d->method == TUN ? overhead(d) : 0;
	if (!fits(skb, p, f.mtu_result, extra))
		return refuse(skb, p, TOO_BIG, f.mtu_result - extra);
	if (d->method == NAT && translate(skb, p, TARGET, &d->addr, d->port ? d->port : p->way.tport) < 0)
		return TC_ACT_SHOT;
	if (hop(skb, p) < 0)
		return TC_ACT_SHOT;
	if (d->method == TUN && wrap(skb, p, d, &f) < 0)
		return TC_ACT_SHOT;
	return send(&f);
}

// back is a server's packet: it comes from the virtual address now.
__noinline int back(struct __sk_buff *skb, struct packet *p, const struct conn *b)
{
	struct bpf_fib_lookup f;
	if (!p || !b)
		return TC_ACT_SHOT;
	struct tuple k = {.from = p->way.to, .to = b->virt, .fport = p->way.tport, .tport = b->vport, .proto = p->way.proto, .v6 = p->way.v6};
	struct addr virt = b->virt;
	__be16 port = b->vport;
	struct conn *c = bpf_map_lookup_elem(&conns, &k);
	if (c)
		advance(c, p, 1);
	count(b->dest, b->service, 0, p->bytes, 1);
	if (route(skb, &f, p, &virt, &p->way.to, p->way.v6, 0) != ROUTED)
		return TCX_NEXT;
	if (p->ttl <= 1)
		return refuse(skb, p, TOO_FAR, 0);
	if (!fits(skb, p, f.mtu_result, 0))
		return refuse(skb, p, TOO_BIG, f.mtu_result);
	if (translate(skb, p, SOURCE, &virt, port) < 0 || hop(skb, p) < 0)
		return TC_ACT_SHOT;
	return send(&f);
}

static __always_inline struct service *service(const struct packet *p)
{
	struct service_key k = {.addr = p->way.to, .port = p->way.tport, .proto = p->way.proto, .v6 = p->way.v6};
	struct service *s = bpf_map_lookup_elem(&services, &k);
	if (s)
		return s;
	k.port = 0;
	return bpf_map_lookup_elem(&services, &k);
}

// lasting is the server that the client's network had, or a new one for it.
static __always_inline __u32 lasting(const struct service *s, const struct tuple *way)
{
	struct template_key k = {.service = s->id};
#pragma unroll
	for (int i = 0; i < 4; i++)
		k.net.w[i] = way->from.w[i] & s->mask.w[i];
	__u64 now = bpf_ktime_get_coarse_ns();
	struct template t = {.until = now + s->persist * NS, .dest = NONE};
	struct template *had = bpf_map_lookup_elem(&templates, &k);
	if (had && had->until > now) {
		struct dest *d = bpf_map_lookup_elem(&dests, &had->dest);
		if (d && !(d->flags & GONE)) {
			had->until = t.until;
			return had->dest;
		}
	}
	t.dest = choose(s, way);
	if (t.dest != NONE)
		bpf_map_update_elem(&templates, &k, &t, BPF_ANY);
	return t.dest;
}

// begin writes the entries of a new connection.
static __always_inline void begin(const struct service *s, const struct packet *p, __u32 at, const struct dest *d)
{
	struct conn c = {.last = bpf_ktime_get_coarse_ns(), .dest = at, .service = s->id};
	c.state = p->way.proto == IPPROTO_UDP ? DATAGRAM : p->flags & FLAG_SYN ? SYN : ESTABLISHED;
	c.flags = (s->persist ? PERSISTENT : 0) | (d->method == NAT ? 0 : INPUT_ONLY);
	if (bpf_map_update_elem(&conns, &p->way, &c, BPF_NOEXIST))
		return;
	load_open(at, d);
	if (d->method != NAT)
		return;
	struct tuple k;
	back_key(&k, &p->way, d);
	c.flags = BACK;
	c.virt = p->way.to;
	c.vport = p->way.tport;
	bpf_map_update_elem(&conns, &k, &c, BPF_ANY);
}

static __always_inline int flow(struct __sk_buff *skb, struct packet *p)
{
	struct conn *c = bpf_map_lookup_elem(&conns, &p->way);
	if (c && c->flags & BACK)
		return back(skb, p, c);
	int tcp = p->way.proto == IPPROTO_TCP, opens = (p->flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == FLAG_SYN;
	if (c) {
		__u32 at = c->dest;
		struct dest *d = bpf_map_lookup_elem(&dests, &at);
		if (!d)
			return TCX_NEXT;
		// A port is used again, or datagrams go to who is there no more.
		if (tcp ? !opens || is_active(c->state) : !(d->flags & GONE)) {
			advance(c, p, 0);
			count(at, c->service, 0, p->bytes, 0);
			return forward(skb, p, d);
		}
		end(&p->way, at, c->state);
	}
	struct service *s = service(p);
	if (!s)
		return TCX_NEXT;
	// What doesn't open a connection, and has none, can still be right where a hash
	// chooses: another director had it.
	int hashed = s->algo == MH || s->algo == SH || s->algo == DH;
	if (tcp && !opens && (!hashed || p->flags & FLAG_RST || p->later))
		return TCX_NEXT;
	__u32 at = s->persist ? lasting(s, &p->way) : choose(s, &p->way);
	struct dest *d = bpf_map_lookup_elem(&dests, &at);
	if (at == NONE || !d)
		return refuse(skb, p, NO_PORT, 0);
	if (!(s->flags & ONE_PACKET) || tcp)
		begin(s, p, at, d);
	count(at, s->id, 1, p->bytes, 0);
	return forward(skb, p, d);
}

#endif
