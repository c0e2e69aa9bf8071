package errlog

import (
	"errors"
	"fmt"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/edge/sys/file"
)

// Opener gives the log file of a name, the same one for the same path; it opens
// it later, when the configuration is known to be good.
type Opener interface {
	OpenFile(name string) *file.Append
}

// Place is what an error_log directive needs to know of where it stands.
type Place struct {
	Files    Opener
	Hostname string
	At       syntax.Pos
}

// Add reads the arguments of an error_log directive (ngx_log_set_log) and adds
// the output to the chain. The error is worded without its place.
func (c *Chain) Add(args []string, p Place) error {
	o := &out{}
	target := args[0]
	switch {
	case target == "stderr":
		o.file = p.Files.OpenFile("")
	case strings.HasPrefix(target, "memory:"):
		m, err := parseMemory(target[len("memory:"):], p.At)
		if err != nil {
			return err
		}
		o.writer = m
	case strings.HasPrefix(target, "syslog:"):
		s, err := ParseSyslog(target, p.Hostname)
		if err != nil {
			return err
		}
		o.writer = s
	default:
		o.file = p.Files.OpenFile(target)
	}
	level, err := parseLevels(args[1:])
	if err != nil {
		return err
	}
	o.level = level
	c.insert(o)
	return nil
}

func parseMemory(size string, at syntax.Pos) (*Memory, error) {
	n, ok := directive.ParseSize(size)
	if !ok || n < int64(MaxLine+len(at.File)+40) {
		return nil, fmt.Errorf("invalid buffer size \"%s\"", size)
	}
	if n > 1<<40 {
		return nil, errors.New("the memory log is too big")
	}
	return newMemory(int(n), at.File, at.Line), nil
}
