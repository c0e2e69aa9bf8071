package config

// Host answers what a configuration asks for outside of its text.
type Host interface {
	// Name is the host's.
	Name() string
	// UID is whom the daemon runs as.
	UID() uint32
	Interface(name string) (Interface, bool)
	User(name string) (uid, gid uint32, ok bool)
	Group(name string) (gid uint32, ok bool)
	// Stat says what a path is; the error is the system's.
	Stat(path string) (FileInfo, error)
	// Real is a path without symbolic links; one that is not there stays.
	Real(path string) string
	// Path is where programs without a directory are looked for.
	Path() []string
	// Number looks a name up in one of the files of /etc/iproute2 and
	// /etc/protocols: rt_tables, rt_scopes, rt_protos, rt_dsfield, rt_realms,
	// group, protocols.
	Number(file, name string) (uint32, bool)
	// Resolves tells whether a host has an address.
	Resolves(name string) bool
	CPUs() int
	// Read reads a file with a key.
	Read(path string) ([]byte, error)
}

// Interface is what a configuration must know of one.
type Interface struct {
	Index, MTU                                int
	Loopback, Multicast, NoARP, Ethernet, VRF bool
	VMAC                                      bool // a macvlan
}

// FileInfo is what the safety of a script depends on.
type FileInfo struct {
	Mode     uint32 // with the kind of file, as stat(2) gives it
	UID, GID uint32
}

const (
	modeKind = 0o170000
	modeDir  = 0o040000
	modeFile = 0o100000
)
