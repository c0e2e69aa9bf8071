package faultinjection

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// abort is an answer in place of the service's.
type abort struct {
	status, grpc int
	percentage   float64
	body         *transform.Template
	kind         *transform.Template // Content-Type
	headers      []line
}

type line struct {
	name  string
	value *transform.Template
}

func (a *abort) prepare(body string, headers map[string]string) (err error) {
	if a.body, err = transform.NewTemplate(body); err != nil {
		return fmt.Errorf("abort.body: %w", err)
	}
	for name, value := range headers {
		t, err := transform.NewTemplate(value)
		switch {
		case err != nil:
			return fmt.Errorf("abort.headers: %s: %w", name, err)
		case strings.EqualFold(name, "Content-Type"):
			a.kind = t
		default:
			a.headers = append(a.headers, line{name, t})
		}
	}
	slices.SortFunc(a.headers, func(x, y line) int { return strings.Compare(x.name, y.name) })
	return nil
}

func (a *abort) answer(x *plugin.Context) plugin.Result {
	for _, h := range a.headers {
		transform.Out{R: x.R}.Set(h.name, h.value.Header(x))
	}
	body := a.body.Eval(x)
	if kind, _ := x.R.In.Known(http1.ContentType); a.grpc > 0 && strings.HasPrefix(kind, "application/grpc") {
		return trailersOnly(x, kind, a.grpc, body)
	}
	kind := "text/plain; charset=utf-8"
	switch {
	case a.kind != nil:
		kind = a.kind.Header(x)
	case strings.HasPrefix(body, "{"), strings.HasPrefix(body, "["):
		kind = "application/json; charset=utf-8"
	}
	return x.AnswerWith(a.status, kind, body)
}

// trailersOnly is an answer of gRPC that has no message: its status is in the header, and
// HTTP's is 200.
func trailersOnly(x *plugin.Context, kind string, status int, message string) plugin.Result {
	r := x.R
	if !r.DiscardBody() {
		return 400
	}
	r.Out.Set("grpc-status", strconv.Itoa(status))
	if message != "" {
		r.Out.Set("grpc-message", escape(message))
	}
	r.Out.Status, r.Out.ContentType, r.Out.ContentLength = 200, kind, 0
	if res := r.SendHeader(); res == httpd.Error || res >= 300 {
		return res
	}
	if !r.HeaderOnly && r.WriteOne(httpd.Buf{Last: true}) != nil {
		return httpd.Error
	}
	return 200
}

// escape is gRPC's percent-encoding of messages.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// fits tells whether a request is one of those that it is for.
func (i *instance) fits(get func(name string) (string, bool), who *entity.Consumer) bool {
	for _, h := range i.headers {
		if v, there := get(h.name); !there || h.value != "*" && v != h.value {
			return false
		}
	}
	if len(i.consumers) == 0 {
		return true
	}
	return who != nil && slices.ContainsFunc(i.consumers, func(s string) bool { return s == who.Username || s == who.CustomID || s == who.ID })
}
