// The hashes of sh, dh and mh, the same as in keepalived/lvs/sched.
#ifndef MOONGATE_HASH_H
#define MOONGATE_HASH_H

static __always_inline __u32 fold(const struct addr *a)
{
	return bpf_ntohl(a->w[0] ^ a->w[1] ^ a->w[2] ^ a->w[3]);
}

static __always_inline __u32 hash32(__u32 v)
{
	return v * 0x61C88647u >> 24;
}

#define ROTL(x, n) ((x) << (n) | (x) >> (64 - (n)))

#define SIPROUND                        \
	do {                            \
		v0 += v1;               \
		v1 = ROTL(v1, 13) ^ v0; \
		v0 = ROTL(v0, 32);      \
		v2 += v3;               \
		v3 = ROTL(v3, 16) ^ v2; \
		v0 += v3;               \
		v3 = ROTL(v3, 21) ^ v0; \
		v2 += v1;               \
		v1 = ROTL(v1, 17) ^ v2; \
		v2 = ROTL(v2, 32);      \
	} while (0)

static __always_inline __u32 siphash(__u32 value)
{
	const __u64 k = 2654435761u;
	__u64 v0 = k ^ 0x736f6d6570736575ull, v1 = k ^ 0x646f72616e646f6dull;
	__u64 v2 = k ^ 0x6c7967656e657261ull, v3 = k ^ 0x7465646279746573ull;
	__u64 m = 4ull << 56 | value;
	v3 ^= m;
	SIPROUND;
	v0 ^= m;
	v2 ^= 0xff;
	SIPROUND;
	SIPROUND;
	SIPROUND;
	return v0 ^ v1 ^ v2 ^ v3;
}

#endif
