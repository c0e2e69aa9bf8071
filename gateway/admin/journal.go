package admin

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"
)

// Journal is who came in, who did what to users, and who threw something out of memory, at
// this node: what no revision tells.
// What is tried and fails has files and a bound of its own: strangers who try for days must
// not push out who came in. It never holds what was typed, as passwords do land in the
// field for the name.
type Journal struct {
	path string // "": in memory only
	log  func(text string)

	mu    sync.Mutex
	kept  [2][]Entry // done, failed: the latest last
	bytes [2]int64   // of the files
}

// Entry is one line of it.
type Entry struct {
	Time  time.Time `json:"time"`
	Event string    `json:"event"`
	Who   string    `json:"who"` // "" if nobody knows
	From  string    `json:"from"`
	About string    `json:"about,omitempty"` // whom, if that is somebody else; or what
	Why   string    `json:"why"`
}

// Events of the journal.
const (
	cameIn       = "login"
	wentOut      = "logout"
	refused      = "login_failed"
	userMade     = "user_created"
	userChanged  = "user_changed"
	userRemoved  = "user_removed"
	tokenMade    = "token_created"
	tokenRemoved = "token_removed"
	entryDropped = "entry_dropped"
)

var journalEvents = []any{cameIn, wentOut, refused, userMade, userChanged, userRemoved, tokenMade, tokenRemoved, entryDropped}

const (
	maxEntries = 2000    // of each of the two, in memory
	maxJournal = 1 << 20 // bytes of a file; then it becomes the one before
)

// OpenJournal reads what was noted before: PATH, PATH.failed, and of each an older one.
func OpenJournal(path string, log func(text string)) *Journal {
	j := &Journal{path: path, log: log}
	if path == "" {
		return j
	}
	for i := range j.kept {
		for _, name := range []string{j.file(i) + ".1", j.file(i)} {
			if err := j.load(i, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				log("journal of the Admin API: " + err.Error())
			}
		}
	}
	return j
}

func (j *Journal) file(i int) string {
	if i == 1 {
		return j.path + ".failed"
	}
	return j.path
}

func (j *Journal) load(i int, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	j.bytes[i] = 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		j.bytes[i] += int64(len(lines.Bytes())) + 1
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil && e.Event != "" {
			j.keep(i, e)
		}
	}
	return nil
}

func (j *Journal) keep(i int, e Entry) {
	if n := len(j.kept[i]); n > 0 && !e.Time.After(j.kept[i][n-1].Time) {
		e.Time = j.kept[i][n-1].Time.Add(time.Microsecond) // times are places on pages
	}
	if j.kept[i] = append(j.kept[i], e); len(j.kept[i]) > 2*maxEntries {
		j.kept[i] = slices.Clone(j.kept[i][len(j.kept[i])-maxEntries:])
	}
}

// note adds an entry.
func (j *Journal) note(e Entry) {
	e.Time = e.Time.UTC().Truncate(time.Microsecond)
	i := 0
	if e.Event == refused {
		i = 1
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.keep(i, e)
	if j.path == "" {
		return
	}
	if err := j.append(i, j.kept[i][len(j.kept[i])-1]); err != nil {
		j.log("journal of the Admin API: " + err.Error())
	}
}

func (j *Journal) append(i int, e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if j.bytes[i]+int64(len(line)) > maxJournal {
		if err := os.Rename(j.file(i), j.file(i)+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		j.bytes[i] = 0
	}
	f, err := os.OpenFile(j.file(i), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	n, err := f.Write(line)
	j.bytes[i] += int64(n)
	return errors.Join(err, f.Close())
}

// before is the latest entries that are older than a time, the latest first, at most n.
func (j *Journal) before(t time.Time, n int) (out []Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, list := range j.kept {
		end, _ := slices.BinarySearchFunc(list, t, func(e Entry, t time.Time) int { return e.Time.Compare(t) })
		out = append(out, list[max(0, end-n):end]...)
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return b.Time.Compare(a.Time) })
	return out[:min(n, len(out))]
}

// note adds what the caller has done.
func (c *call) note(event, about, why string) {
	c.journal.note(Entry{Time: c.now, Event: event, Who: c.who.Name, From: c.from(), About: about, Why: why})
}
