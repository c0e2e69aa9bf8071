package admin

import (
	"errors"
	"net/http"
	"strconv"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// reply is an answer before it is written.
type reply struct {
	status int
	body   any    // encoded as JSON
	raw    []byte // or sent as it is
	kind   string // Content-Type of raw
	header map[string]string
}

func message(status int, text string) *reply {
	return &reply{status: status, body: map[string]any{"message": text}}
}

func notFound() *reply { return message(404, "Not found") }

func ok(body any) *reply { return &reply{status: 200, body: body} }

func (a *reply) set(name, value string) *reply {
	if a.header == nil {
		a.header = map[string]string{}
	}
	a.header[name] = value
	return a
}

// failed is the answer to an error.
func (c *call) failed(err error) *reply {
	var answer *reply
	var failures entity.Failures
	var e *schema.Error
	switch {
	case errors.As(err, &answer):
		return answer
	case errors.As(err, &failures) && len(failures) > 0:
		e = failures[0].Error
	case errors.As(err, &e):
	default:
		c.log("admin: " + c.r.Method + " " + c.r.URL.Path + ": " + err.Error())
		return message(500, "An unexpected error occurred")
	}
	a := &reply{status: e.Status, body: e}
	if e.Status == http.StatusServiceUnavailable {
		a.set("Retry-After", "1")
	}
	return a
}

// Error makes a reply an error, for functions that run inside of a write.
func (a *reply) Error() string { return http.StatusText(a.status) }

// send writes an answer, in this one place.
func (c *call) send(a *reply) {
	head := c.w.Header()
	body := a.raw
	switch {
	case a.raw != nil:
		head.Set("Content-Type", a.kind)
	case a.body != nil:
		b, err := schema.Encode(a.body)
		if err != nil {
			c.log("admin: an answer cannot be encoded: " + err.Error())
			a = message(500, "An unexpected error occurred")
			b = []byte(`{"message":"An unexpected error occurred"}`)
		}
		body = b
		head.Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, value := range a.header {
		head.Set(name, value)
	}
	c.common()
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		head.Set("Content-Length", strconv.Itoa(len(body)))
	}
	c.w.WriteHeader(a.status)
	if c.r.Method != http.MethodHead {
		c.w.Write(body) // a client that has gone away needs no answer
	}
}

// common is what every answer says.
func (c *call) common() {
	head := c.w.Header()
	head.Set("Server", "moongate/"+c.Node.Version)
	head.Set("X-Kong-Admin-Latency", c.latency())
	head.Set("Cache-Control", "no-store")
	// A browser that shows an answer is to do nothing with it but that.
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.allowOrigin()
}

func (c *call) allowOrigin() {
	origin := c.r.Header.Get("Origin")
	for _, o := range c.Origins {
		if origin == o {
			c.w.Header().Set("Access-Control-Allow-Origin", origin)
			c.w.Header().Set("Access-Control-Allow-Credentials", "true")
			c.w.Header().Add("Vary", "Origin")
		}
	}
}
