package file

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Links says which symbolic links a path may have (nginx's disable_symlinks).
type Links uint8

const (
	AllLinks   Links = iota
	NoLinks          // none
	OwnedLinks       // only links whose owner is the owner of what they lead to
)

// search opens a folder on the way; O_PATH asks for no right to read it.
const search = unix.O_PATH | syscall.O_DIRECTORY

// OpenLinks is Open that goes from folder to folder and refuses symbolic links
// as links says; the first from bytes of the path are not looked at. call is what
// failed: "open()" or "openat()".
func OpenLinks(path string, flags int, links Links, from int) (fd int, call string, errno int) {
	at, rest := unix.AT_FDCWD, path
	switch {
	case from > 0:
		if at, errno = Open(path[:from], search, 0); errno != 0 {
			return -1, "open()", errno
		}
		rest = path[from:]
	case strings.HasPrefix(path, "/"):
		if at, errno = Open("/", search, 0); errno != 0 {
			return -1, "openat()", errno
		}
	}
	for {
		rest = strings.TrimLeft(rest, "/")
		name, after, more := strings.Cut(rest, "/")
		if !more {
			break
		}
		next, errno := openLink(at, name, search, links)
		if at != unix.AT_FDCWD {
			Close(at)
		}
		if errno != 0 {
			return -1, "openat()", errno
		}
		at, rest = next, after
	}
	if rest == "" {
		// A slash at the end: it must be a folder.
		rest, links = ".", AllLinks
	}
	fd, errno = openLink(at, rest, flags, links)
	if at != unix.AT_FDCWD {
		Close(at)
	}
	return fd, "openat()", errno
}

// openLink opens one name of a folder.
func openLink(at int, name string, flags int, links Links) (fd, errno int) {
	if links == NoLinks {
		flags |= syscall.O_NOFOLLOW
	}
	for {
		f, err := unix.Openat(at, name, flags|syscall.O_CLOEXEC, 0)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return -1, number(err)
		}
		fd = f
		break
	}
	if links != OwnedLinks {
		return fd, 0
	}
	var link unix.Stat_t
	var target Info
	if err := unix.Fstatat(at, name, &link, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		Close(fd)
		return -1, number(err)
	}
	if link.Mode&unix.S_IFMT != unix.S_IFLNK {
		return fd, 0
	}
	if errno := Fstat(fd, &target); errno != 0 {
		Close(fd)
		return -1, errno
	}
	if target.UID != link.Uid {
		Close(fd)
		return -1, int(syscall.ELOOP)
	}
	return fd, 0
}
