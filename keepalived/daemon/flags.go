package daemon

import "strings"

// flag is an option of the command line. Its argument is required, or optional
// ("--name=value" and "-nvalue" only), or there is none.
type flag struct {
	short byte // 0: long only
	long  string
	arg   argument
	set   func(o *options, value string)
}

type argument uint8

const (
	none argument = iota
	required
	optional
)

// found is an option as it stands in the command line; what is wrong with it, if
// anything, is in fault.
type found struct {
	flag  *flag
	value string
	given bool // a value was
	fault string
}

// scan reads a command line as getopt_long does: options and other words in any
// order, short ones together, long ones cut short as long as that is clear. It
// calls take with each option until take returns false, and returns the words that
// are no options.
func scan(flags []flag, args []string, take func(found) bool) (rest []string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		next := func() (string, bool) {
			if i+1 == len(args) {
				return "", false
			}
			i++
			return args[i], true
		}
		switch {
		case arg == "--":
			return append(rest, args[i+1:]...)
		case strings.HasPrefix(arg, "--"):
			if !take(long(flags, arg, next)) {
				return rest
			}
		case len(arg) > 1 && arg[0] == '-':
			for at := 1; at < len(arg); at++ {
				f := short(flags, arg[at], arg[at+1:], next)
				if !take(f) {
					return rest
				}
				if f.given {
					break
				}
			}
		default:
			rest = append(rest, arg)
		}
	}
	return rest
}

// long finds the option of "--name" or "--name=value".
func long(flags []flag, arg string, next func() (string, bool)) found {
	name, value, given := strings.Cut(arg[2:], "=")
	f := named(flags, name)
	switch {
	case f == nil || given && f.arg == none:
		return found{fault: "Unknown option " + arg}
	case f.arg == required && !given:
		if value, given = next(); !given {
			return found{fault: "Missing parameter for option --" + f.long}
		}
	}
	return found{flag: f, value: value, given: given}
}

// named finds the option that has the name, or the only one that begins so.
func named(flags []flag, name string) *flag {
	var only *flag
	several := false
	for i := range flags {
		f := &flags[i]
		if f.long == name {
			return f
		}
		if strings.HasPrefix(f.long, name) {
			several = only != nil
			only = f
		}
	}
	if several {
		return nil
	}
	return only
}

// short finds the option of a letter; behind is what stands behind it in the same
// word.
func short(flags []flag, letter byte, behind string, next func() (string, bool)) found {
	for i := range flags {
		f := &flags[i]
		if f.short != letter || letter == 0 {
			continue
		}
		value, given := "", false
		switch {
		case f.arg == none:
		case behind != "":
			value, given = behind, true
		case f.arg == required:
			if value, given = next(); !given {
				return found{fault: "Missing parameter for option -" + string(letter)}
			}
		}
		return found{flag: f, value: value, given: given}
	}
	return found{fault: "Unknown option -" + string(letter)}
}
