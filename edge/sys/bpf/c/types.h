// What the programs and user space have in common: keys, values and maps. The Go
// types are made of these.
#ifndef MOONGATE_TYPES_H
#define MOONGATE_TYPES_H

// An address: IPv4 is the first word, the others are 0. All in network order.
struct addr {
	__be32 w[4];
};

// A packet's way, which is how a connection is found.
struct tuple {
	struct addr from, to;
	__be16 fport, tport;
	__u8 proto, v6;
	__u8 pad[2];
};

// A connection has an entry for what clients send, whose key is client to virtual
// address, and with NAT one for what comes back: server to client. All that
// changes is in the first.
struct conn {
	__u64 last; // when the last packet came, of either side
	__u32 dest;
	__u32 service;
	__u32 state;
	__u32 flags;
	struct addr virt; // BACK: the virtual address
	__be16 vport, cport;
	__u32 pad;
};

enum { BACK = 1, PERSISTENT = 2, INPUT_ONLY = 4 };

enum { SYN = 1, ESTABLISHED, FIN_WAIT, CLOSE_WAIT, TIME_WAIT, CLOSED, DATAGRAM, STATES };

struct service_key {
	struct addr addr;
	__be16 port;
	__u8 proto, v6;
};

struct service {
	__u32 id;
	__u32 algo;
	__u32 flags;
	__u32 persist; // seconds
	struct addr mask;
};

enum { TURNS = 1, SH, DH, MH, LC, WLC, SED, NQ, FO, OVF, TWOS, LBLC };
enum { BY_PORT = 1, FALLBACK = 2, ONE_PACKET = 4 };

struct dest {
	struct addr addr;
	__be16 port; // 0: that of the packet
	__u8 v6, method;
	__u32 weight, upper, lower;
	__u32 flags;
	__u8 tunnel, sum;
	__be16 tport;
};

enum { NAT, DR, TUN };
enum { IPIP, GUE, GRE };
enum { SUM = 1 };  // of dest.sum
enum { GONE = 1 }; // of dest.flags

struct load {
	__u32 active, inactive;
};

struct counts {
	__u64 conns, in, out, bytes_in, bytes_out;
};

struct template_key {
	struct addr net;
	__u32 service;
	__u32 pad;
};

struct template {
	__u64 until;
	__u32 dest;
	__u32 pad;
};

struct fragment_key {
	struct addr from, to;
	__be32 id;
	__u8 proto, v6;
	__u8 pad[2];
};

// What a sweep is told and tells.
struct sweep {
	__u64 now;
	__u32 recount;
	__u32 live, ended;
	__u32 pad;
};

#define MAP(NAME, TYPE, KEY, VALUE, N)   \
	struct {                         \
		__uint(type, TYPE);      \
		__type(key, KEY);        \
		__type(value, VALUE);    \
		__uint(max_entries, N);  \
	} NAME SEC(".maps")

// The sizes are those of a small machine; user space sets others when it loads.
MAP(services, BPF_MAP_TYPE_HASH, struct service_key, struct service, 1024);
MAP(dests, BPF_MAP_TYPE_ARRAY, __u32, struct dest, 4096);
MAP(loads, BPF_MAP_TYPE_ARRAY, __u32, struct load, 4096);
MAP(tally, BPF_MAP_TYPE_ARRAY, __u32, struct load, 4096);
MAP(over, BPF_MAP_TYPE_ARRAY, __u32, __u32, 4096);
MAP(turns, BPF_MAP_TYPE_ARRAY, __u32, __u64, 1024);
MAP(nearby, BPF_MAP_TYPE_ARRAY, __u32, __u32, 1024);
MAP(dest_counts, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct counts, 4096);
MAP(service_counts, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, struct counts, 1024);
MAP(conns, BPF_MAP_TYPE_LRU_HASH, struct tuple, struct conn, 1 << 18);
MAP(templates, BPF_MAP_TYPE_LRU_HASH, struct template_key, struct template, 1 << 16);
MAP(fragments, BPF_MAP_TYPE_LRU_HASH, struct fragment_key, __u32, 4096);
MAP(timeouts, BPF_MAP_TYPE_ARRAY, __u32, __u64, STATES);

// A table of choices for each service: its length, then indexes of dests. It is
// replaced as a whole, so that a packet sees the old one or the new one.
struct table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 2);
} empty_table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__type(key, __u32);
	__uint(max_entries, 1024);
	__array(values, struct table);
} tables SEC(".maps");

#endif
