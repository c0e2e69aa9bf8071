package requesttermination

import (
	"cmp"
	"encoding/json"
	"os"
	"strings"

	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

// echoed is the answer that tells what was asked, field for field Kong's.
type echoed struct {
	Message string          `json:"message,omitempty"`
	Kong    node            `json:"kong"`
	Request asked           `json:"request"`
	Route   *entity.Route   `json:"matched_route,omitempty"`
	Service *entity.Service `json:"matched_service,omitempty"`
}

type node struct {
	WorkerPid int    `json:"worker_pid"`
	Hostname  string `json:"hostname"`
}

type asked struct {
	Scheme   string            `json:"scheme"`
	Host     string            `json:"host"`
	Port     int               `json:"port"`
	Headers  map[string]any    `json:"headers"`
	Query    map[string]any    `json:"query"`
	RawBody  string            `json:"raw_body"`
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Captures map[string]string `json:"uri_captures,omitempty"`
}

func (i *instance) echo(x *plugin.Context) plugin.Result {
	r := x.R
	if res := r.ReadBody(); res != httpd.OK {
		return res
	}
	e := echoed{Message: cmp.Or(i.Message, standard[i.Status]), Route: x.Route, Service: x.Service}
	e.Kong.WorkerPid = os.Getpid()
	e.Kong.Hostname, _ = os.Hostname()
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	e.Request = asked{Scheme: plugin.Scheme(r), Host: r.Host, Port: plugin.Port(r), Method: r.MethodName, Path: path, RawBody: string(r.Body.Mem),
		Headers: plugin.HeaderMap(r.In.List), Query: plugin.QueryMap(r)}
	for _, g := range x.Match.Names() {
		if e.Request.Captures == nil {
			e.Request.Captures = map[string]string{}
		}
		e.Request.Captures[g.Name] = x.Match.Capture(g.Group)
	}
	b, err := json.Marshal(&e)
	if err != nil {
		return 500
	}
	return x.AnswerWith(i.Status, "application/json; charset=utf-8", string(b))
}
