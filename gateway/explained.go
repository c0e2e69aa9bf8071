package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/explain"
	"moongate/gateway/health"
	"moongate/gateway/plugin"
	storefile "moongate/gateway/store/file"
)

// explained tells where a request would go by what the gateway knew last: of a store that
// is a declarative file by that file, else by the file of the last good state. Lists in
// Redis are not read.
func explained(x *httpd.Explanation, p httpd.Phase) httpd.Result {
	if p != httpd.Content {
		return httpd.Declined
	}
	cf := httpd.RequestMainConf[mainConf](x.R, Module)
	kinds := cf.lua.named()
	s, revision, names, err := cf.known(kinds)
	if err != nil {
		x.Line("gateway", err.Error())
		return httpd.OK
	}
	e := explain.New(kinds, nil, nil)
	e.Names = names
	a, err := e.Explain(s, revision, question(x.R))
	if err != nil {
		x.Line("gateway", err.Error())
		return httpd.OK
	}
	for _, l := range a.Lines()[1:] { // the request is known
		x.Line(l.Step, l.Text)
	}
	if hidden(kinds, s, a) {
		x.Line("now", "health, circuit breakers and what is cached only the running gateway knows: ask it with --admin")
	}
	for _, u := range a.Plugins {
		if slices.Contains(cf.lua.names, u.Name) {
			x.Line("lua", u.Name+" runs where its priority puts it: the running gateway knows, ask it with --admin")
		}
	}
	return httpd.OK
}

// hidden tells whether an answer depends on what is only in the memory of a gateway that
// runs.
func hidden(kinds []*plugin.Plugin, s *entity.State, a *explain.Answer) bool {
	for _, u := range a.Plugins {
		if slices.ContainsFunc(kinds, func(p *plugin.Plugin) bool { return p.Name == u.Name && p.Tells == plugin.ByMemory }) {
			return true
		}
	}
	if a.Upstream == nil {
		return false
	}
	u, err := entity.Decode[entity.Upstream](s.Get("upstreams", a.Upstream.ID))
	return err == nil && health.InUse(&u.Healthchecks)
}

// question is the request as it came. The engine has decided which host it is for: that of
// an absolute target counts more than the header.
func question(r *httpd.Request) *explain.Request {
	q := &explain.Request{Method: r.MethodName, URL: r.UnparsedURI, Client: r.Conn.RemoteAddr().Addr().String(), Headers: explain.Headers{}}
	if r.Host != "" && strings.HasPrefix(r.UnparsedURI, "/") || r.Schema != "" {
		host := r.Host
		if r.Port != 0 {
			host += ":" + strconv.Itoa(int(r.Port))
		}
		q.URL = cmp.Or(strings.ToLower(r.Schema), "http") + "://" + host + r.UnparsedURI
	}
	for i := range r.In.List {
		h := &r.In.List[i]
		name := strings.ToLower(h.Name)
		q.Headers[name] = append(q.Headers[name], h.Value)
	}
	return q
}

type addresses = map[string][]netip.Addr

// known is the state as this process can know it without the gateway process.
func (cf *mainConf) known(kinds []*plugin.Plugin) (*entity.State, uint64, func() addresses, error) {
	model := entity.NewModel(Outside(registryOf(kinds)))
	if kind, _ := storeKind(cf.store); kind == "file" {
		st, err := storefile.Open(cf.storePath, model, storefile.Options{Log: func(error) {}})
		if err != nil {
			return nil, 0, nil, err
		}
		defer st.Close()
		snap, err := st.Load(context.Background())
		if err != nil {
			return nil, 0, nil, err
		}
		s, err := snap.State(model)
		return s, snap.Number, nil, err
	}
	if len(cf.saved) == 0 {
		return nil, 0, nil, errors.New("its routes are not known: " + cf.lastGood() + " is not there yet; ask the running one with --admin")
	}
	var m stateMessage
	if err := json.Unmarshal(cf.saved, &m); err != nil {
		return nil, 0, nil, err
	}
	s, err := m.state(model)
	return s, m.Revision, func() addresses { return m.Names }, err
}
