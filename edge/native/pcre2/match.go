package pcre2

// #include "bridge.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// What Match answers when it is negative. Others are in pcre2api(3).
const (
	NoMatch       = C.PCRE2_ERROR_NOMATCH
	MatchLimit    = C.PCRE2_ERROR_MATCHLIMIT
	JITStackLimit = C.PCRE2_ERROR_JIT_STACKLIMIT
	BadOffset     = C.PCRE2_ERROR_BADOFFSET
)

// Match looks for the pattern from offset on. The answer is pcre2_match's: the highest group that took part plus one, or a
// negative error. ovector gets pairs of offsets, -1 for a group that took no part, as many as there are groups and it
// has place for.
func (c *Code) Match(subject string, offset int, mode Mode, ovector []int32) int {
	if uint(offset) > uint(len(subject)) {
		return BadOffset
	}
	var out *C.int32_t
	if len(ovector) > 1 {
		out = (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(ovector)))
	}
	rc := C.mg_regex_match(c.re, C.int(mode), chars(subject), C.size_t(len(subject)), C.size_t(offset), out, C.int(len(ovector)/2))
	runtime.KeepAlive(c)
	return int(rc)
}

// Message is the text of an error code.
func Message(code int) string {
	var buf [128]C.char
	n := C.mg_regex_message(C.int(code), &buf[0], 128)
	if n < 0 {
		return "unknown error"
	}
	return C.GoString(&buf[0])
}

// SetLuaLimits sets what matches with LuaLimits may use: lua_regex_match_limit (0: the default) and the size of the
// JIT stack in bytes (0: 32 KiB of the machine's stack, as when nobody has called ngx.re.opt("jit_stack_size")).
func SetLuaLimits(match, jitStack int) {
	C.mg_regex_set_lua(C.uint32_t(match), C.uint32_t(jitStack))
}

// Version is PCRE2's, as "10.42 2022-12-11".
func Version() string {
	var buf [64]C.char
	C.pcre2_config_8(C.PCRE2_CONFIG_VERSION, unsafe.Pointer(&buf[0]))
	return C.GoString(&buf[0])
}
