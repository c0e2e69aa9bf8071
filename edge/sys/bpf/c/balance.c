//go:build ignore

// The data plane that is attached to interfaces: packets to virtual addresses go
// to real servers, and with NAT come back as from the virtual address. This and
// the headers beside it may be used under the MIT licence or the GPL, too; the
// kernel wants to hear so before it lends its helpers.
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define AF_INET 2
#define AF_INET6 10
#define TCX_NEXT (-1)
#define LISTENING 10
#define PACKET_HOST 0
#define NS 1000000000ull

#include "types.h"
#include "packet.h"
#include "hash.h"
#include "track.h"
#include "pick.h"
#include "send.h"
#include "rewrite.h"
#include "refuse.h"
#include "icmp.h"
#include "flow.h"
#include "sweep.h"

SEC("tcx/ingress")
int balance(struct __sk_buff *skb)
{
	struct packet p = {};
	int what;
	// What is tagged is a VLAN interface's, what is for another MAC a macvlan's or
	// nobody's here: it comes again where it belongs.
	if (skb->vlan_present || skb->pkt_type != PACKET_HOST)
		return TCX_NEXT;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		what = parse4(skb, &p);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		what = parse6(skb, &p);
	else
		return TCX_NEXT;
	if (what < 0)
		return TCX_NEXT;
	return what ? relate(skb, &p) : flow(skb, &p);
}

char __license[] SEC("license") = "Dual MIT/GPL";
