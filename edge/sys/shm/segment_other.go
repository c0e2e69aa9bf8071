//go:build !linux

package shm

// Create is not there: only private segments.
func Create(name string, size int64) (*Segment, error) { return nil, ErrUnsupported }

// Attach is not there.
func Attach(fd int) (*Segment, error) { return nil, ErrUnsupported }

// Close ends a private segment.
func (s *Segment) Close() error { return nil }
