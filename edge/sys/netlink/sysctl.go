package netlink

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// The files are those of the calling thread's namespace.
func conf(v6 bool, link, key string) string {
	if v6 {
		return "/proc/sys/net/ipv6/conf/" + link + "/" + key
	}
	return "/proc/sys/net/ipv4/conf/" + link + "/" + key
}

// Sysctl reads a setting of an interface.
func (c *Conn) Sysctl(v6 bool, link, key string) (string, error) {
	b, err := os.ReadFile(conf(v6, link, key))
	return strings.TrimSpace(string(b)), sysctlFault("reading", v6, link, key, err)
}

// SetSysctl changes a setting of an interface.
func (c *Conn) SetSysctl(v6 bool, link, key, value string) error {
	path := conf(v6, link, key)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(value)
		err = errors.Join(err, f.Close())
	}
	return sysctlFault("setting", v6, link, key, err)
}

func sysctlFault(verb string, v6 bool, link, key string, err error) error {
	if err == nil {
		return nil
	}
	name := "net.ipv4.conf."
	if v6 {
		name = "net.ipv6.conf."
	}
	op := verb + " " + name + link + "." + key
	var errno unix.Errno
	switch {
	case errors.As(err, &errno):
	case errors.Is(err, fs.ErrNotExist):
		errno = unix.ENOENT
	default:
		errno = unix.EIO
	}
	return Refuse(op, errno, "")
}
