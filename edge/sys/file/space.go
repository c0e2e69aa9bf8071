package file

import "syscall"

// Space is what there is where a folder lies: the size of a block, and the bytes that
// anybody may still take (statfs).
func Space(folder string) (block, free int64, errno int) {
	var st syscall.Statfs_t
	for {
		err := syscall.Statfs(folder, &st)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return 0, 0, number(err)
		}
		return int64(st.Bsize), int64(st.Bavail) * int64(st.Bsize), 0
	}
}

// Rename moves a file and returns the errno.
func Rename(from, to string) (errno int) {
	if err := syscall.Rename(from, to); err != nil {
		return number(err)
	}
	return 0
}

// Unlink removes a name and returns the errno.
func Unlink(path string) (errno int) {
	if err := syscall.Unlink(path); err != nil {
		return number(err)
	}
	return 0
}

// Mkdir makes a folder and returns the errno.
func Mkdir(path string, perm uint32) (errno int) {
	if err := syscall.Mkdir(path, perm); err != nil {
		return number(err)
	}
	return 0
}
