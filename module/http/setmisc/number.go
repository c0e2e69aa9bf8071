package setmisc

import (
	cryptorand "crypto/rand"
	"math/rand/v2"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// random is set_random: a number of a range, both ends in it.
func random(r *httpd.Request, texts []string) (string, bool) {
	from, ok := directive.ParseInt(texts[0])
	if !ok {
		r.Logf(errlog.Error, "set_random: bad \"from\" argument: %s", texts[0])
		return "", false
	}
	to, ok := directive.ParseInt(texts[1])
	if !ok {
		r.Logf(errlog.Error, "set_random: bad \"to\" argument: %s", texts[1])
		return "", false
	}
	from, to = min(from, to), max(from, to)
	return r.Int(int64(from) + int64(rand.Uint64N(uint64(to-from)+1))), true
}

const (
	lcalpha  = "abcdefghijklmnopqrstuvwxyz"
	alphanum = lcalpha + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

const maxRandomString = 64

// secureRandom is set_secure_random_*: letters of an alphabet.
func secureRandom(alphabet string) compute {
	return func(r *httpd.Request, texts []string) (string, bool) {
		n, ok := directive.ParseInt(texts[0])
		if !ok || n < 1 || n > maxRandomString {
			r.Logf(errlog.Error, "set_random: bad \"length\" argument: %s", texts[0])
			return "", false
		}
		out := make([]byte, 0, maxRandomString)
		var raw [maxRandomString]byte
		for len(out) < n {
			cryptorand.Read(raw[:])
			for _, c := range raw {
				// What is above the last multiple would make some letters likelier.
				if int(c) < 256-256%len(alphabet) && len(out) < n {
					out = append(out, alphabet[int(c)%len(alphabet)])
				}
			}
		}
		return string(out), true
	}
}

// readRotate is set_rotate: the number behind the variable's own, or behind the last
// one of this location when the variable has none.
func readRotate(c *directive.Call) error {
	index, err := target(c)
	if err != nil {
		return err
	}
	from, err := httpd.CompileArg(c, c.Args[1])
	if err != nil {
		return err
	}
	to, err := httpd.CompileArg(c, c.Args[2])
	if err != nil {
		return err
	}
	return httpd.BuilderOf(c).AppendScript(c, func(r *httpd.Request) httpd.Result {
		current, _ := r.Var(index)
		v, ok := rotate(r, current, from.Eval(r), to.Eval(r))
		return put(r, index, v, ok)
	})
}

func rotate(r *httpd.Request, current, from, to string) (string, bool) {
	lo, ok := directive.ParseInt(from)
	if !ok {
		r.Logf(errlog.Error, "set_rotate: bad \"from\" argument value: \"%s\"", from)
		return "", false
	}
	hi, ok := directive.ParseInt(to)
	if !ok {
		r.Logf(errlog.Error, "set_rotate: bad \"to\" argument value: \"%s\"", to)
		return "", false
	}
	lo, hi = min(lo, hi), max(lo, hi)
	last := &httpd.Conf[conf](r, Module).rotated
	n, ok := directive.ParseInt(current)
	if !ok {
		if current != "" {
			r.Logf(errlog.Error, "set_rotate: bad current value: \"%s\"", current)
		}
		n = lo - 1
		if l := last.Load(); l > 0 {
			n = int(l - 1)
		}
	}
	if n++; n < lo || n > hi {
		n = lo
	}
	last.Store(int64(n) + 1)
	return r.Int(int64(n)), true
}

// readList is upstream_list.
func readList(c *directive.Call, m *mainConf) error {
	name := c.Args[0]
	if _, twice := m.lists[name]; twice {
		return directive.Errorf("duplicate upstream list name: \"%s\"", name)
	}
	m.lists[name] = c.Args[1:]
	return nil
}

// readHashed is set_hashed_upstream. A list that is named outright is looked up now.
func readHashed(c *directive.Call) error {
	if name := c.Args[1]; !strings.Contains(name, "$") && httpd.MainConf[mainConf](httpd.BuilderOf(c), Module).lists[name] == nil {
		return directive.Errorf("set_hashed_upstream: upstream list \"%s\" not found", name)
	}
	return readMany(2, hashed)(c)
}

func hashed(r *httpd.Request, texts []string) (string, bool) {
	list := httpd.RequestMainConf[mainConf](r, Module).lists[texts[0]]
	if list == nil {
		r.Logf(errlog.Error, "set_hashed_upstream: upstream list \"%s\" not found", texts[0])
		return "", false
	}
	return list[hash(texts[1])%uint32(len(list))], true
}

// hash is the one by which the lists have always been divided.
func hash(s string) (h uint32) {
	for i := range len(s) {
		h = h*31 + uint32(s[i])
	}
	return h
}
