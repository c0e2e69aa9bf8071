//go:build !amd64 && !arm64

package futex

// Pause does nothing where no spin hint is known.
func Pause(n uint32) {}
