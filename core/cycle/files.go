package cycle

import (
	"moongate/core/errlog"
	"moongate/edge/sys/file"
)

// OpenFile is a log file. The same name means the same file, whoever asks.
type OpenFile struct {
	*file.Append
	// Flush, when set, writes out what is buffered: before the file is reopened
	// and before it is closed.
	Flush func()
	// Errors is set for those of error_log.
	Errors bool
}

// OpenFiles are the log files of a generation, in the order asked for.
type OpenFiles struct {
	list   []*OpenFile
	byName map[string]*OpenFile
	stderr bool
}

// add gives the file of a full name, opened later; the empty name is standard
// error (ngx_conf_open_file).
func (fs *OpenFiles) add(name string) *OpenFile {
	if name == "" {
		return &OpenFile{Append: file.NewAppend("")}
	}
	if f := fs.byName[name]; f != nil {
		return f
	}
	if fs.byName == nil {
		fs.byName = map[string]*OpenFile{}
	}
	f := &OpenFile{Append: file.NewAppend(name)}
	fs.list = append(fs.list, f)
	fs.byName[name] = f
	return f
}

// All gives the files of a generation, in the order asked for. Those whose names have
// variables in them are not among them.
func (fs *OpenFiles) All() []*OpenFile { return fs.list }

// UsesStderr tells whether an error_log names standard error.
func (fs *OpenFiles) UsesStderr() bool { return fs.stderr }

// Descriptors gives the open files by name.
func (fs *OpenFiles) Descriptors() map[string]int {
	m := make(map[string]int, len(fs.list))
	for _, f := range fs.list {
		if f.FD() >= 0 {
			m[f.Name()] = f.FD()
		}
	}
	return m
}

// reopen is ngx_reopen_files.
func (fs *OpenFiles) reopen(log *errlog.Log, owner int) {
	for _, f := range fs.list {
		if f.Flush != nil {
			f.Flush()
		}
		log.Debug(errlog.DebugEvent, "reopen file \"%s\", fd:%d", f.Name(), f.FD())
		if err := f.Reopen(); err != nil {
			log.Emerg(err, `open() "%s" failed`, f.Name())
			continue
		}
		if owner >= 0 {
			giveTo(log, f.Name(), owner, 0o600)
		}
	}
}

// giveTo logs with nginx's texts what file.GiveTo could not do.
func giveTo(log *errlog.Log, path string, owner int, need uint32) bool {
	call, err := file.GiveTo(path, owner, need)
	switch call {
	case "":
		return true
	case "chown":
		log.Emerg(err, `chown("%s", %d) failed`, path, owner)
	default:
		log.Emerg(err, `%s() "%s" failed`, call, path)
	}
	return false
}

func (fs *OpenFiles) close(log *errlog.Log) {
	for _, f := range fs.list {
		if f.Flush != nil {
			f.Flush()
		}
		if err := f.Close(); err != nil {
			log.Emerg(err, `close() "%s" failed`, f.Name())
		}
	}
}
