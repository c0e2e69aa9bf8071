package cache

import (
	"math"
	"os"
	"strings"
	"time"

	"moongate/core/config/directive"
)

// Path is what a proxy_cache_path says.
type Path struct {
	Folder      string // full name, without a slash at the end
	Levels      [3]int // characters in the names of folders, 0 ends it
	UseTempPath bool   // false: temporary files stand beside what they become
	Name        string // of the zone
	Size        int64

	Inactive time.Duration
	MaxSize  int64 // bytes
	MinFree  int64

	Manager, Loader Pace
}

// Pace is how much is done in a row, and how long the pause is after that.
type Pace struct {
	Files            int
	Sleep, Threshold time.Duration
}

// ParsePath reads the arguments of a directive like proxy_cache_path, which is named
// for the error texts; full makes a name full. The errors are nginx's, without their
// place (ngx_http_file_cache_set_slot).
func ParsePath(name string, args []string, full func(string) string) (*Path, error) {
	pace := Pace{100, 50 * time.Millisecond, 200 * time.Millisecond}
	p := &Path{UseTempPath: true, Inactive: 10 * time.Minute, MaxSize: math.MaxInt64, Manager: pace, Loader: pace}
	p.Folder = full(strings.TrimSuffix(args[0], "/"))
	for _, arg := range args[1:] {
		what, value, ok := strings.Cut(arg, "=")
		read := pathArgs[what]
		if !ok || read == nil {
			return nil, directive.Errorf("invalid parameter \"%s\"", arg)
		}
		if err := read(p, what, value, arg); err != nil {
			return nil, err
		}
	}
	if p.Name == "" || p.Size == 0 {
		return nil, directive.Errorf("\"%s\" must have \"keys_zone\" parameter", name)
	}
	return p, nil
}

type pathArg func(p *Path, what, value, arg string) error

var pathArgs = map[string]pathArg{
	"levels":            readLevels,
	"use_temp_path":     readTempPath,
	"keys_zone":         readZone,
	"inactive":          readTime(directive.ParseSec, func(p *Path) *time.Duration { return &p.Inactive }),
	"max_size":          readOffset(func(p *Path) *int64 { return &p.MaxSize }),
	"min_free":          readOffset(func(p *Path) *int64 { return &p.MinFree }),
	"loader_files":      readFiles(func(p *Path) *int { return &p.Loader.Files }),
	"loader_sleep":      readTime(directive.ParseMsec, func(p *Path) *time.Duration { return &p.Loader.Sleep }),
	"loader_threshold":  readTime(directive.ParseMsec, func(p *Path) *time.Duration { return &p.Loader.Threshold }),
	"manager_files":     readFiles(func(p *Path) *int { return &p.Manager.Files }),
	"manager_sleep":     readTime(directive.ParseMsec, func(p *Path) *time.Duration { return &p.Manager.Sleep }),
	"manager_threshold": readTime(directive.ParseMsec, func(p *Path) *time.Duration { return &p.Manager.Threshold }),
}

// readLevels reads "1:2": up to three numbers of one or two characters.
func readLevels(p *Path, _, value, arg string) error {
	levels := strings.Split(value, ":")
	if value == "" {
		return nil
	}
	if len(levels) > len(p.Levels) {
		return directive.Errorf("invalid \"levels\" \"%s\"", arg)
	}
	p.Levels = [3]int{}
	for i, l := range levels {
		if l != "1" && l != "2" {
			return directive.Errorf("invalid \"levels\" \"%s\"", arg)
		}
		p.Levels[i] = int(l[0] - '0')
	}
	return nil
}

func readTempPath(p *Path, _, value, arg string) error {
	if value != "on" && value != "off" {
		return directive.Errorf("invalid use_temp_path value \"%s\", it must be \"on\" or \"off\"", arg)
	}
	p.UseTempPath = value == "on"
	return nil
}

func readZone(p *Path, _, value, arg string) error {
	name, text, found := strings.Cut(value, ":")
	size, ok := directive.ParseSize(text)
	if !found || !ok {
		return directive.Errorf("invalid keys zone size \"%s\"", arg)
	}
	if size < int64(2*os.Getpagesize()) {
		return directive.Errorf("keys zone \"%s\" is too small", arg)
	}
	p.Name, p.Size = name, size
	return nil
}

func readTime(parse func(string) (time.Duration, bool), get func(*Path) *time.Duration) pathArg {
	return func(p *Path, what, value, arg string) error {
		d, ok := parse(value)
		if !ok {
			return directive.Errorf("invalid %s value \"%s\"", what, arg)
		}
		*get(p) = d
		return nil
	}
}

func readOffset(get func(*Path) *int64) pathArg {
	return func(p *Path, what, value, arg string) error {
		n, ok := directive.ParseOffset(value)
		if !ok {
			return directive.Errorf("invalid %s value \"%s\"", what, arg)
		}
		*get(p) = n
		return nil
	}
}

func readFiles(get func(*Path) *int) pathArg {
	return func(p *Path, what, value, arg string) error {
		n, ok := directive.ParseInt(value)
		if !ok {
			return directive.Errorf("invalid %s value \"%s\"", what, arg)
		}
		*get(p) = n
		return nil
	}
}
