package errlog

import (
	"slices"
	"sync/atomic"
	"time"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// Chain is the outputs of one level of the configuration, the most talkative
// first: the first one that does not want a line ends the walk.
type Chain struct {
	outs []*out

	// Capture, when set, sees each line first and may keep it (true) from the
	// outputs: OpenResty's lua_capture_error_log.
	Capture func(level Level, line []byte) bool
}

// out is what one error_log directive names: a file or a writer.
type out struct {
	level  Level
	file   *file.Append
	writer writer
	full   atomic.Int64 // the second in which the disk was found full
}

// writer is an output that is no file.
type writer interface {
	writeLine(level Level, line []byte)
	close()
}

// NewChain is a chain with one file as its output: the log of a program's start.
func NewChain(f *file.Append, level Level) *Chain {
	return &Chain{outs: []*out{{level: level, file: f}}}
}

// Log is a speaker into this chain.
func (c *Chain) Log() Log { return Log{level: c.Level(), chain: c} }

// Level is up to which level any of the outputs wants lines.
func (c *Chain) Level() Level {
	if len(c.outs) == 0 {
		return 0
	}
	return c.outs[0].level
}

// File is the most talkative output that is a file or standard error, nil when
// there is none.
func (c *Chain) File() *file.Append {
	for _, o := range c.outs {
		if o.file != nil {
			return o.file
		}
	}
	return nil
}

// AddDefault adds the program's own log file at level error when no directive
// named any file (ngx_log_open_default).
func (c *Chain) AddDefault(open func() *file.Append) {
	if c.File() == nil {
		c.insert(&out{level: Error, file: open()})
	}
}

// SetReporter gives the syslog outputs a log for their own troubles.
func (c *Chain) SetReporter(l Log) {
	for _, o := range c.outs {
		if s, ok := o.writer.(*Syslog); ok {
			s.Report = l
		}
	}
}

// Close ends the outputs that are no files.
func (c *Chain) Close() {
	for _, o := range c.outs {
		if o.writer != nil {
			o.writer.close()
		}
	}
}

// insert keeps the outputs sorted and those of one level in the order written.
func (c *Chain) insert(o *out) {
	i := 0
	for i < len(c.outs) && c.outs[i].level >= o.level {
		i++
	}
	c.outs = slices.Insert(c.outs, i, o)
}

// write sends a finished line to the outputs and tells whether one of them was
// standard error.
func (c *Chain) write(level Level, line []byte, all bool) (wroteStderr bool) {
	if c.Capture != nil && c.Capture(level, line) {
		return false
	}
	for _, o := range c.outs {
		if o.level < level && !all {
			break
		}
		if o.writer != nil {
			o.writer.writeLine(level, line)
			continue
		}
		// A full disk may take long to say so: leave it alone for a second.
		if full := o.full.Load(); full != 0 && full == time.Now().Unix() {
			continue
		}
		if _, err := o.file.Write(line); errno.Number(err) == errno.ENOSPC {
			o.full.Store(time.Now().Unix())
		}
		if o.file.FD() == 2 {
			wroteStderr = true
		}
	}
	return wroteStderr
}
