package aggregation

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
)

func itoa(n int) string { return strconv.Itoa(n) }

// answer puts together what there is.
func (u *run) answer() plugin.Result {
	i, x := u.i, u.x
	o := &x.R.Out
	if i.classes {
		plugin.Vary(o, x.ClassBy)
	}
	size := 64
	var missing []*piece
	for k := range u.pieces {
		p := &u.pieces[k]
		size += len(p.Name) + len(p.value) + 4
		if p.why != "" {
			missing = append(missing, p)
		}
	}
	b := append(make([]byte, 0, size), '{')
	if missing != nil {
		o.Set(i.Header, header(missing))
		x.Always = i.Field
		i.complain(x, missing)
	}
	for _, p := range missing {
		if p.OnFailure == "fail" {
			b = append(member(b, "message"), message(p)...)
			b = append(append(member(b, i.Field), named(missing)...), '}')
			return x.AnswerWith(statusOf(p), contentType, string(b))
		}
	}
	for k := range u.pieces {
		if p := &u.pieces[k]; p.value != nil {
			b = append(member(b, p.Name), p.value...)
		}
	}
	if missing != nil {
		b = append(member(b, i.Field), named(missing)...)
	}
	return x.AnswerWith(200, contentType, string(append(b, '}')))
}

const contentType = "application/json; charset=utf-8"

// member begins another member of an object.
func member(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	text, _ := json.Marshal(name)
	return append(append(b, text...), ':')
}

func message(p *piece) string {
	text, _ := json.Marshal(p.Name + ": " + p.why)
	return string(text)
}

// statusOf is what is answered without a part that must not be missing: its service's own
// no to the client, or that the service has failed.
func statusOf(p *piece) int {
	switch {
	case p.status/100 == 4:
		return p.status
	case p.why == string(plugin.TimedOut):
		return 504
	case p.why == string(plugin.NoTarget), p.why == string(plugin.NoService):
		return 503
	}
	return 502
}

// named are the missing parts as the answer has them.
func named(missing []*piece) []byte {
	type one struct {
		Part  string `json:"part"`
		Why   string `json:"why"`
		Given string `json:"given,omitempty"`
	}
	list := make([]one, len(missing))
	for k, p := range missing {
		list[k] = one{p.Name, p.why, p.given}
	}
	b, _ := json.Marshal(list)
	return b
}

// header are they as a list of RFC 9651: orders;why="timeout";given=stale.
func header(missing []*piece) string {
	var b strings.Builder
	for k, p := range missing {
		if k > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + `;why="` + strings.Map(quotable, p.why) + `"`)
		if p.given != "" {
			b.WriteString(";given=" + p.given)
		}
	}
	return b.String()
}

// quotable leaves out what can't stand between quotes: a path of the configuration is
// anybody's word.
func quotable(r rune) rune {
	if r < ' ' || r > '~' || r == '"' || r == '\\' {
		return '_'
	}
	return r
}

// complain writes a line into the log, once a second at most.
func (i *instance) complain(x *plugin.Context, missing []*piece) {
	if missed, ok := i.seldom.Now(); ok {
		i.env.Log.Error(nil, "gateway: aggregation %s: an answer lacks %s (%d more since the last such line)", i.id, header(missing), missed)
	}
}

// log tells logging plugins what was asked.
func (u *run) log() {
	parts := map[string]any{}
	for k := range u.pieces {
		p := &u.pieces[k]
		if p.under == nil && p.why == "" {
			continue // not for this class
		}
		e := map[string]any{"service": p.Service, "status": p.reply.Status, "took": p.reply.Took.Milliseconds()}
		if p.why != "" {
			e["missing"] = p.why
		}
		parts[p.Name] = e
	}
	u.x.LogValue("parts", parts)
}

// mostStale is the longest value that is kept for when its service fails: memory that all
// workers share is read and written under a lock.
const mostStale = 64 << 10

// key names a part's value as this client gets it: what one client was told is not for
// another, be it known by the gateway or by the service alone.
func (u *run) key(p *piece) string {
	h := sha256.New()
	add := func(s string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	x := u.x
	who := x.Credential
	if x.Consumer != nil {
		who = x.Consumer.ID
	}
	for _, s := range []string{who, p.Name, p.Service, p.Method, p.ask.Path, p.ask.Query, p.From} {
		add(s)
	}
	for _, name := range []string{"Authorization", "Cookie"} {
		v, _ := x.R.In.Get(name)
		add(v)
	}
	for _, e := range p.ask.Header {
		add(e.Name)
		add(e.Value)
	}
	return "aggregation:" + u.i.id + ":" + string(h.Sum(nil))
}

func now() int64 { return event.UnixNano() / 1e6 }

// keep keeps a value for when its service fails.
func (u *run) keep(p *piece) {
	d := u.i.env.Cache
	if p.OnFailure != "stale" || len(p.value) > mostStale || p.PassBody || d == nil {
		return
	}
	for range 16 { // each try throws out what was not used for longest
		if _, err := d.Set(u.key(p), zone.Value{Type: zone.String, Str: p.value}, p.StaleFor*1000, now()); err == nil {
			return
		}
	}
}

// last is what was kept; nil for nothing.
func (u *run) last(p *piece) []byte {
	d := u.i.env.Cache
	if d == nil || p.ask.Path == "" || p.PassBody {
		return nil
	}
	v, err := d.Get(u.key(p), now(), nil)
	if err != nil || v.Type != zone.String {
		return nil
	}
	return v.Str
}
