// Out of the machine: by its routes, past its stack, with segmentation left to
// the card.
#ifndef MOONGATE_SEND_H
#define MOONGATE_SEND_H

// Of Linux 6.3 and 6.7, and not in the headers that this is built with.
#define FIB_SKIP_NEIGH (1u << 2)
#define FIB_SRC (1u << 4)

enum { ROUTED, LOCAL, UNREACHABLE };

// route finds the way as the machine's own packets would find it: interface 1 is
// lo, which user space lets forward, so that no other interface has to.
static __always_inline int route(struct __sk_buff *skb, struct bpf_fib_lookup *f, const struct packet *p,
				 const struct addr *from, const struct addr *to, int v6, __u32 flags)
{
	__builtin_memset(f, 0, sizeof *f);
	f->ifindex = 1;
	f->l4_protocol = p->way.proto;
	f->sport = p->way.fport;
	f->dport = p->way.tport;
	if (v6) {
		f->family = AF_INET6;
		__builtin_memcpy(f->ipv6_src, from, 16);
		__builtin_memcpy(f->ipv6_dst, to, 16);
	} else {
		f->family = AF_INET;
		f->tos = p->tos & 0x1c;
		f->ipv4_src = from->w[0];
		f->ipv4_dst = to->w[0];
	}
	long r = bpf_fib_lookup(skb, f, sizeof *f, FIB_SKIP_NEIGH | flags);
	if (r == BPF_FIB_LKUP_RET_SUCCESS || r == BPF_FIB_LKUP_RET_FRAG_NEEDED)
		return ROUTED;
	return r == BPF_FIB_LKUP_RET_NOT_FWDED ? LOCAL : UNREACHABLE;
}

// fits: with extra bytes before it, the packet passes what the route allows. Of
// segments that are still one packet, it is the size that they will have.
static __always_inline int fits(const struct __sk_buff *skb, const struct packet *p, __u32 mtu, __u32 extra)
{
	if (skb->gso_size)
		return extra || p->way.proto != IPPROTO_TCP || skb->gso_size + p->head <= mtu;
	return p->bytes + extra <= mtu;
}

static __always_inline int send(const struct bpf_fib_lookup *f)
{
	struct bpf_redir_neigh nh = {.nh_family = f->family};
	if (f->family == AF_INET)
		nh.ipv4_nh = f->ipv4_dst;
	else
		__builtin_memcpy(nh.ipv6_nh, f->ipv6_dst, 16);
	return bpf_redirect_neigh(f->ifindex, &nh, sizeof nh, 0);
}

#endif
