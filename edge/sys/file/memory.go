package file

import (
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// Memory puts data into an anonymous file and returns its descriptor, sealed:
// whoever gets it can read the bytes and nobody can change them.
func Memory(name string, data []byte) (int, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, err
	}
	for rest := data; len(rest) > 0; {
		n, err := syscall.Write(fd, rest)
		if err != nil {
			syscall.Close(fd)
			return -1, err
		}
		rest = rest[n:]
	}
	seals := unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// ReadMemory returns all bytes of a memory file, whatever its file position.
func ReadMemory(fd int) ([]byte, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return nil, err
	}
	data := make([]byte, st.Size)
	for at := 0; at < len(data); {
		n, err := syscall.Pread(fd, data[at:], int64(at))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		at += n
	}
	return data, nil
}

// Close closes a descriptor.
func Close(fd int) error {
	if _, _, e := syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(fd), 0, 0); e != 0 {
		return e
	}
	return nil
}

// CloseOnExec says whether the descriptor ends when the process executes
// another program.
func CloseOnExec(fd int, yes bool) error {
	flag := 0
	if yes {
		flag = unix.FD_CLOEXEC
	}
	_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, flag)
	return err
}

// Valid tells whether fd is an open descriptor.
func Valid(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil
}
