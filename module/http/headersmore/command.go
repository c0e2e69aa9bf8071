package headersmore

import (
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// command is one directive.
type command struct {
	types    []string // none: any
	statuses []int    // none: any
	headers  []header
	add      bool // -a: leave the lines that are there
	replace  bool // -r: only what is there already
}

// header is what becomes of one header. Without a value it is removed.
type header struct {
	name  string
	value *httpd.Value
	all   bool // the name is the beginning of several
	known known
}

// known are the headers that are more than a line of text.
type known uint8

const (
	line known = iota
	server
	date
	contentType
	contentLength
	lastModified
	location
	acceptRanges
	host
	connection
)

var knownNames = map[string]known{
	"server": server, "date": date, "content-type": contentType, "content-length": contentLength,
	"last-modified": lastModified, "location": location, "accept-ranges": acceptRanges, "host": host, "connection": connection,
}

// read is the setter of all four directives.
func read(c *directive.Call, to *[]command) error {
	var m command
	input := strings.HasSuffix(c.Name, "_input_headers")
	set := strings.HasPrefix(c.Name, "more_set_")
	for i := 0; i < len(c.Args); i++ {
		a := c.Args[i]
		if a == "" {
			continue
		}
		if a[0] != '-' {
			h, err := readHeader(c, a, set)
			if err != nil {
				return err
			}
			m.headers = append(m.headers, h)
			continue
		}
		switch {
		case a == "-t" || a == "-s" && !input:
			if i++; i == len(c.Args) {
				return directive.Errorf("%s: option %s takes an argument.", c.Name, a)
			}
			words := strings.Fields(c.Args[i])
			if a == "-t" {
				m.types = append(m.types, words...)
				continue
			}
			for _, w := range words {
				n, err := readStatus(c, w)
				if err != nil {
					return err
				}
				m.statuses = append(m.statuses, n)
			}
		case a == "-a" && set && !input:
			m.add = true
		case a == "-r" && set && input:
			m.replace = true
		default:
			return directive.Errorf("%s: invalid option name: \"%s\"", c.Name, a)
		}
	}
	*to = append(*to, m)
	return nil
}

func readStatus(c *directive.Call, w string) (int, error) {
	for _, d := range []byte(w) {
		if d < '0' || d > '9' {
			return 0, directive.Errorf("%s: invalid digit \"%c\" found in the status code list \"%s\"", c.Name, d, w)
		}
	}
	n, ok := directive.ParseInt(w)
	if !ok {
		return 0, directive.Errorf("%s: invalid status code \"%s\"", c.Name, w)
	}
	return n, nil
}

// readHeader takes "Name: value" apart. The directives that clear look at the name
// only, and may say how several begin.
func readHeader(c *directive.Call, text string, set bool) (header, error) {
	name, value, _ := strings.Cut(text, ":")
	if name == "" {
		return header{}, directive.Errorf("%s: no key found in the header argument: %s", c.Name, text)
	}
	h := header{name: name, known: knownNames[strings.ToLower(name)]}
	value = strings.TrimLeft(value, " ")
	if set && value != "" {
		v, err := httpd.CompileArg(c, value)
		if err != nil {
			return h, err
		}
		h.value = v
	}
	if begin, ok := strings.CutSuffix(name, "*"); ok && !set {
		if begin == "" {
			return h, directive.Errorf("%s: wildcard key too short: %s", c.Name, name)
		}
		h.name, h.all = begin, true
	}
	return h, nil
}

// eval is the value for a request; one that comes out empty removes the header.
func (h *header) eval(r *httpd.Request) string {
	if h.value == nil {
		return ""
	}
	return h.value.Eval(r)
}

// covers tells whether a line of a header is meant.
func (h *header) covers(name string) bool {
	if h.all {
		return len(name) >= len(h.name) && http1.EqualFold(name[:len(h.name)], h.name)
	}
	return http1.EqualFold(name, h.name)
}

func (h *header) removeFrom(list []httpd.Header) []httpd.Header {
	return slices.DeleteFunc(list, func(l httpd.Header) bool { return h.covers(l.Name) })
}

// wants tells whether a message is of a type that the command is for. What stands
// behind the type does not count.
func (m *command) wants(mime string) bool {
	if m.types == nil {
		return true
	}
	mime, _, _ = strings.Cut(mime, ";")
	mime = strings.TrimRight(mime, " ")
	return slices.ContainsFunc(m.types, func(t string) bool { return http1.EqualFold(t, mime) })
}
