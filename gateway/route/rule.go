package route

import "net/netip"

// Rule is one route as its owner writes it. It must not change once it is in a table. An attribute that is empty is not asked
// for; one at least is needed.
type Rule struct {
	ID        string
	Hosts     []string // plain, "*.example.com" or "example.*", each with ":port" or without
	Paths     []string // prefixes, or "~" and a regex that is anchored at the start
	Methods   []string
	Headers   map[string][]string // one of the values, whatever their case; a single value "~*..." is a regex
	Queries   map[string][]string // likewise, but values keep their case
	Cookies   map[string][]string // likewise
	Sources   []Source
	Classes   []string // of clients
	SNIs      []string // not asked for where the request did not come by TLS
	Protocols []string // https without http: Result.NeedTLS for a plain request

	RegexPriority int
	Priority      int // before all that Kong looks at
	CreatedAt     int64
	Data          any // the owner's
}

// Source is where a client may come from. A zero Prefix is any address, port 0 any port.
type Source struct {
	Prefix netip.Prefix
	Port   uint16
}

// Check finds what is wrong with a rule: a *Fault.
func Check(r *Rule) error {
	_, err := compile(r)
	return err
}

// Fault is why a rule is refused.
type Fault struct {
	ID      string // of the rule
	Pointer string // /paths/1: the second path; "" is the rule itself
	Err     error
}

func (f *Fault) Error() string { return "route " + f.ID + ": " + f.Err.Error() }
func (f *Fault) Unwrap() error { return f.Err }

// Request is what Find looks at. Strings may be views into a buffer: nothing of them is kept, save in Result.
type Request struct {
	Host   string // in lower case, without port: see SplitHost
	Port   uint16 // of the Host header, or the scheme's own
	Path   string // as Normalize makes it
	Method string
	Scheme string // http or https
	SNI    string
	Class  string // of the client; "" for none
	Client netip.AddrPort
	Values Values
}

// Values gives what few rules ask for. i counts from 0 as long as ok.
type Values interface {
	Header(name string, i int) (value string, ok bool) // name is in lower case
	Query(name string, i int) (value string, ok bool)
	Cookie(name string, i int) (value string, ok bool)
}

func (r *Request) tls() bool { return r.Scheme == "https" }
