//go:build !linux

package shm

import "os"

func self() (pid int, start uint64, err error) { return os.Getpid(), 0, nil }

func alive(w uint64) bool { return true }
