package netlink

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// conf is the file of a setting. They are those of the calling thread's namespace.
func conf(v6 bool, link, key string) string {
	return "/proc/sys/" + strings.ReplaceAll(sysctlName(v6, link, key), "\x00", "/")
}

// sysctlName has NUL bytes between its parts: names of interfaces may have dots in them.
func sysctlName(v6 bool, link, key string) string {
	name := "net\x00ipv4\x00"
	if v6 {
		name = "net\x00ipv6\x00"
	}
	if link != "" {
		name += "conf\x00" + link + "\x00"
	}
	return name + key
}

// Sysctl reads a setting of an interface, or without one of the whole system.
func (c *Conn) Sysctl(v6 bool, link, key string) (string, error) {
	b, err := os.ReadFile(conf(v6, link, key))
	return strings.TrimSpace(string(b)), sysctlFault("reading", v6, link, key, err)
}

// SetSysctl changes such a setting.
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
	op := verb + " " + strings.ReplaceAll(sysctlName(v6, link, key), "\x00", ".")
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
