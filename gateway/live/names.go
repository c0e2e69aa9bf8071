package live

import (
	"strings"

	"moongate/edge/wire/http1"
)

// Names say what of a request may be noted. The gateway process, which knows all plugins,
// tells them to the workers; what it has not told of is not noted. All are in lower case.
type Names struct {
	Headers []string // may be seen
	Secret  []string // headers of which only that they were there, and arguments whose values are not seen

	version uint32
}

// Tell has workers go by these names from now on.
func (r *Ring) Tell(n *Names) {
	text := strings.Join(n.Headers, " ") + "\n" + strings.Join(n.Secret, " ")
	if len(text) > maxNames {
		text = "\n" // nobody can be told what is secret: then nothing is shown
	}
	r.seg.Lock()
	defer r.seg.Unlock()
	r.head.length = uint32(copy(r.head.names[:], text))
	if r.head.version.Add(1) == 0 {
		r.head.version.Store(1)
	}
}

// Names are those that were told last; nil: nobody has told any.
func (r *Ring) Names() *Names {
	version := r.head.version.Load()
	if n := r.names.Load(); n != nil && n.version == version {
		return n
	}
	if version == 0 {
		return nil
	}
	r.seg.Lock()
	version = r.head.version.Load()
	text := string(r.head.names[:min(r.head.length, maxNames)])
	r.seg.Unlock()
	headers, secret, _ := strings.Cut(text, "\n")
	n := &Names{Headers: strings.Fields(headers), Secret: strings.Fields(secret), version: version}
	r.names.Store(n)
	return n
}

func among(list []string, name string) bool {
	for _, n := range list {
		if http1.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// Header tells what of a header is noted: its value, or that it was there, or nothing.
func (n *Names) Header(name, value string) (string, bool) {
	switch {
	case among(n.Secret, name):
		return Hidden, true
	case among(n.Headers, name):
		return value, true
	}
	return "", false
}

// What the names of arguments end in, or have in them, whose values are not shown, whatever
// uses them.
var (
	endings  = []string{"key", "sig", "code", "auth", "pass", "pwd", "sid"}
	suspects = []string{"token", "secret", "passw", "session", "jwt", "credential", "signature"}
)

// Query appends arguments without the values that may be secret.
func (n *Names) Query(b []byte, args string) []byte {
	for more := true; more; {
		var pair string
		pair, args, more = strings.Cut(args, "&")
		name, value, has := strings.Cut(pair, "=")
		b = append(b, name...)
		if has {
			if value != "" && n.secret(name) {
				value = Hidden
			}
			b = append(append(b, '='), value...)
		}
		if more {
			b = append(b, '&')
		}
	}
	return b
}

// secret judges the name of an argument. One with escapes in it may stand for any other.
func (n *Names) secret(name string) bool {
	if strings.ContainsAny(name, "%+") || among(n.Secret, name) {
		return true
	}
	for _, s := range endings {
		if i := len(name) - len(s); i >= 0 && http1.EqualFold(name[i:], s) {
			return true
		}
	}
	for _, s := range suspects {
		for i := 0; i+len(s) <= len(name); i++ {
			if http1.EqualFold(name[i:i+len(s)], s) {
				return true
			}
		}
	}
	return false
}
