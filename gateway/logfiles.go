package gateway

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"moongate/core/cycle"
	"moongate/gateway/admin"
)

// logFiles are the logs that the configuration names. The first error_log is called error,
// the first access_log access, others as their files.
func logFiles(files *cycle.OpenFiles) (list []admin.LogFile) {
	taken := map[string]bool{}
	for _, kind := range []struct {
		errors bool
		name   string
	}{{true, "error"}, {false, "access"}} {
		for _, f := range files.All() {
			if f.Errors == kind.errors && !taken[kind.name] {
				taken[kind.name] = true
				list = append(list, admin.LogFile{Name: kind.name, Path: f.Name(), Errors: f.Errors})
			}
		}
	}
	for _, f := range files.All() {
		if slices.ContainsFunc(list, func(l admin.LogFile) bool { return l.Path == f.Name() }) {
			continue
		}
		base := strings.TrimSuffix(filepath.Base(f.Name()), ".log")
		name := base
		for n := 2; taken[name]; n++ {
			name = base + "-" + strconv.Itoa(n)
		}
		taken[name] = true
		list = append(list, admin.LogFile{Name: name, Path: f.Name(), Errors: f.Errors})
	}
	return list
}
