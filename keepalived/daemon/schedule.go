package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"moongate/edge/sys/inotify"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// schedule is reload_time_file: a file whose first line says when to reload.
type schedule struct {
	path    string // empty: there is none
	watcher *inotify.Watcher
	changed chan struct{} // the file may be another
	at      time.Time     // zero: no reload is due
	dated   bool          // a day is written, too
	due     <-chan time.Time
}

// form is how times are shown.
const form = "2006-01-02 15:04:05"

// followSchedule begins to follow the file that the configuration names, at the start and
// after a reload.
func (p *parent) followSchedule() {
	s := &p.schedule
	if path := p.config.Global.ReloadTimeFile; path != s.path {
		s.close()
		*s = schedule{path: path}
		if path == "" {
			return
		}
		w, err := inotify.New()
		if err == nil {
			err = w.Add(filepath.Dir(path))
		}
		if err != nil {
			p.log(role.Info, "reload_time_file %s can't be followed: %s", path, err)
			return
		}
		s.watcher, s.changed = w, make(chan struct{}, 1)
		go listen(w, path, s.changed)
	}
	if s.path != "" {
		s.at = time.Time{} // it is told again
		p.readSchedule()
	}
}

// listen tells of changes of a file until its watcher is closed.
func listen(w *inotify.Watcher, path string, changed chan<- struct{}) {
	for {
		paths, err := w.Next()
		if err != nil {
			return
		}
		for _, name := range paths {
			if name == "" || name == path {
				select {
				case changed <- struct{}{}:
				default:
				}
			}
		}
	}
}

func (s *schedule) close() {
	if s.watcher != nil {
		s.watcher.Close()
	}
}

// readSchedule looks into the file.
func (p *parent) readSchedule() {
	s := &p.schedule
	was := s.at
	s.at, s.due = time.Time{}, nil
	b, err := os.ReadFile(s.path)
	if err == nil {
		line, _, _ := strings.Cut(string(b), "\n")
		s.at, s.dated, err = reloadTime(line, time.Now())
		switch err {
		case errTime:
			p.log(role.Info, "Invalid reload time '%s' specified - ignoring", line)
		case errPast:
			p.log(role.Info, "Reload time %s is in the past - ignoring", line)
		}
	}
	switch at := s.at.Local().Format(form); {
	case s.at.IsZero() && !was.IsZero():
		p.log(role.Info, "Cancelling reload scheduled for %s", was.Local().Format(form))
	case s.at.IsZero() || s.at.Equal(was):
	case was.IsZero():
		p.log(role.Info, "Scheduling reload for %s", at)
	default:
		p.log(role.Info, "Reload time updated from %s to %s", was.Local().Format(form), at)
	}
	s.wait()
}

// look is how often the clock is compared with the time of the reload: somebody may set it.
const look = 30 * time.Second

func (s *schedule) wait() {
	if !s.at.IsZero() {
		s.due = time.After(min(time.Until(s.at), look))
	}
}

// onSchedule reloads when it is time. The file has done its work then, unless the reload
// is wanted every day.
func (p *parent) onSchedule() {
	s := &p.schedule
	if time.Now().Before(s.at) {
		s.wait()
		return
	}
	s.at, s.due = time.Time{}, nil
	if s.dated || !p.config.Global.ReloadRepeat {
		os.Remove(s.path)
	}
	p.reload()
}

var (
	errTime = errors.New("no time")
	errPast = errors.New("a time that is over")
)

// reloadTime reads "HH:MM:SS", perhaps with "YY-MM-DD " or "YYYY-MM-DD " in front and a Z
// behind. A time without a date is the next of that kind.
func reloadTime(text string, now time.Time) (at time.Time, dated bool, err error) {
	text, utc := strings.CutSuffix(text, "Z")
	now = now.Local()
	if utc {
		now = now.UTC()
	}
	if t, err := time.ParseInLocation(time.TimeOnly, text, now.Location()); err == nil && len(text) == len(time.TimeOnly) {
		y, m, d := now.Date()
		for day := d; ; day++ {
			at := time.Date(y, m, day, t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			if at.After(now) {
				return at, false, nil
			}
		}
	}
	for _, layout := range []string{"06-01-02 15:04:05", form} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil && len(text) == len(layout) {
			if !t.After(now) {
				return time.Time{}, true, errPast
			}
			return t, true, nil
		}
	}
	return time.Time{}, false, errTime
}

// scheduled is the reload that is due, for a dump.
func (p *parent) scheduled() status.Reload {
	return status.Reload{At: p.schedule.at, Dated: p.schedule.dated}
}
