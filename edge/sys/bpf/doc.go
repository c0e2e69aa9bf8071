// Package bpf is the kernel's half of the eBPF data plane: it loads the programs
// whose source is in c/, attaches them to interfaces, and reads and writes their
// maps. What stands in the maps is decided by keepalived/lvs/ebpf.
//
// The object is made by clang and checked in (make gen); a test makes it again and
// compares. Linux 6.7 is the oldest kernel that has all of it: TCX links (6.6) and
// a route's own address as the source of a tunnel (6.7). An older one gives an
// Unsupported, and so does a process without BPF, PERFMON and NET_ADMIN: without
// PERFMON the kernel lets no program keep an address of a map on its stack.
package bpf

//go:generate go tool bpf2go -cc clang-14 -strip llvm-strip-14 -target bpfel -output-stem balance balance c/balance.c -- -mcpu=v3 -I/usr/include/x86_64-linux-gnu -I/usr/include/aarch64-linux-gnu
