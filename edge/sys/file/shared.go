package file

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Shared makes zeroed memory that other processes can map through the
// descriptor.
func Shared(name string, size int) (fd int, mem []byte, err error) {
	fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return -1, nil, err
	}
	if err = syscall.Ftruncate(fd, int64(size)); err == nil {
		mem, err = MapShared(fd, size)
	}
	if err != nil {
		syscall.Close(fd)
		return -1, nil, err
	}
	return fd, mem, nil
}

// MapShared maps what Shared made in another process.
func MapShared(fd, size int) ([]byte, error) {
	return syscall.Mmap(fd, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}
