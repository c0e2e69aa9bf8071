package regex

import (
	"moongate/edge/native/pcre2"
)

// Options are the letters of ngx.re, read.
type Options struct {
	pcre     uint32
	mode     pcre2.Mode
	Once     bool // o: keep what was compiled
	DFA      bool // d: the longest match, no groups
	JIT      bool // j
	DupNames bool // D: a name may occur twice, and its captures come as a table
}

// OptionError is an unknown letter.
type OptionError struct{ Flag, Flags string }

// Error is as lua-resty-core words it.
func (e *OptionError) Error() string {
	return "unknown flag \"" + e.Flag + "\" (flags \"" + e.Flags + "\")"
}

// ParseOptions reads the letters of ngx.re.match and its sisters.
func ParseOptions(opts string) (Options, error) {
	o := Options{mode: pcre2.LuaLimits}
	for i := range len(opts) {
		switch opts[i] {
		case 'a':
			o.pcre |= pcre2.Anchored
		case 'd':
			o.DFA = true
			o.mode |= pcre2.DFA
		case 'D':
			o.DupNames = true
			o.pcre |= pcre2.DupNames
		case 'i':
			o.pcre |= pcre2.Caseless
		case 'j':
			o.JIT = true
			o.mode |= pcre2.JIT
		case 'J':
			o.pcre |= pcre2.JavaScript
		case 'm':
			o.pcre |= pcre2.Multiline
		case 'o':
			o.Once = true
		case 's':
			o.pcre |= pcre2.DotAll
		case 'u':
			o.pcre |= pcre2.UTF
		case 'U':
			o.pcre |= pcre2.UTF
			o.mode |= pcre2.NoUTFCheck
		case 'x':
			o.pcre |= pcre2.Extended
		default:
			return Options{}, &OptionError{opts[i : i+1], opts}
		}
	}
	return o, nil
}

// SetLuaLimits sets lua_regex_match_limit (0: none of our own) and the size of the JIT stack that
// ngx.re.opt("jit_stack_size") asks for (0: none was asked for; at least 32 KiB otherwise).
func SetLuaLimits(match, jitStack int) {
	if jitStack > 0 && jitStack < 32<<10 {
		jitStack = 32 << 10
	}
	pcre2.SetLuaLimits(match, jitStack)
}

// Version is PCRE2's, for the debug log and -V.
func Version() string { return pcre2.Version() }
