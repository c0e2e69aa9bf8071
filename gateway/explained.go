package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"

	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/explain"
	storefile "moongate/gateway/store/file"
)

// explained tells where a request would go by what the gateway knew last: of a store that
// is a declarative file by that file, else by the file of the last good state. Lists in
// Redis are not read.
func explained(x *httpd.Explanation, p httpd.Phase) httpd.Result {
	if p != httpd.Content {
		return httpd.Declined
	}
	s, revision, names, err := httpd.RequestMainConf[mainConf](x.R, Module).known()
	if err != nil {
		x.Line("gateway", err.Error())
		return httpd.OK
	}
	e := explain.New(plugins(), nil)
	e.Names = names
	a, err := e.Explain(s, revision, question(x.R))
	if err != nil {
		x.Line("gateway", err.Error())
		return httpd.OK
	}
	for _, l := range a.Lines()[1:] { // the request is known
		x.Line(l.Step, l.Text)
	}
	return httpd.OK
}

func question(r *httpd.Request) *explain.Request {
	q := &explain.Request{Method: r.MethodName, URL: r.UnparsedURI, Client: r.Conn.RemoteAddr().Addr().String(), Headers: explain.Headers{}}
	if r.Schema != "" {
		_, rest, _ := strings.Cut(r.UnparsedURI, "://")
		_, path, _ := strings.Cut(rest, "/")
		q.URL = "/" + path
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
func (cf *mainConf) known() (*entity.State, uint64, func() addresses, error) {
	model := entity.NewModel(entity.Outside{Plugins: Registry()})
	if kind, _, _ := strings.Cut(cf.store, ":"); kind == "file" {
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
