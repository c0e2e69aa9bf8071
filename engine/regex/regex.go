package regex

import (
	"strconv"

	"moongate/edge/native/pcre2"
)

// Regex is a pattern of nginx.conf. It may be used by several goroutines.
type Regex struct {
	Pattern  string
	Caseless bool
	literal  literal
	code     *pcre2.Code
}

// Name is a named group: the variable $name is set to what group number Group matched.
type Name = pcre2.Name

// Compile compiles a pattern, or finds the one compiled before.
func Compile(pattern string, caseless bool) (*Regex, error) {
	k := key{pattern, caseless}
	if re := shared.get(k); re != nil {
		return re, nil
	}
	var options uint32
	if caseless {
		options = pcre2.Caseless
	}
	code, err := pcre2.Compile(pattern, options, pcre2.JIT)
	if err != nil {
		return nil, err
	}
	return shared.put(k, &Regex{Pattern: pattern, Caseless: caseless, literal: literalOf(pattern, caseless), code: code}), nil
}

// Captures is the number of groups.
func (re *Regex) Captures() int { return re.code.Captures() }

// Names are the named groups.
func (re *Regex) Names() []Name { return re.code.Names() }

// Error is a match that was neither found nor not found: a limit was reached, mostly.
type Error struct {
	Code             int
	Subject, Pattern string
}

// Error is the text nginx logs at [alert].
func (e *Error) Error() string {
	return "pcre2_match() failed: " + strconv.Itoa(e.Code) + " on \"" + e.Subject + "\" using \"" + e.Pattern + "\""
}

// Exec looks for the pattern in s. captures gets pairs of offsets for the whole match and each group, -1 where a group
// took no part; all the groups it has place for are written. n is how many offsets hold a value, 0 when nothing was found.
func (re *Regex) Exec(s string, captures []int32) (n int, err error) {
	if re.literal.rejects(s) {
		return 0, nil
	}
	rc := re.code.Match(s, 0, pcre2.JIT, captures)
	if rc > 0 {
		return min(2*(re.code.Captures()+1), len(captures)&^1), nil
	}
	if rc == pcre2.NoMatch {
		return 0, nil
	}
	return 0, &Error{rc, s, re.Pattern}
}

// Match tells whether s matches.
func (re *Regex) Match(s string) (bool, error) {
	if re.literal.rejects(s) {
		return false, nil
	}
	rc := re.code.Match(s, 0, pcre2.JIT, nil)
	if rc >= 0 {
		return true, nil
	}
	if rc == pcre2.NoMatch {
		return false, nil
	}
	return false, &Error{rc, s, re.Pattern}
}

// Capture is what group i matched; "" when it took no part.
func Capture(s string, captures []int32, i int) string {
	if uint(2*i+1) >= uint(len(captures)) || captures[2*i] < 0 || captures[2*i+1] < captures[2*i] {
		return ""
	}
	return s[captures[2*i]:captures[2*i+1]]
}

// MatchAny tells whether s matches one of the list, as ngx_regex_exec_array does: it ends at the first that matches or fails.
func MatchAny(list []*Regex, s string) (bool, error) {
	for _, re := range list {
		if ok, err := re.Match(s); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}
