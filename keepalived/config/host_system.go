package config

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/edge/sys/host"
)

// System is the machine that the program runs on.
type System struct{}

var _ Host = System{}

// Name is the host's name.
func (System) Name() string {
	name, _ := os.Hostname()
	return name
}

// UID is the user's.
func (System) UID() uint32 { return uint32(os.Geteuid()) }

// CPUs counts the processors.
func (System) CPUs() int { return runtime.NumCPU() }

// Path is $PATH.
func (System) Path() []string { return filepath.SplitList(os.Getenv("PATH")) }

// Read reads a file.
func (System) Read(path string) ([]byte, error) { return os.ReadFile(path) }

// Resolves asks the resolver.
func (System) Resolves(name string) bool {
	list, err := host.Lookup(name)
	return err == nil && len(list) > 0
}

// Interface looks at the kernel's list and at /sys.
func (System) Interface(name string) (Interface, bool) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return Interface{}, false
	}
	sys := func(file string) string {
		b, _ := os.ReadFile(filepath.Join("/sys/class/net", filepath.Base(name), file))
		return strings.TrimSpace(string(b))
	}
	flags, _ := strconv.ParseUint(sys("flags"), 0, 32)
	mac := i.HardwareAddr
	return Interface{Index: i.Index, MTU: i.MTU, Loopback: i.Flags&net.FlagLoopback != 0, Multicast: i.Flags&net.FlagMulticast != 0,
		NoARP: flags&flagNoARP != 0, Ethernet: sys("type") == "1" || len(mac) == 6,
		VRF:  strings.Contains(sys("uevent"), "DEVTYPE=vrf"),
		VMAC: sys("iflink") != strconv.Itoa(i.Index) && len(mac) == 6 && mac[0] == 0 && mac[1] == 0 && mac[2] == 0x5e,
	}, true
}

const flagNoARP = 0x80 // IFF_NOARP of linux/if.h

// User looks a user up by name.
func (System) User(name string) (uid, gid uint32, ok bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, false
	}
	a, err1 := strconv.ParseUint(u.Uid, 10, 32)
	b, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(a), uint32(b), err1 == nil && err2 == nil
}

// Group looks a group up by name.
func (System) Group(name string) (gid uint32, ok bool) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(g.Gid, 10, 32)
	return uint32(n), err == nil
}

// Stat says what a path is.
func (System) Stat(path string) (FileInfo, error) {
	var i file.Info
	if n := file.Stat(path, &i); n != 0 {
		return FileInfo{}, errors.New(errno.Text(errno.Error(n)))
	}
	return FileInfo{Mode: i.Mode, UID: i.UID, GID: i.GID}, nil
}

// Real follows symbolic links.
func (System) Real(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// Number looks a name up in a file of iproute2, where the number comes first, or
// in /etc/protocols, where the name does.
func (System) Number(name, text string) (uint32, bool) {
	paths := []string{"/etc/iproute2/" + name, "/usr/share/iproute2/" + name, "/usr/lib/iproute2/" + name}
	number, word := 0, 1
	if name == "protocols" {
		paths, number, word = []string{"/etc/protocols"}, 1, 0
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			line, _, _ := strings.Cut(s.Text(), "#")
			w := strings.Fields(line)
			if len(w) < 2 || w[word] != text {
				continue
			}
			n, err := strconv.ParseUint(w[number], 0, 32)
			return uint32(n), err == nil
		}
	}
	return 0, false
}
