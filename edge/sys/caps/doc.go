// Package caps tells which of root's powers the process has, by their names, so
// that a fault can say exactly what is missing: a container that
// may not open a raw socket needs NET_RAW, not root.
//
// Called by whoever makes a system call that needs one. It owns nothing.
package caps
