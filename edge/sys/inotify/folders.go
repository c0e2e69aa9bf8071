package inotify

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// news is whom an event is for, and whether it is about folders that have come or gone.
func (w *Watcher) news(wd int, mask uint32) (dirs []string, moved bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if mask&unix.IN_Q_OVERFLOW != 0 {
		return []string{""}, true // anything may have happened
	}
	for _, dir := range w.dirs[wd] {
		if w.wanted[dir] {
			dirs = append(dirs, dir)
		}
	}
	switch {
	case mask&unix.IN_IGNORED != 0:
		delete(w.dirs, wd)
		moved = true
	case mask&unix.IN_MOVE_SELF != 0: // it has another name now, which nobody has asked for
		unix.InotifyRmWatch(w.fd, uint32(wd))
		delete(w.dirs, wd)
		moved = true
	case mask&unix.IN_ISDIR != 0:
		moved = mask&(unix.IN_CREATE|unix.IN_MOVED_TO) != 0
	}
	return dirs, moved
}

// renew watches the folders that are wanted and not watched, and of one that is not there
// the nearest above it, where it will come. It returns those that are watched from now on.
func (w *Watcher) renew() (fresh []string, fault error) {
	needed := map[string]bool{}
	for dir := range w.wanted {
		if w.watched(dir) {
			continue
		}
		// What comes while we are looking is found by looking again.
		for last := ""; ; {
			err := w.watch(dir)
			if err == nil {
				fresh = append(fresh, dir)
				break
			}
			above, e := w.watchAbove(dir)
			if e != nil || !absent(err) {
				fault = errors.Join(fault, err)
				break
			}
			if needed[above] = true; above == last {
				break
			}
			last = above
		}
	}
	w.drop(needed)
	return fresh, fault
}

func (w *Watcher) watched(dir string) bool {
	for _, dirs := range w.dirs {
		if slices.Contains(dirs, dir) {
			return true
		}
	}
	return false
}

func (w *Watcher) watch(dir string) error {
	wd, err := unix.InotifyAddWatch(w.fd, dir, changes)
	if err != nil {
		return &os.PathError{Op: "inotify_add_watch", Path: dir, Err: err}
	}
	if !slices.Contains(w.dirs[wd], dir) {
		w.dirs[wd] = append(w.dirs[wd], dir)
	}
	return nil
}

// watchAbove watches the nearest folder above one.
func (w *Watcher) watchAbove(dir string) (string, error) {
	for {
		above := filepath.Dir(dir)
		err := w.watch(above)
		if err == nil || above == dir || !absent(err) {
			return above, err
		}
		dir = above
	}
}

func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) }

// drop ends the watch of folders that nobody needs any more.
func (w *Watcher) drop(needed map[string]bool) {
	for wd, dirs := range w.dirs {
		dirs = slices.DeleteFunc(dirs, func(dir string) bool { return !w.wanted[dir] && !needed[dir] })
		if w.dirs[wd] = dirs; len(dirs) == 0 {
			unix.InotifyRmWatch(w.fd, uint32(wd))
			delete(w.dirs, wd)
		}
	}
}
