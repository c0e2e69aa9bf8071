package admin

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"moongate/gateway/schema"
)

// LogFile is a log that the configuration names.
type LogFile struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Errors bool   `json:"-"` // it is one of error_log
}

// logLine is what an event of /logs holds. Time is the line's own, as far as it has one in
// nginx's forms, or when it was read.
type logLine struct {
	Time  float64 `json:"time"`
	Text  string  `json:"text"`
	Level string  `json:"level"` // of error_log, "" for others
}

const (
	tailEvery = 250 * time.Millisecond
	maxTails  = 16
)

func (c *call) logNames() *reply { return ok(map[string]any{"data": append([]LogFile{}, c.Logs...)}) }

// logs is GET /logs: a log's last lines, and then those that come. Only what the
// configuration names is read, whatever name is asked for.
func (c *call) logs() *reply {
	name := c.query["name"]
	if name == "" {
		name = "error"
	}
	for i := range c.Logs {
		if c.Logs[i].Name == name {
			return c.tail(&c.Logs[i])
		}
	}
	return message(404, "no log has this name; GET /logs/names has those that there are")
}

func (c *call) tail(f *LogFile) *reply {
	t, err := openTail(f.Path)
	if err != nil {
		return message(404, "the log cannot be read: "+err.Error())
	}
	defer t.close()
	list, err := t.last()
	if err != nil {
		return c.failed(err)
	}
	s, begun := c.beginStream()
	if !begun || s.lines(f, list) != nil {
		return nil
	}
	tick := time.NewTicker(tailEvery)
	defer tick.Stop()
	for said := time.Now(); ; {
		select {
		case <-tick.C:
		case <-c.board.done:
			return nil
		case <-c.r.Context().Done():
			return nil
		}
		list, skipped, err := t.next()
		switch {
		case err != nil:
			return nil
		case skipped > 0:
			err = s.write(fmt.Sprintf("event: gap\ndata: {\"bytes\":%d}\n\n", skipped))
		case len(list) == 0 && time.Since(said) > heartbeat:
			err, said = s.write(": still here\n\n"), time.Now()
		}
		if len(list) > 0 && err == nil {
			err, said = s.lines(f, list), time.Now()
		}
		if err != nil {
			return nil
		}
	}
}

// lines sends lines at once.
func (s *stream) lines(f *LogFile, list []string) error {
	var b bytes.Buffer
	now := time.Now()
	for _, text := range list {
		l := logLine{Text: text}
		at := now
		if f.Errors {
			at, l.Level = parseError(text, now)
		} else {
			at = parseAccess(text, now)
		}
		l.Time = float64(at.UnixMilli()) / 1000
		data, err := schema.Encode(l)
		if err != nil {
			return err
		}
		b.WriteString("event: line\ndata: ")
		b.Write(data)
		b.WriteString("\n\n")
	}
	if b.Len() == 0 {
		return nil
	}
	return s.send(b.Bytes())
}

// parseError takes "2026/01/02 03:04:05 [level] ..." apart.
func parseError(text string, now time.Time) (time.Time, string) {
	const form = "2006/01/02 15:04:05"
	if len(text) < len(form)+3 || text[len(form)+1] != '[' {
		return now, ""
	}
	at, err := time.ParseInLocation(form, text[:len(form)], time.Local)
	level, _, closed := strings.Cut(text[len(form)+2:], "]")
	if err != nil || !closed {
		return now, ""
	}
	return at, level
}

// parseAccess looks for "[02/Jan/2026:03:04:05 +0000]", as nginx's own format has it.
func parseAccess(text string, now time.Time) time.Time {
	_, rest, _ := strings.Cut(text, "[")
	stamp, _, _ := strings.Cut(rest, "]")
	if at, err := time.Parse("02/Jan/2006:15:04:05 -0700", stamp); err == nil {
		return at
	}
	return now
}
