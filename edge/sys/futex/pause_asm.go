//go:build amd64 || arm64

package futex

// Pause gives the processor n spin-loop hints (PAUSE, YIELD): some ten to a
// hundred nanoseconds each, during which a sibling hyperthread gets the core.
//
//go:noescape
func Pause(n uint32)
