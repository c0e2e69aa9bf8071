package lvs

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"unsafe"
)

// untunnel takes packets out of IPIP tunnels and puts them into a device of its
// own, for kernels that have no module for that.
func untunnel() error {
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR, 0)
	if err != nil {
		return err
	}
	var req struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	copy(req.name[:], "out")
	req.flags = syscall.IFF_TUN | syscall.IFF_NO_PI
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.TUNSETIFF, uintptr(unsafe.Pointer(&req))); e != 0 {
		return fmt.Errorf("TUNSETIFF: %w", e)
	}
	if out, err := exec.Command("ip", strings.Fields("link set dev out up")...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %s", err, out)
	}
	dev := os.NewFile(uintptr(fd), "tun")
	for _, outer := range []string{"ip4:4", "ip6:41"} {
		c, err := net.ListenPacket(outer, "")
		if err != nil {
			return err
		}
		go func() {
			buf := make([]byte, 65536)
			for {
				n, _, err := c.ReadFrom(buf)
				if err != nil {
					return
				}
				dev.Write(buf[:n])
			}
		}()
	}
	return nil
}
