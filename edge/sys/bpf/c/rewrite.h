// Changes of a packet: addresses, ports, hops, and a header before it.
#ifndef MOONGATE_REWRITE_H
#define MOONGATE_REWRITE_H

// With IPv6 an address is summed in the transport header alone; kernels from 6.16
// want to be told (BPF_F_IPV6), others refuse the flag. User space sets it.
const volatile __u64 v6_sum = 0;

enum { SOURCE, TARGET };

static __always_inline int store(struct __sk_buff *skb, __u32 at, const void *p, __u32 n)
{
	return bpf_skb_store_bytes(skb, at, p, n, 0) < 0 ? -1 : 0;
}

// address replaces one end's address. sum_at is where the transport checksum is,
// or 0.
static __always_inline int address(struct __sk_buff *skb, int v6, int end, const struct addr *old, const struct addr *new,
				   __u32 sum_at, __u64 zero)
{
	if (v6) {
		if (sum_at) {
			__s64 diff = bpf_csum_diff((__be32 *)old, 16, (__be32 *)new, 16, 0);
			if (bpf_l4_csum_replace(skb, sum_at, 0, diff, BPF_F_PSEUDO_HDR | zero | v6_sum) < 0)
				return -1;
		}
		return store(skb, L3 + (end == SOURCE ? 8 : 24), new, 16);
	}
	if (sum_at && bpf_l4_csum_replace(skb, sum_at, old->w[0], new->w[0], BPF_F_PSEUDO_HDR | zero | 4) < 0)
		return -1;
	if (bpf_l3_csum_replace(skb, L3 + 10, old->w[0], new->w[0], 4) < 0)
		return -1;
	return store(skb, L3 + (end == SOURCE ? 12 : 16), new, 4);
}

// translate replaces one end's address and port.
static __always_inline int translate(struct __sk_buff *skb, const struct packet *p, int end, const struct addr *new, __be16 port)
{
	int tcp = p->way.proto == IPPROTO_TCP;
	__u32 sum_at = p->later ? 0 : p->l4 + (tcp ? 16 : 6);
	__u64 zero = tcp ? 0 : BPF_F_MARK_MANGLED_0;
	__be16 had = end == SOURCE ? p->way.fport : p->way.tport;
	if (address(skb, p->way.v6, end, end == SOURCE ? &p->way.from : &p->way.to, new, sum_at, zero) < 0)
		return -1;
	if (p->later || port == had)
		return 0;
	if (bpf_l4_csum_replace(skb, sum_at, had, port, zero | 2) < 0)
		return -1;
	return store(skb, p->l4 + (end == SOURCE ? 0 : 2), &port, 2);
}

// hop takes one from the packet's hops, as every router does.
static __always_inline int hop(struct __sk_buff *skb, const struct packet *p)
{
	__u8 ttl = p->ttl - 1;
	if (p->way.v6)
		return store(skb, L3 + 7, &ttl, 1);
	if (bpf_l3_csum_replace(skb, L3 + 10, bpf_htons(p->ttl << 8), bpf_htons(ttl << 8), 2) < 0)
		return -1;
	return store(skb, L3 + 8, &ttl, 1);
}

static __always_inline __u16 folded(__s64 sum)
{
	__u32 s = sum;
	s = (s & 0xffff) + (s >> 16);
	s = (s & 0xffff) + (s >> 16);
	return ~s;
}

static __always_inline __u32 overhead(const struct dest *d)
{
	return (d->v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) + (d->tunnel == GUE ? 12 : d->tunnel == GRE ? 4 : 0);
}

static __always_inline int outer(struct __sk_buff *skb, const struct packet *p, const struct dest *d, const struct bpf_fib_lookup *f,
				 __u8 proto)
{
	if (d->v6) {
		struct ipv6hdr h = {.version = 6, .nexthdr = proto, .hop_limit = 64};
		h.priority = p->tos >> 4;
		h.flow_lbl[0] = p->tos << 4;
		h.payload_len = bpf_htons(skb->len - L3 - sizeof h);
		__builtin_memcpy(&h.saddr, f->ipv6_src, 16);
		__builtin_memcpy(&h.daddr, &d->addr, 16);
		return store(skb, L3, &h, sizeof h);
	}
	struct iphdr h = {.version = 4, .ihl = 5, .tos = p->tos, .ttl = 64, .protocol = proto};
	h.tot_len = bpf_htons(skb->len - L3);
	h.frag_off = p->df ? bpf_htons(0x4000) : 0;
	h.id = p->df ? 0 : bpf_get_prandom_u32();
	h.saddr = f->ipv4_src;
	h.daddr = d->addr.w[0];
	h.check = folded(bpf_csum_diff(0, 0, (__be32 *)&h, sizeof h, 0));
	return store(skb, L3, &h, sizeof h);
}

// wrap puts the packet into a tunnel. TCP's segments shrink by what is put before
// them; datagrams keep their size.
static __always_inline int wrap(struct __sk_buff *skb, const struct packet *p, const struct dest *d, const struct bpf_fib_lookup *f)
{
	__u64 flags = d->v6 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV4;
	__u8 inner = p->way.v6 ? IPPROTO_IPV6 : IPPROTO_IPIP, proto = inner;
	__u32 room = overhead(d), at = L3 + (d->v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
	if (p->way.proto != IPPROTO_TCP)
		flags |= BPF_F_ADJ_ROOM_FIXED_GSO;
	if (d->tunnel == GUE) {
		flags |= BPF_F_ADJ_ROOM_ENCAP_L4_UDP;
		proto = IPPROTO_UDP;
	} else if (d->tunnel == GRE) {
		flags |= BPF_F_ADJ_ROOM_ENCAP_L4_GRE;
		proto = IPPROTO_GRE;
	}
	__u16 port = bpf_get_hash_recalc(skb) | 0xc000;
	if (bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_MAC, flags) < 0 || outer(skb, p, d, f, proto) < 0)
		return -1;
	if (d->tunnel == GUE) {
		struct {
			struct udphdr udp;
			__u8 head, next;
			__be16 flags;
		} h = {.udp = {.source = bpf_htons(port), .dest = d->tport, .len = bpf_htons(skb->len - at)}, .next = inner};
		return store(skb, at, &h, sizeof h);
	}
	if (d->tunnel == GRE) {
		__be16 h[2] = {0, bpf_htons(p->way.v6 ? ETH_P_IPV6 : ETH_P_IP)};
		return store(skb, at, h, sizeof h);
	}
	return 0;
}

#endif
