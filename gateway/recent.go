package gateway

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/live"
)

// recent is requests that have just ended, as workers note them. It implements
// admin.Requests.
type recent struct {
	*office
	ring *live.Ring

	mu    sync.Mutex
	state *entity.State // that names are of
}

// Recent implements admin.Requests.
func (r *recent) Recent(wanted func(q *admin.Recent) bool) {
	r.tell()
	r.ring.Want(time.Now())
	r.ring.Last(func(e *live.Entry) bool { return wanted(shownRequest(e)) })
}

// refresh tells workers what is secret now, as long as they note anything.
func (r *recent) refresh(now time.Time) {
	if r.ring.WantedAt(now) {
		r.tell()
	}
}

// tell tells workers what may be shown, if that may be something else than before.
func (r *recent) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.desired.State()
	if s == r.state {
		return
	}
	r.state = s
	r.ring.Tell(namesOf(s))
}

func shownRequest(e *live.Entry) *admin.Recent {
	t := &e.Texts
	q := &admin.Recent{Time: rounded(float64(e.Time) / 1e9), ID: t[live.TextID], Method: t[live.TextMethod], Host: t[live.TextHost], Path: t[live.TextPath], Status: e.Status,
		Latency: milli(e.Took), Upstream: milli(e.Upstream), Client: t[live.TextClient], Route: t[live.TextRoute], RouteID: t[live.TextRouteID], Service: t[live.TextService],
		ServiceID: t[live.TextServiceID], Consumer: t[live.TextConsumer], ConsumerID: t[live.TextConsumerID], Target: t[live.TextTarget], Release: t[live.TextRelease],
		Variant: t[live.TextVariant], Who: e.Who.String(), Headers: map[string]string{}, Bytes: e.Sent}
	for _, h := range e.Headers {
		if was, twice := q.Headers[h.Name]; twice {
			h.Value = was + ", " + h.Value
		}
		q.Headers[h.Name] = h.Value
	}
	return q
}

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// plainHeaders may be seen in any request: they tell nothing that is secret, and routes and
// releases decide by some of them. hiddenHeaders never.
var (
	plainHeaders  = []string{"host", "user-agent", "accept", "accept-language", "accept-encoding", "content-type", "content-length", "origin", "upgrade", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "x-request-id"}
	hiddenHeaders = []string{"authorization", "proxy-authorization", "cookie", "apikey"}
)

// namesOf tells what may be shown of requests: headers that everybody knows, and those that
// routes and releases of a state decide by; but nothing that is a credential for a plugin.
func namesOf(s *entity.State) *live.Names {
	show, hide := map[string]bool{}, map[string]bool{}
	add := func(to map[string]bool, names ...string) {
		for _, name := range names {
			if name = strings.ToLower(name); name != "" && !strings.ContainsAny(name, " \t\r\n") {
				to[name] = true
			}
		}
	}
	add(show, plainHeaders...)
	add(hide, hiddenHeaders...)
	for d := range s.All("routes") {
		if e, err := entity.Decode[struct{ Headers map[string][]string }](d); err == nil {
			add(show, slices.Collect(maps.Keys(e.Headers))...)
		}
	}
	for d := range s.All("releases") {
		e, err := entity.Decode[entity.Release](d)
		if err != nil {
			continue
		}
		add(show, slices.Collect(maps.Keys(e.Match.Headers))...)
		for _, i := range []entity.Identity{e.Sticky, e.Match.User, e.Match.VersionFrom} {
			if i.From == "header" {
				add(show, i.Name)
			}
		}
	}
	for d := range s.All("plugins") {
		if e, err := entity.Decode[entity.Plugin](d); err == nil {
			add(hide, credentials(e.Config)...)
		}
	}
	for name := range hide {
		delete(show, name)
	}
	return &live.Names{Headers: slices.Sorted(maps.Keys(show)), Secret: slices.Sorted(maps.Keys(hide))}
}

// credentials are the names under which a plugin looks for them: of headers, arguments and
// cookies, by what the fields of Kong's plugins are called.
func credentials(config json.RawMessage) []string {
	var c struct {
		Keys    []string `json:"key_names"`
		Headers []string `json:"header_names"`
		Args    []string `json:"uri_param_names"`
	}
	if json.Unmarshal(config, &c) != nil {
		return nil // its field of that name is something else
	}
	return slices.Concat(c.Keys, c.Headers, c.Args)
}
