package logging

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// encode is JSON on one line.
func encode(record map[string]any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(record) != nil {
		return nil // there is nothing in it that has no JSON
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// set puts a value where its dotted name says. A value that is no record gives way to one.
func set(m map[string]any, name string, value any) {
	for {
		first, rest, more := strings.Cut(name, ".")
		if !more {
			m[first] = value
			return
		}
		below := within(m, first)
		if below == nil {
			below = map[string]any{}
			m[first] = below
		}
		m, name = below, rest
	}
}

// remove takes a value away.
func remove(m map[string]any, name string) {
	for m != nil {
		first, rest, more := strings.Cut(name, ".")
		if !more {
			delete(m, first)
			return
		}
		m, name = within(m, first), rest
	}
}

// within is the record of that name in m, nil if it is none. An entity, which others use
// too, is copied into a record first.
func within(m map[string]any, name string) map[string]any {
	if below, ok := m[name].(map[string]any); ok {
		return below
	}
	b, err := json.Marshal(m[name])
	if err != nil || len(b) == 0 || b[0] != '{' {
		return nil
	}
	var below map[string]any
	if json.Unmarshal(b, &below) != nil {
		return nil
	}
	m[name] = below
	return below
}

// Record is what logs tell of a request where their configuration says nothing, as JSON.
func Record(x *plugin.Context) []byte { return encode(whole(x)) }

// whole is the record with what plugins have to add.
func whole(x *plugin.Context) map[string]any {
	root := root(x)
	for _, v := range x.LogValues {
		switch {
		case v.If != plugin.Always && has(root, v.Name) != (v.If == plugin.IfPresent):
		case v.Value == nil:
			remove(root, v.Name)
		default:
			set(root, v.Name, v.Value)
		}
	}
	return root
}

func has(m map[string]any, name string) bool {
	first, rest, more := strings.Cut(name, ".")
	if !more {
		return m[first] != nil
	}
	below := within(m, first)
	return below != nil && has(below, rest)
}

func root(x *plugin.Context) map[string]any {
	r := x.R
	host, uri := r.Host, plainURI(r, r.UnparsedURI)
	id, _, _ := r.LookupVar("request_id")
	request := map[string]any{
		"id": id, "uri": uri, "url": r.Concat(plugin.Scheme(r), "://", host, ":", r.Int(int64(plugin.Port(r))), uri),
		"querystring": hidden(plugin.QueryMap(r), secretArgs), "method": r.MethodName, "headers": hidden(plugin.HeaderMap(r.In.List), secretHeaders), "size": r.Received,
	}
	if t := tlsOf(r); t != nil {
		request["tls"] = t
	}
	m := map[string]any{
		"request":         request,
		"response":        map[string]any{"status": r.LoggedStatus(), "headers": headersOut(r), "size": r.Sent},
		"upstream_uri":    "",
		"upstream_status": "",
		"client_ip":       r.RemoteAddrText(),
		"started_at":      r.Start.UnixMilli(),
		"source":          "kong",
	}
	tries(x, m)
	if x.Route != nil {
		m["route"] = x.Route
	}
	if x.Service != nil {
		m["service"] = x.Service
	}
	if x.Consumer != nil {
		m["consumer"] = x.Consumer
	}
	if x.Class != "" {
		m["client_class"] = x.Class
	}
	if x.Credential != "" {
		e := map[string]any{"id": x.Credential}
		if x.Consumer != nil {
			e["consumer_id"] = x.Consumer.ID
		}
		m["authenticated_entity"] = e
	}
	return m
}

func tlsOf(r *httpd.Request) map[string]any {
	if r.Conn.TLS() == nil {
		return nil
	}
	out := map[string]any{}
	for name, variable := range map[string]string{"version": "ssl_protocol", "cipher": "ssl_cipher", "client_verify": "ssl_client_verify"} {
		if v, ok, _ := r.LookupVar(variable); ok {
			out[name] = v
		}
	}
	return out
}

func headersOut(r *httpd.Request) map[string]any {
	out := plugin.HeaderMap(r.Out.List)
	for _, name := range []string{"Content-Type", "Content-Length", "Last-Modified", "Location", "Server", "Date"} {
		if v := (transform.Out{R: r}).Values(name); v != nil {
			out[strings.ToLower(name)] = v[0]
		}
	}
	return out
}

// tries tells of the service: who was asked, how often, and how long that took.
func tries(x *plugin.Context, m map[string]any) {
	r := x.R
	total := r.TimeSpent()
	latencies := map[string]any{"kong": total.Milliseconds(), "proxy": -1, "receive": 0, "request": total.Milliseconds()}
	m["latencies"] = latencies
	u := upstreamhttp.Of(r)
	if u == nil || len(u.States) == 0 {
		return
	}
	var list []map[string]any
	var there time.Duration
	for i := range u.States {
		s := &u.States[i]
		if s.Peer == "" {
			continue
		}
		there += max(s.ResponseTime, 0)
		t := map[string]any{"ip": s.Peer}
		if a, err := netip.ParseAddrPort(s.Peer); err == nil {
			t["ip"], t["port"] = a.Addr().String(), a.Port()
		}
		if i < len(u.States)-1 {
			t["state"], t["code"] = "failed", s.Status
		}
		list = append(list, t)
	}
	last := &u.States[len(u.States)-1]
	m["tries"] = list
	if status, ok, _ := r.LookupVar("upstream_status"); ok {
		m["upstream_status"] = status
	}
	m["upstream_uri"] = x.Out.Path
	if x.Out.Query != "" {
		m["upstream_uri"] = plainURI(r, x.Out.Path+"?"+x.Out.Query)
	}
	latencies["kong"] = max(total-there, 0).Milliseconds()
	if last.HeaderTime >= 0 {
		m["source"] = "upstream"
		latencies["proxy"] = last.HeaderTime.Milliseconds()
		latencies["receive"] = max(last.ResponseTime-last.HeaderTime, 0).Milliseconds()
	}
}
