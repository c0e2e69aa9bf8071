// Package ipvs is the data plane of kernels that have ip_vs: it makes the kernel's
// table of virtual services be what it is told. edge/sys/ipvs speaks to the kernel.
//
// Each Apply reads what the kernel has and sends the difference, so that what
// somebody else changed is put right, and what is right is not touched. Services
// that others made are left alone, as keepalived leaves them; Flush deletes them.
package ipvs
