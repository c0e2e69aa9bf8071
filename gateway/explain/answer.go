package explain

// Answer is what becomes of a request.
type Answer struct {
	Request  string    `json:"request"`
	Revision uint64    `json:"revision"`
	Tried    []Try     `json:"tried"`        // routes in order of precedence; the last one is it, if one is
	Skipped  int       `json:"skipped"`      // more routes, whose host or path doesn't fit
	Class    *Class    `json:"client_class"` // nil: the client is in none
	Route    *Name     `json:"route"`        // nil: none matched
	Plugins  []Plugin  `json:"plugins"`      // in running order
	Releases []Release `json:"releases"`
	Variant  string    `json:"variant"` // baseline, candidate, or "" without a release
	Service  *Service  `json:"service"`
	Upstream *Upstream `json:"upstream"`
	Targets  []Target  `json:"targets"`
	// Ends says how the gateway itself answers, if it does.
	Ends *Ends `json:"ends"`
}

// Name is an entity.
type Name struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

func (n Name) String() string {
	if n.Name != "" {
		return n.Name
	}
	return n.ID
}

// Class is the class of the client, and why it is that one.
type Class struct {
	Name
	Why string `json:"why"`
}

// Try is a route that was asked, with one of its paths.
type Try struct {
	Route  Name    `json:"route"`
	Path   string  `json:"path,omitempty"`
	Failed *Failed `json:"failed"` // nil: it matched
}

// Failed is the first thing that a route would have otherwise.
type Failed struct {
	Kind     string `json:"kind"`
	Name     string `json:"name,omitempty"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	Text     string `json:"text"`
}

// Plugin is a configuration that counts for the request.
type Plugin struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Scope string `json:"scope"`              // everywhere, or "route", "service and consumer", ...
	Skips string `json:"skips,omitzero"`     // why it does nothing for this request
	For   string `json:"for,omitzero"`       // "some consumers": only they have one
	State string `json:"state,omitzero"`     // of a circuit breaker, or X-Cache-Status
	Why   string `json:"why,omitzero"`       // it is so
	Key   string `json:"cache_key,omitzero"` // X-Cache-Key
}

// Release is what a release says.
type Release struct {
	Name
	State   string `json:"state"`
	Share   string `json:"share"`
	Decides bool   `json:"decides"`
	Variant string `json:"variant,omitempty"`
	Why     string `json:"why"`
}

// Service is where the request goes.
type Service struct {
	Name
	URL  string `json:"url"`  // that is asked for there
	Host string `json:"host"` // the header; empty: the target's own
}

// Upstream is the group that the service's host names.
type Upstream struct {
	Name
	Algorithm string `json:"algorithm"`
	Key       string `json:"key,omitempty"` // what consistent hashing goes by
	Version   string `json:"version,omitempty"`
}

// Target is one of those that there are, also if the request can't go there.
type Target struct {
	Target      string    `json:"target"`
	Version     string    `json:"version,omitempty"`
	Weight      int       `json:"weight"`
	Probability float64   `json:"probability"`        // 0 to 1
	Host        string    `json:"host,omitempty"`     // the header, where the service has none
	LeftOut     string    `json:"left_out,omitempty"` // why it is not asked
	Addresses   []Address `json:"addresses"`
}

// Address is one that a target's name stands for.
type Address struct {
	Address     string  `json:"address"`
	Probability float64 `json:"probability"`
	LeftOut     string  `json:"left_out,omitempty"`
}

// Ends is an answer of the gateway's own.
type Ends struct {
	Status int    `json:"status"`
	Why    string `json:"why"`
	Plugin string `json:"plugin,omitempty"` // that gives it
}
