package config

import (
	"fmt"
	"net/netip"

	"moongate/keepalived/conf"
)

// reader is one process that goes through the lines.
type reader struct {
	*loader
	who Who
	at  int    // the next line
	raw string // of the statement that is being read
	pos Pos    // of the last one that was read

	known map[string]*BFD       // sessions, for a process that only follows them
	peers map[netip.Addr][]*BFD // and for the one that runs them, by the other end

	target // what the block that is being read makes
}

// next is the next line; what was wrong with it is told.
func (r *reader) next() (*conf.Line, bool) {
	if r.at == len(r.text.Lines) {
		return nil, false
	}
	l := &r.text.Lines[r.at]
	r.at++
	r.pos = l.Pos
	r.faults(l.Faults)
	return l, true
}

func (r *reader) faults(list []conf.Fault) {
	for _, f := range list {
		if f.Once && r.who != ByParent {
			continue
		}
		p := Problem{Text: r.where(f.Pos) + f.Text, Exit: ExitError, Shown: true}
		switch {
		case f.Required:
			p.Exit = ExitSecurity
		case f.Once:
			p.Exit = 0
		}
		r.add(p)
	}
}

// where is a place as the process writes it: only the parent has the files.
func (r *reader) where(p Pos) string {
	if r.who == ByParent {
		return r.text.Where(p)
	}
	return p.Where()
}

// block reads the statements of a block up to its closing brace. As in
// keepalived it is the keyword that decides whether braces are looked for, not
// the braces: one that nobody waits for is left out, and the one that closes
// it then closes the block around it.
func (r *reader) block(b block) {
	open := b != inRoot
	for {
		l, ok := r.next()
		if !ok {
			r.pos = Pos{}
			return
		}
		if open && l.Brace != '{' {
			r.err("Missing '{' at beginning of configuration block")
		}
		switch {
		case l.Brace == '{':
			if !open {
				r.err("Unexpected '{' - ignoring")
			}
		case l.Brace == '}':
			if b != inRoot {
				return
			}
			r.err("Unknown keyword '}'")
		default:
			r.statement(b, l)
		}
		open = false
	}
}

func (r *reader) statement(b block, l *conf.Line) {
	words := l.Words
	r.raw = l.Raw
	k := keywords()[b][words[0]]
	switch {
	case k == nil:
		r.err("Unknown keyword '%s'", words[0])
	case b == inRoot && k.who&r.who == 0:
		if k.body != none {
			r.skip()
		}
	default:
		if len(words) <= k.need {
			r.missing(words)
		}
		switch {
		case k.lacks != "":
			r.lacking(k)
		case k.idle:
			r.aside(k.name)
		}
		skip := false
		if k.set != nil {
			skip = k.set(r, words)
		}
		switch {
		case skip && k.body != none:
			r.skip()
		case k.body == none || k.body == lines:
		default:
			r.block(k.body)
			if k.end != nil {
				k.end(r)
			}
		}
	}
}

// missing is a keyword without its parameter: the one thing that ends keepalived.
func (r *reader) missing(words []string) {
	at := len(words) // the first that is not there
	r.problem(ExitFatal, true, fmt.Sprintf("*** Configuration line starting `%s` is missing a parameter after keyword `%s` at word position %d", words[0], words[at-1], at+1))
	panic(fatal{})
}

// skip leaves a block out, if there is one.
func (r *reader) skip() {
	if r.at == len(r.text.Lines) || r.text.Lines[r.at].Brace != '{' {
		return
	}
	for depth := 0; ; {
		l, ok := r.next()
		if !ok {
			return
		}
		switch l.Brace {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return
			}
		}
	}
}

// lines calls a function with each line of a block that holds no keywords.
func (r *reader) lines(take func(words []string)) {
	for first := true; ; first = false {
		l, ok := r.next()
		switch {
		case !ok || l.Brace == '}':
			return
		case l.Brace == 0:
			take(l.Words)
		case !first:
			take([]string{"{"})
		}
	}
}

// words gives all words of such a block, however many stand in a line.
func (r *reader) words() (list []string) {
	r.lines(func(words []string) { list = append(list, words...) })
	return list
}

// finish tells what is wrong with the text as a whole.
func (r *reader) finish() {
	r.faults(r.text.Faults)
	r.pos = Pos{}
	if n := r.text.Open; n > 0 {
		r.err("There are %d missing '}'s or extra '{'s", n)
	}
}

// err is an error of the configuration: shown by -t, which then fails.
func (r *reader) err(format string, args ...any) {
	r.problem(ExitError, true, fmt.Sprintf(format, args...))
}

// security is a script that must not run.
func (r *reader) security(format string, args ...any) {
	r.problem(ExitSecurity, true, fmt.Sprintf(format, args...))
}

// log is what only the daemon says; no place is written.
func (r *reader) log(format string, args ...any) {
	r.add(Problem{Text: fmt.Sprintf(format, args...)})
}

// aside is our own: what we leave out, once.
func (r *reader) aside(what string) {
	if !r.heard[what] {
		r.heard[what] = true
		r.add(Problem{Text: r.where(r.pos) + what + " does nothing here", Debug: true})
	}
}

// lacking is a whole thing that we do not have and that somebody relies on, once.
func (r *reader) lacking(k *keyword) {
	if !r.heard[k.lacks] {
		r.heard[k.lacks] = true
		r.add(Problem{Text: fmt.Sprintf("%s%s: %s is not supported - see metrics_listen", r.where(r.pos), k.name, k.lacks)})
	}
}

func (r *reader) problem(exit int, shown bool, text string) {
	r.add(Problem{Text: r.where(r.pos) + text, Exit: exit, Shown: shown})
}

// maxProblems bounds what is kept of a file that is wrong all over.
const maxProblems = 20000

func (r *reader) add(p Problem) {
	switch n := len(r.problems); {
	case n > maxProblems && p.Exit != ExitFatal:
		return
	case n == maxProblems:
		p.Text = fmt.Sprintf("more than %d problems - the rest is not told", maxProblems)
	}
	p.Who, p.Pos = r.who, r.pos
	r.problems = append(r.problems, p)
}
