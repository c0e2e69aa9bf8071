package pcre2

/*
#cgo CFLAGS: -O2 -Wall -Wextra
#cgo LDFLAGS: -l:libpcre2-8.a -lpthread
#cgo noescape mg_regex_match
#cgo nocallback mg_regex_match
#cgo noescape mg_regex_compile
#cgo nocallback mg_regex_compile
#cgo noescape mg_regex_message
#cgo nocallback mg_regex_message
#include "bridge.h"
*/
import "C"

import (
	"runtime"
	"strings"
	"unsafe"
)

// Options of Compile: PCRE2's own.
const (
	Caseless  uint32 = C.PCRE2_CASELESS
	Multiline uint32 = C.PCRE2_MULTILINE
	DotAll    uint32 = C.PCRE2_DOTALL
	Extended  uint32 = C.PCRE2_EXTENDED
	Anchored  uint32 = C.PCRE2_ANCHORED
	UTF       uint32 = C.PCRE2_UTF
	DupNames  uint32 = C.PCRE2_DUPNAMES
	// JavaScript is what PCRE 1 called PCRE_JAVASCRIPT_COMPAT.
	JavaScript uint32 = C.PCRE2_ALT_BSUX | C.PCRE2_ALLOW_EMPTY_CLASS | C.PCRE2_MATCH_UNSET_BACKREF
)

// ByName are the options of Compile that have a meaning for a single match, by their names in pcre2api(3), lower case.
var ByName = map[string]uint32{
	"allow_empty_class":   C.PCRE2_ALLOW_EMPTY_CLASS,
	"alt_bsux":            C.PCRE2_ALT_BSUX,
	"alt_circumflex":      C.PCRE2_ALT_CIRCUMFLEX,
	"alt_verbnames":       C.PCRE2_ALT_VERBNAMES,
	"auto_callout":        0, // there are no callouts
	"caseless":            Caseless,
	"dollar_endonly":      C.PCRE2_DOLLAR_ENDONLY,
	"dotall":              DotAll,
	"dupnames":            DupNames,
	"extended":            Extended,
	"firstline":           C.PCRE2_FIRSTLINE,
	"match_unset_backref": C.PCRE2_MATCH_UNSET_BACKREF,
	"multiline":           Multiline,
	"never_backslash_c":   C.PCRE2_NEVER_BACKSLASH_C,
	"never_ucp":           C.PCRE2_NEVER_UCP,
	"never_utf":           C.PCRE2_NEVER_UTF,
	"no_auto_capture":     C.PCRE2_NO_AUTO_CAPTURE,
	"no_auto_possess":     C.PCRE2_NO_AUTO_POSSESS,
	"no_dotstar_anchor":   C.PCRE2_NO_DOTSTAR_ANCHOR,
	"no_start_optimize":   C.PCRE2_NO_START_OPTIMIZE,
	"ucp":                 C.PCRE2_UCP,
	"ungreedy":            C.PCRE2_UNGREEDY,
	"use_offset_limit":    0, // whoever matches looks where the match begins
	"utf":                 UTF,
}

// Mode says how to compile and match.
type Mode uint32

const (
	DFA        Mode = C.MG_RE_DFA          // the longest match, without groups
	JIT        Mode = C.MG_RE_JIT          // compile to machine code
	NoUTFCheck Mode = C.MG_RE_NO_UTF_CHECK // the subject is known to be valid UTF-8
	LuaLimits  Mode = C.MG_RE_LUA          // match within the limits of SetLuaLimits
)

// Code is a compiled pattern.
type Code struct {
	re      *C.mg_regex
	names   []Name
	cleanup runtime.Cleanup
}

// Name is a named group. The same name may stand for several groups (DupNames, or "(?J)" in the pattern).
type Name struct {
	Name  string
	Group int
}

// CompileError is what pcre2_compile said, in nginx's words.
type CompileError struct {
	Pattern string
	Reason  string
	Offset  int
	Code    int
}

// Error is as ngx_regex_compile prints it: the rest of the pattern follows "at" up to its first zero byte.
func (e *CompileError) Error() string {
	s := "pcre2_compile() failed: " + e.Reason + " in \"" + e.Pattern + "\""
	if e.Offset < len(e.Pattern) {
		rest, _, _ := strings.Cut(e.Pattern[e.Offset:], "\x00")
		s += " at \"" + rest + "\""
	}
	return s
}

// Compile compiles a pattern. A pattern that only the JIT compiler refuses is matched without it, as in nginx.
func Compile(pattern string, options uint32, mode Mode) (*Code, error) {
	var code C.int
	var offset C.size_t
	re := C.mg_regex_compile(chars(pattern), C.size_t(len(pattern)), C.int(mode), C.uint32_t(options), &code, &offset)
	if re == nil {
		return nil, &CompileError{pattern, Message(int(code)), int(offset), int(code)}
	}
	c := &Code{re: re}
	c.cleanup = runtime.AddCleanup(c, func(re *C.mg_regex) { C.moongate_ffi_regex_destroy(re) }, re)
	c.readNames()
	return c, nil
}

func (c *Code) readNames() {
	n, size := int(c.re.name_count), int(c.re.name_entry_size)
	if n == 0 {
		return
	}
	// Each entry: the group's number in two bytes, high one first, then the name up to a zero byte.
	table := unsafe.Slice((*byte)(unsafe.Pointer(c.re.name_table)), n*size)
	for i := range n {
		e := table[i*size : (i+1)*size]
		name, _, _ := strings.Cut(string(e[2:]), "\x00")
		c.names = append(c.names, Name{name, int(e[0])<<8 | int(e[1])})
	}
}

// Close frees the pattern at once; the garbage collector does it later otherwise. The Code must not be in use.
func (c *Code) Close() {
	if c.re == nil {
		return
	}
	c.cleanup.Stop()
	C.moongate_ffi_regex_destroy(c.re)
	c.re = nil
}

// Captures is the number of groups.
func (c *Code) Captures() int { return int(c.re.ncaptures) }

// Names are the named groups in order of name.
func (c *Code) Names() []Name { return c.names }

// JITError is 0, or why the JIT compiler refused.
func (c *Code) JITError() int { return int(c.re.jit_error) }

// Size is the memory that pattern and machine code take.
func (c *Code) Size() int { return int(C.mg_regex_size(c.re)) }

func chars(s string) *C.char { return (*C.char)(unsafe.Pointer(unsafe.StringData(s))) }
