package syntax

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Reader is where configuration text comes from.
type Reader interface {
	ReadFile(name string) ([]byte, error)
	// Glob gives the names that match, sorted by their bytes; none is no error.
	Glob(pattern string) ([]string, error)
}

// Disk reads from the file system.
type Disk struct{}

func (Disk) ReadFile(name string) ([]byte, error)  { return os.ReadFile(name) }
func (Disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (Disk) Glob(pattern string) ([]string, error) { return globDisk(pattern), nil }

// HasMagic says whether an include names a pattern: nginx asks strpbrk.
func HasMagic(name string) bool { return strings.ContainsAny(name, "*?[") }

// FullName is ngx_get_full_name: a relative name is put behind the prefix,
// which ends with a slash, without any cleaning.
func FullName(prefix, name string) string {
	if path.IsAbs(name) {
		return name
	}
	return prefix + name
}

// ReadFault words an error of ReadFile as nginx does.
func ReadFault(name string, err error, at Pos) *Error {
	op, level := "open", ""
	if pe := new(os.PathError); errors.As(err, &pe) {
		err = pe.Err
		if pe.Op != "open" {
			// a directory can be opened, but not read; nginx logs that
			// from ngx_read_file, without a place
			op, level, at = "pread", "crit", Pos{}
		}
	}
	return &Error{Text: fmt.Sprintf(`%s() "%s" failed (%s)`, op, name, Errno(err)), Pos: at, Level: level}
}

// Errno words a system error as nginx does: "2: No such file or directory".
func Errno(err error) string {
	if errors.Is(err, os.ErrNotExist) {
		return "2: No such file or directory"
	}
	text := err.Error()
	if text != "" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	// %d of an errno is its number; of anything else a complaint
	if number := fmt.Sprintf("%d", err); strings.Trim(number, "0123456789") == "" && number != "" {
		return number + ": " + text
	}
	return text
}
