package rawip

import (
	"fmt"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// A setter sets options of a socket up to the first that fails.
type setter struct {
	fd  int
	err error
}

func (s *setter) int(level, opt, value int) {
	if s.err == nil {
		if err := unix.SetsockoptInt(s.fd, level, opt, value); err != nil {
			s.err = fmt.Errorf("setsockopt %d.%d: %w", level, opt, err)
		}
	}
}

func (s *setter) device(name string) {
	if s.err == nil && name != "" {
		if err := unix.BindToDevice(s.fd, name); err != nil {
			s.err = fmt.Errorf("binding to %s: %w", name, caps.Explain(err, caps.NetRaw))
		}
	}
}

// indexOf is 0 when there is no such interface.
func indexOf(device string) int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(device)
	if err != nil || unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr) != nil {
		return 0
	}
	return int(ifr.Uint32())
}
