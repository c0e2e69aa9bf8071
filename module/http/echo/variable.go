package echo

import (
	"fmt"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

func variables() []httpd.Variable {
	return []httpd.Variable{
		{Name: "echo_it", Volatile: true, Doc: "The part that echo_foreach_split is at.", Get: func(r *httpd.Request) (string, bool) {
			s := slot.Get(r)
			if s == nil {
				return "", false
			}
			return s.it, true
		}},
		{Name: "echo_timer_elapsed", Volatile: true, Doc: "Seconds since the request or echo_reset_timer.", Get: func(r *httpd.Request) (string, bool) {
			event.UpdateTime()
			return fmt.Sprintf("%.3f", event.Now().Sub(stateOf(r).started).Seconds()), true
		}},
		{Name: "echo_request_body", Volatile: true, Doc: "The body, as far as it is in memory.", Get: func(r *httpd.Request) (string, bool) {
			return r.Copy(r.Body.Mem), r.Body.Present()
		}},
		{Name: "echo_request_method", Volatile: true, Doc: "The method of the (sub)request.", Get: func(r *httpd.Request) (string, bool) {
			return r.MethodName, true
		}},
		{Name: "echo_client_request_method", Volatile: true, Doc: "The method of the client's request.", Get: func(r *httpd.Request) (string, bool) {
			return r.Main.MethodName, true
		}},
		{Name: "echo_client_request_headers", Volatile: true, Doc: "The client's header.", Get: func(r *httpd.Request) (string, bool) {
			m := r.Main
			if raw := m.RawHead(); raw != nil {
				return string(raw), true
			}
			b := append([]byte(m.Line), "\r\n"...)
			for i := range m.In.List {
				b = http1.AppendHeader(b, m.In.List[i].Name, m.In.List[i].Value)
			}
			return string(append(b, "\r\n"...)), true
		}},
		{Name: "echo_request_uri", Volatile: true, Doc: "The URI of the (sub)request.", Get: uri},
		{Name: "echo_cacheable_request_uri", Doc: "The same, computed once.", Get: uri},
		{Name: "echo_response_status", Volatile: true, Doc: "The response's status.", Get: func(r *httpd.Request) (string, bool) {
			if r.Out.Status == 0 {
				return "", true
			}
			return itoa(r.Out.Status), true
		}},
		{Name: "echo_incr", Volatile: true, Doc: "Counts its uses in a request.", Get: func(r *httpd.Request) (string, bool) {
			return r.Int(stateOf(r.Main).count.Add(1)), true
		}},
	}
}

func uri(r *httpd.Request) (string, bool) {
	u := http1.AppendEscaped(nil, r.URI, http1.EscapeURI)
	if r.Args != "" {
		u = append(append(u, '?'), r.Args...)
	}
	return string(u), true
}
