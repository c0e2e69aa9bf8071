package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"moongate/edge/sys/inotify"
	"moongate/keepalived/config"
)

// file is FILE_CHECK: the number in a file is added to the server's weight, times
// a weight of its own; with weight 0 any number but 0 is a failure.
type file struct {
	c     *config.Checker
	path  string
	files *Files
	Names
	plain
}

func newFile(c *config.Checker, n Names, env *Env) (*file, error) {
	for _, f := range env.Config.Files {
		if f.Name == c.File.Name {
			return &file{c: c, path: filepath.Clean(f.Path), files: env.Files, Names: n}, nil
		}
	}
	return nil, fmt.Errorf("track_file %s not found", c.File.Name)
}

// look reads the file. One that is not there stands for 0.
func (k *file) look() outcome {
	b, _ := os.ReadFile(k.path)
	return k.judge(string(b))
}

func (k *file) judge(text string) outcome {
	value, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if k.c.File.Weight == 0 {
		return outcome{good: (value == 0) != k.c.File.Reverse, why: "FAULT state", weighed: true}
	}
	weight := value * int64(k.c.File.Weight)
	if k.c.File.Reverse {
		weight = -weight
	}
	return outcome{good: true, weighed: true, weight: int(max(-maxWeight, min(maxWeight, weight)))}
}

// maxWeight is the highest weight of a server, so that more makes no difference.
const maxWeight = 65535

func (k *file) watch(ctx context.Context, tell func(context.Context, *outcome)) {
	changed, done := k.files.watch(k.path)
	defer done()
	for {
		o := k.look()
		tell(ctx, &o)
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

func (k *file) try(context.Context) outcome { return k.look() }

func (k *file) again(*outcome, int, bool) string { return "" }

func (k *file) up(*outcome) string {
	return "(" + k.Real + "): tracked file " + k.c.File.Name + " leaving FAULT state"
}

func (k *file) down(*outcome, bool) string {
	return "(" + k.Real + "): tracked file " + k.c.File.Name + " now FAULT state"
}

func (k *file) mail(_ *outcome, up bool) string { return mailLine("FILE", up) }

func (k *file) traits() traits { return traits{steady: true} }

// Files follows the files of FILE_CHECK: one watcher for all checks.
type Files struct {
	watcher *inotify.Watcher

	mu   sync.Mutex
	subs map[string]map[chan struct{}]bool
}

// NewFiles begins to follow files. Where the system has no watch left it is in the
// error, and files are only read when checks start.
func NewFiles() (*Files, error) {
	f := &Files{subs: map[string]map[chan struct{}]bool{}}
	w, err := inotify.New()
	if err != nil {
		return f, err
	}
	f.watcher = w
	go f.run()
	return f, nil
}

// Close ends it.
func (f *Files) Close() {
	if f.watcher != nil {
		f.watcher.Close()
	}
}

func (f *Files) run() {
	for {
		paths, err := f.watcher.Next()
		if err != nil {
			return
		}
		f.mu.Lock()
		for _, p := range paths {
			if p != "" {
				ring(f.subs[p])
				continue
			}
			for _, subs := range f.subs {
				ring(subs)
			}
		}
		f.mu.Unlock()
	}
}

func ring(subs map[chan struct{}]bool) {
	for c := range subs {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// watch tells of changes of a file from now on.
func (f *Files) watch(path string) (changed <-chan struct{}, done func()) {
	c := make(chan struct{}, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs[path] == nil {
		f.subs[path] = map[chan struct{}]bool{}
	}
	f.subs[path][c] = true
	if f.watcher != nil {
		f.watcher.Add(filepath.Dir(path))
	}
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if delete(f.subs[path], c); len(f.subs[path]) == 0 {
			delete(f.subs, path)
		}
	}
}
