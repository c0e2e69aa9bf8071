package firewall_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/plugintest"
)

// crsConf is how the core rule set wants to be configured for its own cases.
const crsConf = `{"mode":"detect","paranoia_level":4,"responses":true,"response_body_limit":1048576,"logged_matches":200,"allowed_methods":["GET","HEAD","POST","OPTIONS"],
	"response_types":["text/plain","text/html","text/xml","application/json"],"directives_before":
	"SecDefaultAction \"phase:5,log,auditlog,pass\"\nSecAction \"id:5,phase:1,nolog,pass,t:none,setvar:tx.crs_validate_utf8_encoding=1,setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535\""}`

// reflector is the service behind the cases: to /reflect it answers as the request says, and
// with nothing to all others (the backend "albedo"). What logs would be told of the request
// comes through told when it is over.
func reflector(told chan<- []plugin.LogValue, reached *atomic.Bool) plugintest.Service {
	return func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
		reached.Store(true)
		r.AtEnd(func() { told <- slices.Clone(plugin.Of(r).LogValues) })
		if res := r.ReadBody(); res != httpd.OK {
			return res
		}
		var a struct {
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    string            `json:"body"`
			Encoded []byte            `json:"encodedBody"`
		}
		if r.URI != "/reflect" || r.MethodName != "POST" {
			return r.SendText(200, "text/plain", "")
		}
		if err := json.Unmarshal(r.Body.Mem, &a); err != nil {
			return r.SendText(400, "text/plain", "Invalid JSON in request body")
		}
		if a.Body == "" {
			a.Body = string(a.Encoded)
		}
		if a.Status == 0 {
			a.Status = 200
		}
		kind := "text/plain"
		for name, value := range a.Headers {
			if strings.EqualFold(name, "Content-Type") {
				kind = value
			} else {
				r.Out.Add(name, value)
			}
		}
		return r.SendText(a.Status, kind, a.Body)
	}
}

// player plays cases against one worker.
type player struct {
	g       *httpdtest.Rig
	told    chan []plugin.LogValue
	reached atomic.Bool
}

func newPlayer(t *testing.T) *player {
	p := &player{told: make(chan []plugin.LogValue, 1)}
	p.g = plugintest.ServeConf(t, `gateway { store bolt:data/gateway.db; admin off; } client_header_buffer_size 64k; large_client_header_buffers 4 128k;
		server { listen SOCK; merge_slashes off; underscores_in_headers on; ignore_invalid_headers off; location / { gateway_pass; } }`, reflector(p.told, &p.reached),
		plugintest.World(plugintest.Plugin("firewall", crsConf))...)
	return p
}

// outcome is what became of the last request of a case.
type outcome struct {
	status string // "" without an answer
	ids    []int  // of rules that fit
	log    string
}

// play gives what is wrong with a case, "" for nothing.
func (p *player) play(c *crsCase) (o outcome, wrong string) {
	for n := range c.Stages {
		s := &c.Stages[n]
		raw, err := s.raw()
		if err == nil {
			o, err = p.send(raw)
		}
		if err != nil {
			return o, err.Error()
		}
		if wrong := s.judge(&o); wrong != "" {
			return o, wrong
		}
	}
	return o, ""
}

// exchange gives the status of the answer, "" where there is none.
func (p *player) exchange(raw string) (string, error) {
	c := p.g.Dial()
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(c, raw); err != nil {
		return "", err
	}
	method, _, _ := strings.Cut(raw, " ")
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return strconv.Itoa(res.StatusCode), err
}

func (p *player) send(raw string) (o outcome, err error) {
	p.reached.Store(false)
	if o.status, err = p.exchange(raw); err != nil || !p.reached.Load() {
		return o, err
	}
	var values []plugin.LogValue
	select {
	case values = <-p.told:
	case <-time.After(10 * time.Second):
		return o, errors.New("the request does not end")
	}
	var record struct {
		Matches []struct {
			ID            int
			Message, Data string
		}
	}
	for _, v := range values {
		if v.Name != "firewall" {
			continue
		}
		b, err := json.Marshal(v.Value)
		if err != nil {
			return o, err
		}
		if err := json.Unmarshal(b, &record); err != nil {
			return o, err
		}
	}
	var lines strings.Builder
	for _, m := range record.Matches {
		o.ids = append(o.ids, m.ID)
		fmt.Fprintf(&lines, "[id \"%d\"] [msg %q] [data %q]\n", m.ID, m.Message, m.Data)
	}
	o.log = lines.String()
	return o, nil
}
