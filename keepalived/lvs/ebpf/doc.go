// Package ebpf is the data plane for kernels without IPVS: programs at the ingress
// of every Ethernet interface pass packets on to real servers before the machine's
// own stack sees them. It decides what stands in the programs' maps; edge/sys/bpf
// puts it there.
//
// It does what IPVS does, with these differences. Packets that the machine itself
// sends to a virtual address are not balanced. A removed destination keeps its TCP
// connections until they end (the kernel drops their packets); its UDP clients go
// elsewhere at once. With sh, dh and mh a connection that another director began is
// taken up, so that directors need not tell each other of theirs. A real server
// on this machine, a sorry server on 127.0.0.1 for one, works for TCP.
//
// Apply and the sweeper, which ends connections that are over and follows the
// interfaces, take turns under one lock.
package ebpf
