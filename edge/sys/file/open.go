package file

import (
	"syscall"
	"unsafe"
)

// Flags for Open; O_CLOEXEC is always added.
const (
	ReadOnly  = syscall.O_RDONLY
	WriteOnly = syscall.O_WRONLY
	ReadWrite = syscall.O_RDWR
	Create    = syscall.O_CREAT
	Exclusive = syscall.O_EXCL
	Truncate  = syscall.O_TRUNC
	NonBlock  = syscall.O_NONBLOCK // a FIFO or device must not hold up whoever opens it
	NoFollow  = syscall.O_NOFOLLOW
	Directory = syscall.O_DIRECTORY
)

// Info is what one wants to know about a file before sending it.
type Info struct {
	Size  int64
	Disk  int64 // bytes that it takes there
	Mtime int64 // seconds
	Ino   uint64
	Dev   uint64
	Mode  uint32
	UID   uint32
	GID   uint32
}

// IsDir tells whether it is a directory.
func (i *Info) IsDir() bool { return i.Mode&syscall.S_IFMT == syscall.S_IFDIR }

// IsRegular tells whether it is an ordinary file.
func (i *Info) IsRegular() bool { return i.Mode&syscall.S_IFMT == syscall.S_IFREG }

// IsLink tells whether it is a symbolic link (Lstat only).
func (i *Info) IsLink() bool { return i.Mode&syscall.S_IFMT == syscall.S_IFLNK }

// Executable tells whether the owner may execute it (nginx's ngx_is_exec).
func (i *Info) Executable() bool { return i.Mode&syscall.S_IXUSR != 0 }

func (i *Info) fill(st *syscall.Stat_t) {
	i.Size, i.Mtime = st.Size, int64(st.Mtim.Sec)
	// Blocks that are reserved ahead, or of a file with holes, do not count (ngx_file_fs_size).
	i.Disk = int64(st.Blocks) * 512
	if i.Disk <= st.Size || i.Disk >= st.Size+8*int64(st.Blksize) {
		i.Disk = st.Size
	}
	i.Ino, i.Dev, i.Mode, i.UID, i.GID = st.Ino, uint64(st.Dev), st.Mode, st.Uid, st.Gid
}

var atCwd = -100 // AT_FDCWD

// Open opens a path and returns the descriptor, or the errno (0 when it went
// well). It allocates nothing: a server does it for each request of a file.
func Open(path string, flags int, perm uint32) (fd, errno int) {
	var short [256]byte
	buf := short[:]
	if len(path) >= len(short) {
		buf = make([]byte, len(path)+1)
	}
	copy(buf, path)
	flags |= syscall.O_CLOEXEC
	for {
		var n uintptr
		var e syscall.Errno
		if slow.Load() {
			n, _, e = syscall.Syscall6(syscall.SYS_OPENAT, uintptr(atCwd), uintptr(unsafe.Pointer(&buf[0])), uintptr(flags), uintptr(perm), 0, 0)
		} else {
			n, _, e = syscall.RawSyscall6(syscall.SYS_OPENAT, uintptr(atCwd), uintptr(unsafe.Pointer(&buf[0])), uintptr(flags), uintptr(perm), 0, 0)
		}
		if e == syscall.EINTR {
			continue
		}
		if e != 0 {
			return -1, int(e)
		}
		return int(n), 0
	}
}

// Fstat fills info for an open descriptor and returns the errno.
func Fstat(fd int, info *Info) (errno int) {
	var st syscall.Stat_t
	if _, _, e := syscall.RawSyscall(syscall.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(&st)), 0); e != 0 {
		return int(e)
	}
	info.fill(&st)
	return 0
}

// Stat fills info for a path and returns the errno.
func Stat(path string, info *Info) (errno int) {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return number(err)
	}
	info.fill(&st)
	return 0
}

// Lstat is Stat that looks at a symbolic link itself.
func Lstat(path string, info *Info) (errno int) {
	var st syscall.Stat_t
	if err := syscall.Lstat(path, &st); err != nil {
		return number(err)
	}
	info.fill(&st)
	return 0
}

func number(err error) int {
	if e, ok := err.(syscall.Errno); ok {
		return int(e)
	}
	return int(syscall.EIO)
}

// WriteAt writes all of p at a place of the file and returns the errno.
func WriteAt(fd int, p []byte, off int64) (errno int) {
	for len(p) > 0 {
		n, err := syscall.Pwrite(fd, p, off)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return number(err)
		}
		p, off = p[n:], off+int64(n)
	}
	return 0
}
