package shm

import (
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Create makes a fresh segment whose pool has size bytes. The name shows in
// /proc/PID/maps only. The descriptor is close-on-exec: hand it over on purpose.
func Create(name string, size int64) (*Segment, error) {
	buckets, poolAt, total, err := shape(size)
	if err != nil {
		return nil, err
	}
	name = strings.ReplaceAll(name[:min(len(name), 200)], "\x00", "") // memfd_create allows 249 bytes
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err == unix.ENOSYS {
		return nil, ErrUnsupported
	}
	if err != nil {
		return nil, fmt.Errorf("memfd_create() failed: %w", err)
	}
	if err := unix.Ftruncate(fd, int64(total)); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("ftruncate() of %d bytes of shared memory failed: %w", total, err)
	}
	// Nobody who holds the descriptor can shrink it under our feet (SIGBUS).
	unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	s, err := mapFD(fd, total)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	s.format(size, buckets, poolAt)
	if err := s.enter(); err != nil {
		s.unmap()
		return nil, err
	}
	return s, nil
}

// Attach maps the segment behind an inherited descriptor, which it then owns.
func Attach(fd int) (*Segment, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, fmt.Errorf("fstat() of shared memory failed: %w", err)
	}
	if st.Size < indexAt {
		return nil, fmt.Errorf("descriptor %d is not shared memory", fd)
	}
	unix.CloseOnExec(fd)
	s, err := mapFD(fd, uint64(st.Size))
	if err != nil {
		return nil, err
	}
	if err = s.check(uint64(st.Size)); err == nil {
		err = s.enter()
	}
	if err != nil {
		unix.Munmap(s.mem)
		return nil, err
	}
	return s, nil
}

func mapFD(fd int, total uint64) (*Segment, error) {
	mem, err := unix.Mmap(fd, 0, int(total), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mmap() of %d bytes of shared memory failed: %w", total, err)
	}
	return &Segment{base: unsafe.Pointer(&mem[0]), mem: mem, fd: fd}, nil
}

func (s *Segment) unmap() error {
	if s.mem == nil {
		return nil
	}
	err := unix.Munmap(s.mem)
	s.mem, s.base = nil, nil
	unix.Close(s.fd)
	s.fd = -1
	return err
}

// Close signs off and unmaps. Nothing of this process may use it any more.
func (s *Segment) Close() error {
	if s.mem != nil {
		s.leave()
	}
	return s.unmap()
}
