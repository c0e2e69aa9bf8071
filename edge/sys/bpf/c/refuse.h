// Answers of our own: an ICMP error, by the virtual address, to who sent a packet.
#ifndef MOONGATE_REFUSE_H
#define MOONGATE_REFUSE_H

enum { NO_PORT, NO_HOST, TOO_BIG, TOO_FAR };

// An error's header, of ICMP and ICMPv6; linux/icmp.h drags the C library in.
struct icmp {
	__u8 type, code;
	__u16 sum;
	__be32 rest; // of "too big", the size that is not
};

enum { UNREACHED4 = 3, EXCEEDED4 = 11, PARAMETER4 = 12 };
enum { UNREACHED6 = 1, TOO_BIG6 = 2, EXCEEDED6 = 3, PARAMETER6 = 4 };

// The error quotes the network header and so much of the transport header that a
// checksum which is still to be filled in keeps its place.
struct answer4 {
	struct iphdr ip;
	struct icmp icmp;
	struct iphdr had;
	__u8 data[20];
};

struct answer6 {
	struct ipv6hdr ip;
	struct icmp icmp;
	struct ipv6hdr had;
	__u8 data[20];
};

struct answer {
	__u32 words[32];
};

// Answers are put together here; the stack is too small.
MAP(answers, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct answer, 1);

// quoted sums what is quoted of the transport header. The checksum of segments
// that are still one packet is not there yet: once it is, header and data add up
// to the complement of what its place holds now.
static __always_inline __s64 quoted(const struct __sk_buff *skb, const __u8 *data, __u32 n, __s64 sum)
{
	if (skb->gso_size && n == 20) {
		__u16 seed = ~*(__u16 *)(data + 16);
		return sum + seed;
	}
	return bpf_csum_diff(0, 0, (__be32 *)data, n == 20 ? 20 : 8, sum);
}

static __always_inline int back_out(struct __sk_buff *skb)
{
	__u8 mac[12], swapped[12];
	if (bpf_skb_load_bytes(skb, 0, mac, 12) < 0)
		return TC_ACT_SHOT;
	__builtin_memcpy(swapped, mac + 6, 6);
	__builtin_memcpy(swapped + 6, mac, 6);
	if (store(skb, 0, swapped, 12) < 0)
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, 0);
}

static __always_inline int refuse4(struct __sk_buff *skb, const struct packet *p, struct answer4 *a, int why, __u32 mtu)
{
	__u32 n = p->way.proto == IPPROTO_TCP ? 20 : 8;
	if (bpf_skb_load_bytes(skb, L3, &a->had, 20) < 0)
		return TC_ACT_SHOT;
	if (n == 20 ? bpf_skb_load_bytes(skb, L3 + 20, a->data, 20) < 0 : bpf_skb_load_bytes(skb, L3 + 20, a->data, 8) < 0)
		return TC_ACT_SHOT;
	if (bpf_skb_change_tail(skb, L3 + 20 + n, 0) < 0 || bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, 0) < 0)
		return TC_ACT_SHOT;
	a->ip.version = 4;
	a->ip.ihl = 5;
	a->ip.tos = 0xc0;
	a->ip.ttl = 64;
	a->ip.protocol = IPPROTO_ICMP;
	a->ip.tot_len = bpf_htons(48 + n);
	a->ip.saddr = a->had.daddr;
	a->ip.daddr = a->had.saddr;
	a->ip.check = folded(bpf_csum_diff(0, 0, (__be32 *)&a->ip, 20, 0));
	a->icmp.type = why == TOO_FAR ? EXCEEDED4 : UNREACHED4;
	a->icmp.code = why == NO_PORT ? 3 : why == NO_HOST ? 1 : why == TOO_BIG ? 4 : 0;
	if (why == TOO_BIG)
		a->icmp.rest = bpf_htonl(mtu);
	__s64 sum = bpf_csum_diff(0, 0, (__be32 *)&a->icmp, 28, 0);
	a->icmp.sum = folded(quoted(skb, a->data, n, sum));
	if (store(skb, L3, a, 28) < 0)
		return TC_ACT_SHOT;
	return back_out(skb);
}

static __always_inline int refuse6(struct __sk_buff *skb, const struct packet *p, struct answer6 *a, int why, __u32 mtu)
{
	__u32 n = p->way.proto == IPPROTO_TCP ? 20 : 8;
	if (bpf_skb_load_bytes(skb, L3, &a->had, 40) < 0)
		return TC_ACT_SHOT;
	if (n == 20 ? bpf_skb_load_bytes(skb, L3 + 40, a->data, 20) < 0 : bpf_skb_load_bytes(skb, L3 + 40, a->data, 8) < 0)
		return TC_ACT_SHOT;
	if (bpf_skb_change_tail(skb, L3 + 40 + n, 0) < 0 || bpf_skb_adjust_room(skb, 48, BPF_ADJ_ROOM_MAC, 0) < 0)
		return TC_ACT_SHOT;
	a->ip.version = 6;
	a->ip.nexthdr = IPPROTO_ICMPV6;
	a->ip.hop_limit = 64;
	a->ip.payload_len = bpf_htons(48 + n);
	a->ip.saddr = a->had.daddr;
	a->ip.daddr = a->had.saddr;
	a->icmp.type = why == TOO_BIG ? TOO_BIG6 : why == TOO_FAR ? EXCEEDED6 : UNREACHED6;
	a->icmp.code = why == NO_PORT ? 4 : why == NO_HOST ? 3 : 0;
	if (why == TOO_BIG)
		a->icmp.rest = bpf_htonl(mtu);
	__be32 pseudo[2] = {bpf_htonl(48 + n), bpf_htonl(IPPROTO_ICMPV6)};
	__s64 sum = bpf_csum_diff(0, 0, (__be32 *)&a->ip.saddr, 32, 0);
	sum = bpf_csum_diff(0, 0, pseudo, 8, sum);
	sum = bpf_csum_diff(0, 0, (__be32 *)&a->icmp, 48, sum);
	a->icmp.sum = folded(quoted(skb, a->data, n, sum));
	if (store(skb, L3, a, 48) < 0)
		return TC_ACT_SHOT;
	return back_out(skb);
}

__noinline int refuse(struct __sk_buff *skb, struct packet *p, int why, __u32 mtu)
{
	if (!p || !p->plain || p->later)
		return TC_ACT_SHOT;
	__u32 zero = 0;
	struct answer *a = bpf_map_lookup_elem(&answers, &zero);
	if (!a)
		return TC_ACT_SHOT;
	__builtin_memset(a, 0, sizeof *a);
	return p->way.v6 ? refuse6(skb, p, (void *)a, why, mtu) : refuse4(skb, p, (void *)a, why, mtu);
}

#endif
