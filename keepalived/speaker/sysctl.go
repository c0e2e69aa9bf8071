package speaker

import (
	"errors"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/role"
)

// sysctl is a setting of an interface.
type sysctl struct {
	v6       bool
	dev, key string
}

// setSysctl changes a setting and remembers what it was.
func (s *speaker) setSysctl(v6 bool, dev, key, value string) {
	k := sysctl{v6, dev, key}
	old, err := s.kernel.Sysctl(v6, dev, key)
	if err == nil && old != value {
		if _, known := s.sysctls[k]; !known {
			s.sysctls[k] = old
		}
		err = s.kernel.SetSysctl(v6, dev, key, value)
	}
	if err != nil {
		s.log(role.Info, "%v", err)
	}
}

// restoreSysctl sets back what setSysctl has changed.
func (s *speaker) restoreSysctl(v6 bool, dev, key string) {
	k := sysctl{v6, dev, key}
	if old, ok := s.sysctls[k]; ok {
		delete(s.sysctls, k)
		if err := s.kernel.SetSysctl(v6, dev, key, old); err != nil && !errors.Is(err, netlink.ErrNotFound) {
			s.log(role.Info, "%v", err)
		}
	}
}

func (s *speaker) restoreSysctls() {
	for k := range s.sysctls {
		s.restoreSysctl(k.v6, k.dev, k.key)
	}
}

// uptime is how long the machine has been running.
func uptime() time.Duration {
	b, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0
	}
	word, _, _ := strings.Cut(string(b), " ")
	f, _ := strconv.ParseFloat(word, 64)
	return time.Duration(f * float64(time.Second))
}

func isExists(err error) bool { return errors.Is(err, netlink.ErrExists) }

func withAddr(p netip.Prefix, a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, p.Bits()) }

func hostPrefix(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }
