package autoindex

import (
	"os"
	"sort"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
)

// entry is one line of a list.
type entry struct {
	name  string
	dir   bool
	file  bool
	mtime int64
	size  int64
}

// openFolder opens a folder; opendir() fails for what is none.
func openFolder(path string) (*os.File, error) {
	var info file.Info
	if e := file.Stat(path, &info); e != 0 {
		return nil, errno.New(e)
	}
	if !info.IsDir() {
		return nil, errno.ENOTDIR
	}
	return os.Open(path)
}

// readFolder gives what is in a folder, folders first. Hidden files are left
// out; links lead to what they name, dangling ones are shown themselves.
func readFolder(r *httpd.Request, d *os.File, path string) ([]entry, bool) {
	names, err := d.Readdirnames(-1)
	if err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "readdir() \"%s\" failed", path)
		return nil, false
	}
	list := make([]entry, 0, len(names))
	for _, name := range names {
		if name[0] == '.' {
			continue
		}
		var info file.Info
		full := path + "/" + name
		if e := errno.Error(file.Stat(full, &info)); e != 0 {
			if e != errno.ENOENT && e != errno.ELOOP {
				r.LogErr(errlog.Crit, e, "stat() \"%s\" failed", full)
				if e == errno.EACCES {
					continue
				}
				return nil, false
			}
			if e := errno.Error(file.Lstat(full, &info)); e != 0 {
				r.LogErr(errlog.Crit, e, "lstat() \"%s\" failed", full)
				return nil, false
			}
		}
		list = append(list, entry{name: name, dir: info.IsDir(), file: info.IsRegular(), mtime: info.Mtime, size: info.Size})
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].dir != list[j].dir {
			return list[i].dir
		}
		return list[i].name < list[j].name
	})
	return list, true
}
