// Package configtest has a machine for tests of configurations: nothing of the
// real one is asked.
package configtest

import (
	"errors"

	"moongate/keepalived/config"
)

// Host is a machine in memory. Zero fields are what is not there.
type Host struct {
	HostName   string
	Interfaces map[string]config.Interface
	Users      map[string][2]uint32 // uid and gid
	Groups     map[string]uint32
	Files      map[string]config.FileInfo
	Links      map[string]string // symbolic links
	Texts      map[string]string // what Read finds
	Numbers    map[string]map[string]uint32
	Names      map[string]bool // hosts that have an address
	Processors int
}

var _ config.Host = (*Host)(nil)

// Two gives a machine with the interfaces lo, eth0 and eth1, the users root and
// nobody, and a few programs.
func Two() *Host {
	ether := func(n int) config.Interface {
		return config.Interface{Index: n, MTU: 1500, Multicast: true, Ethernet: true}
	}
	dir, program, text := config.FileInfo{Mode: 0o040755}, config.FileInfo{Mode: 0o100755}, config.FileInfo{Mode: 0o100644}
	return &Host{
		HostName:   "moon",
		Interfaces: map[string]config.Interface{"lo": {Index: 1, Loopback: true}, "eth0": ether(2), "eth1": ether(3)},
		Users:      map[string][2]uint32{"root": {}, "nobody": {65534, 65534}},
		Groups:     map[string]uint32{"root": 0, "nogroup": 65534},
		Files: map[string]config.FileInfo{"/": dir, ".": dir, "/bin": dir, "/etc": dir, "/usr": dir, "/usr/bin": dir, "/tmp": {Mode: 0o041777},
			"/bin/true": program, "/bin/false": program, "/usr/bin/true": program, "/usr/bin/test": program, "/etc/passwd": text},
		Processors: 2,
	}
}

// Name is the host's name.
func (h *Host) Name() string { return h.HostName }

// UID is root's.
func (h *Host) UID() uint32 { return 0 }

// CPUs counts the processors.
func (h *Host) CPUs() int { return h.Processors }

// Path is where programs are looked for.
func (h *Host) Path() []string { return []string{"/usr/bin", "/bin"} }

// Resolves tells whether a host has an address.
func (h *Host) Resolves(name string) bool { return h.Names[name] }

// Interface is one of Interfaces.
func (h *Host) Interface(name string) (config.Interface, bool) {
	i, ok := h.Interfaces[name]
	return i, ok
}

// User is one of Users.
func (h *Host) User(name string) (uid, gid uint32, ok bool) {
	u, ok := h.Users[name]
	return u[0], u[1], ok
}

// Group is one of Groups.
func (h *Host) Group(name string) (gid uint32, ok bool) {
	gid, ok = h.Groups[name]
	return gid, ok
}

var errNone = errors.New("no such file or directory")

// Stat is one of Files.
func (h *Host) Stat(path string) (config.FileInfo, error) {
	f, ok := h.Files[path]
	if !ok {
		return f, errNone
	}
	return f, nil
}

// Real is where one of Links leads to, or the path.
func (h *Host) Real(path string) string {
	if to, ok := h.Links[path]; ok {
		return to
	}
	return path
}

// Read is one of Texts.
func (h *Host) Read(path string) ([]byte, error) {
	t, ok := h.Texts[path]
	if !ok {
		return nil, errNone
	}
	return []byte(t), nil
}

// Number is one of Numbers.
func (h *Host) Number(file, name string) (uint32, bool) {
	n, ok := h.Numbers[file][name]
	return n, ok
}
