// From bytes to a packet's way, and what else must be known of it.
#ifndef MOONGATE_PACKET_H
#define MOONGATE_PACKET_H

#define L3 ETH_HLEN

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_ACK = 16 };

struct packet {
	struct tuple way;
	__u32 l4;    // where the transport header begins
	__u32 bytes; // from the network header on
	__u32 head;  // of them, those that come again in each segment of TCP
	__u8 flags;  // of TCP
	__u8 ttl, tos;
	__u8 later; // a fragment that is not the first: it has no ports
	__u8 df, plain;
	__u8 pad[2];
};

static __always_inline void set4(struct addr *a, __be32 v)
{
	a->w[0] = v;
	a->w[1] = a->w[2] = a->w[3] = 0;
}

static __always_inline int same(const struct addr *a, const struct addr *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1] && a->w[2] == b->w[2] && a->w[3] == b->w[3];
}

static __always_inline void turned(struct tuple *to, const struct tuple *way)
{
	to->from = way->to;
	to->to = way->from;
	to->fport = way->tport;
	to->tport = way->fport;
	to->proto = way->proto;
	to->v6 = way->v6;
	to->pad[0] = to->pad[1] = 0;
}

// The ports of fragments are remembered from the first one. One that comes before
// it finds nothing.
static __always_inline int fragment(struct packet *p, __be32 id, int first)
{
	struct fragment_key k = {.from = p->way.from, .to = p->way.to, .id = id, .proto = p->way.proto, .v6 = p->way.v6};
	if (first) {
		__u32 ports = (__u32)p->way.fport << 16 | p->way.tport;
		bpf_map_update_elem(&fragments, &k, &ports, BPF_ANY);
		return 0;
	}
	__u32 *ports = bpf_map_lookup_elem(&fragments, &k);
	if (!ports)
		return -1;
	p->way.fport = *ports >> 16;
	p->way.tport = *ports;
	return 0;
}

static __always_inline int transport(struct __sk_buff *skb, struct packet *p)
{
	struct {
		__be16 from, to;
		__u8 rest[8], words, flags;
	} h = {};
	int n = p->way.proto == IPPROTO_TCP ? 14 : 4;
	if (bpf_skb_load_bytes(skb, p->l4, &h, n) < 0)
		return -1;
	p->way.fport = h.from;
	p->way.tport = h.to;
	p->flags = h.flags;
	p->head = p->l4 - L3 + (h.words >> 4) * 4;
	return 0;
}

static __always_inline int is_flow(__u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

// 0: a packet of TCP or UDP; 1: ICMP; -1: nothing for us.
static __always_inline int parse4(struct __sk_buff *skb, struct packet *p)
{
	struct iphdr h;
	if (bpf_skb_load_bytes(skb, L3, &h, sizeof h) < 0 || h.version != 4 || h.ihl < 5)
		return -1;
	set4(&p->way.from, h.saddr);
	set4(&p->way.to, h.daddr);
	p->way.proto = h.protocol;
	p->way.v6 = 0;
	p->l4 = L3 + h.ihl * 4;
	p->bytes = skb->len - L3;
	p->ttl = h.ttl;
	p->tos = h.tos;
	p->plain = h.ihl == 5;
	__u16 off = bpf_ntohs(h.frag_off);
	p->df = !!(off & 0x4000);
	p->later = !!(off & 0x1fff);
	if (h.protocol == IPPROTO_ICMP)
		return p->later ? -1 : 1;
	if (!is_flow(h.protocol))
		return -1;
	if (!p->later && transport(skb, p) < 0)
		return -1;
	return off & 0x3fff ? fragment(p, h.id, !p->later) : 0;
}

static __always_inline int parse6(struct __sk_buff *skb, struct packet *p)
{
	struct ipv6hdr h;
	if (bpf_skb_load_bytes(skb, L3, &h, sizeof h) < 0 || h.version != 6)
		return -1;
	__builtin_memcpy(&p->way.from, &h.saddr, 16);
	__builtin_memcpy(&p->way.to, &h.daddr, 16);
	p->way.v6 = 1;
	p->bytes = skb->len - L3;
	p->ttl = h.hop_limit;
	p->tos = h.priority << 4 | h.flow_lbl[0] >> 4;
	p->df = 1;
	__u32 at = L3 + sizeof h;
	__u8 next = h.nexthdr;
	__be32 id = 0;
	int frag = 0;
	p->plain = 1;
#pragma unroll
	for (int i = 0; i < 3; i++) {
		struct {
			__u8 next, len;
			__be16 off;
			__be32 id;
		} e;
		if (next != 0 && next != 60 && next != 43 && next != 44)
			break;
		if (bpf_skb_load_bytes(skb, at, &e, sizeof e) < 0)
			return -1;
		p->plain = 0;
		if (next == 44) {
			frag = 1;
			p->later = !!(bpf_ntohs(e.off) & 0xfff8);
			id = e.id;
			at += 8;
		} else {
			at += (e.len + 1) * 8;
		}
		next = e.next;
		if (p->later)
			break;
	}
	p->l4 = at;
	p->way.proto = next;
	if (next == IPPROTO_ICMPV6)
		return p->later ? -1 : 1;
	if (!is_flow(next))
		return -1;
	if (!p->later && transport(skb, p) < 0)
		return -1;
	return frag ? fragment(p, id, !p->later) : 0;
}

#endif
