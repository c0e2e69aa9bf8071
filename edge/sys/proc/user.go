package proc

import "syscall"

// SetGID sets all group ids of the process.
func SetGID(gid int) error { return syscall.Setgid(gid) }

// SetUID sets all user ids of the process.
func SetUID(uid int) error { return syscall.Setuid(uid) }

// SetGroups sets the supplementary groups.
func SetGroups(gids []int) error { return syscall.Setgroups(gids) }

// EffectiveUID is the user that permissions are checked for.
func EffectiveUID() int { return syscall.Geteuid() }

// CapNetRaw lets a process bind to addresses that are not its own (IP_TRANSPARENT).
const CapNetRaw = 13
