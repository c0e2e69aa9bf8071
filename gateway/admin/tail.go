package admin

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// tail reads a log file as it grows. It follows the path: when another file is there, be it
// that logs are rotated, it reads the old one to its end and goes on with the new one.
type tail struct {
	path  string
	f     *os.File
	at    int64
	line  []byte // that has not ended yet
	cut   bool   // its beginning was too long already
	moved bool   // another file is there since the last reading
}

// How much is read.
const (
	tailLines = 200       // at first
	tailFirst = 256 << 10 // bytes at the end, in which they are looked for
	tailRead  = 256 << 10 // at once
	tailMost  = 1 << 20   // what is more behind is left out
	maxLine   = 8 << 10
)

var errNoLog = errors.New("it is no regular file")

// openTail opens a file. Only regular ones are read: a pipe or a terminal would be taken
// something away.
func openTail(path string) (*tail, error) {
	t := &tail{path: path}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNoLog
	}
	if err == nil {
		t.f, err = os.Open(path)
	}
	return t, err
}

func (t *tail) close() { t.f.Close() }

// last gives the last lines that are there, and begins behind them.
func (t *tail) last() ([]string, error) {
	info, err := t.f.Stat()
	if err != nil {
		return nil, err
	}
	t.at = max(0, info.Size()-tailFirst)
	broken := t.at > 0 // the first line is one's end
	list, err := t.read()
	if broken && len(list) > 0 {
		list = list[1:]
	}
	return list[max(0, len(list)-tailLines):], err
}

// next gives lines that are new, and how many bytes were left out before them.
func (t *tail) next() (list []string, skipped int64, err error) {
	info, err := t.f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if info.Size() < t.at { // somebody has cut it off
		t.at, t.line, t.cut = 0, t.line[:0], false
	}
	if behind := info.Size() - t.at; behind > tailMost {
		skipped = behind - tailRead/2
		t.at, t.line, t.cut = t.at+skipped, t.line[:0], true // the line that it begins in is left out
	}
	if list, err = t.read(); err != nil || len(list) > 0 {
		return list, skipped, err
	}
	return list, skipped, t.follow(info)
}

// follow goes on with another file if one is there, but not before the old one has stood
// still for a while: not all workers reopen at the same time.
func (t *tail) follow(old os.FileInfo) error {
	info, err := os.Stat(t.path)
	if err != nil || os.SameFile(info, old) || !info.Mode().IsRegular() {
		t.moved = false
		return nil // it may come back
	}
	if !t.moved {
		t.moved = true
		return nil
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil
	}
	t.f.Close()
	t.f, t.at, t.line, t.cut, t.moved = f, 0, t.line[:0], false, false
	return nil
}

// read reads on, up to tailRead bytes, and gives the lines that have ended.
func (t *tail) read() (list []string, err error) {
	buf := make([]byte, tailRead)
	n, err := t.f.ReadAt(buf, t.at)
	if err != nil && err != io.EOF {
		return nil, err
	}
	t.at += int64(n)
	for buf = buf[:n]; len(buf) > 0; {
		end := bytes.IndexByte(buf, '\n')
		if end < 0 {
			t.add(buf)
			break
		}
		t.add(buf[:end])
		if buf = buf[end+1:]; !t.cut || len(t.line) > 0 {
			list = append(list, string(bytes.ToValidUTF8(t.line, []byte("\uFFFD"))))
		}
		t.line, t.cut = t.line[:0], false
	}
	return list, nil
}

// add takes a part of a line, as far as lines may be long.
func (t *tail) add(b []byte) {
	if room := maxLine - len(t.line); t.cut {
		return
	} else if len(b) > room {
		b, t.cut = b[:room], true
	}
	t.line = append(t.line, b...)
}
