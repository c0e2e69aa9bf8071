package cycle

import (
	"os"
	"path/filepath"
	"strings"

	"moongate/core/config"
	"moongate/core/config/syntax"
)

// Purpose is why a configuration is built.
type Purpose uint8

const (
	Serve   Purpose = iota // to serve, as master, worker or both in one
	Test                   // -t
	Signal                 // -s: only to find the pid file
	Explain                // to look at it: nothing is opened
)

// Options are the command line, and what of it is the same for all generations.
type Options struct {
	Prefix     string // ends with a slash
	ConfPrefix string // the folder of ConfFile, with the slash
	ConfFile   string // full name
	ErrorLog   string // -e; empty for standard error
	Params     string // -g
	Purpose    Purpose
	Quiet      bool
	Hostname   string       // lower case
	Watch      config.Watch `json:"-"` // of purpose Explain: what was written where
}

// Complete derives what follows from the other fields (ngx_process_options).
func (o *Options) Complete() {
	if o.Prefix != "" && !strings.HasSuffix(o.Prefix, "/") {
		o.Prefix += "/"
	}
	o.ConfFile = syntax.FullName(o.Prefix, o.ConfFile)
	o.ConfPrefix = o.Prefix
	if i := strings.LastIndexByte(o.ConfFile, '/'); i > 0 {
		o.ConfPrefix = o.ConfFile[:i+1]
	}
	if o.Hostname == "" {
		name, _ := os.Hostname()
		o.Hostname = strings.ToLower(name)
	}
}

// DefaultPrefix is the folder that relative names start from without -p: the
// one above the program's own folder when a configuration lies there, so that an
// unpacked archive runs where it is, else the place of an installation.
func DefaultPrefix(program string) string {
	if real, err := filepath.EvalSymlinks(program); err == nil {
		dir := filepath.Dir(filepath.Dir(real))
		if st, err := os.Stat(filepath.Join(dir, DefaultConf)); err == nil && st.Mode().IsRegular() {
			return strings.TrimSuffix(dir, "/") + "/"
		}
	}
	return InstalledPrefix
}

const (
	// InstalledPrefix is used when no configuration lies beside the program.
	InstalledPrefix = "/usr/local/moongate/"
	// The names that nginx's configure has as defaults, all below the prefix.
	DefaultConf     = "conf/nginx.conf"
	DefaultErrorLog = "logs/error.log"
	DefaultPid      = "logs/nginx.pid"
	DefaultLock     = "logs/nginx.lock"
	defaultUser     = "nobody"
)
