package opentelemetry

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// format is a way to tell of a trace in headers, by Kong's name for it.
type format struct {
	name  string
	read  func(c *carried, p *parent) bool // nil: another one reads it
	write func(r *httpd.Request, t *trace)
}

var (
	single  = &format{"b3-single", nil, writeSingle}
	formats = []*format{
		{"w3c", w3c, writeW3C}, {"b3", b3, writeB3}, single, {"jaeger", jaeger, writeJaeger}, {"ot", openTracing, writeOT},
		{"datadog", datadog, writeDatadog}, {"aws", amazon, writeAmazon}, {"gcp", google, writeGoogle},
	}
)

func formatOf(name string) *format {
	for _, f := range formats {
		if f.name == name {
			return f
		}
	}
	return nil
}

// text puts pieces together in the request's memory: texts, and ids as hexadecimal digits.
type text struct{ b []byte }

func write(r *httpd.Request) text { return text{r.Alloc(128)[:0]} }

func (t text) add(s string) text  { return text{append(t.b, s...)} }
func (t text) hex(id []byte) text { return text{hex.AppendEncode(t.b, id)} }
func (t text) uint(n uint64) text { return text{strconv.AppendUint(t.b, n, 10)} }
func (t text) string() string     { return http1.View(t.b) }

func yes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// writeW3C makes traceparent anew. tracestate stays if the trace came with it, and is
// that of another trace if not.
func writeW3C(r *httpd.Request, t *trace) {
	flags := t.parent.flags
	if t.Sampled {
		flags |= 1
	}
	r.In.Set("traceparent", write(r).add("00-").hex(t.ID[:]).add("-").hex(t.out[:]).add("-").add("0").uint(uint64(flags)).string())
	if t.parent.state == "" {
		r.In.Del("tracestate")
	}
}

// id is the trace's, as short as it came.
func (t *trace) id() []byte {
	if t.parent.short {
		return t.ID[8:]
	}
	return t.ID[:]
}

func writeB3(r *httpd.Request, t *trace) {
	r.In.Set("X-B3-TraceId", plugin.Hex(r, t.id()))
	r.In.Set("X-B3-SpanId", plugin.Hex(r, t.out[:]))
	r.In.Set("X-B3-ParentSpanId", plugin.Hex(r, t.Span[:]))
	if t.parent.debug {
		r.In.Set("X-B3-Flags", "1")
		r.In.Del("X-B3-Sampled") // the wish says it
		return
	}
	r.In.Set("X-B3-Sampled", yes(t.Sampled))
}

func writeSingle(r *httpd.Request, t *trace) {
	word := yes(t.Sampled)
	if t.parent.debug {
		word = "d"
	}
	r.In.Set("b3", write(r).hex(t.id()).add("-").hex(t.out[:]).add("-").add(word).add("-").hex(t.Span[:]).string())
}

func writeJaeger(r *httpd.Request, t *trace) {
	flags := yes(t.Sampled)
	if t.parent.debug {
		flags = "3"
	}
	r.In.Set("uber-trace-id", write(r).hex(t.id()).add(":").hex(t.out[:]).add(":").hex(t.Span[:]).add(":").add(flags).string())
}

func writeOT(r *httpd.Request, t *trace) {
	r.In.Set("ot-tracer-traceid", plugin.Hex(r, t.id()))
	r.In.Set("ot-tracer-spanid", plugin.Hex(r, t.out[:]))
	r.In.Set("ot-tracer-sampled", yes(t.Sampled))
}

// writeDatadog tells the upper half of the id only where nobody has said any tags.
func writeDatadog(r *httpd.Request, t *trace) {
	r.In.Set("x-datadog-trace-id", write(r).uint(binary.BigEndian.Uint64(t.ID[8:])).string())
	r.In.Set("x-datadog-parent-id", write(r).uint(binary.BigEndian.Uint64(t.out[:])).string())
	r.In.Set("x-datadog-sampling-priority", yes(t.Sampled))
	if _, tagged := r.In.Get("x-datadog-tags"); !tagged && !t.parent.short {
		r.In.Set("x-datadog-tags", write(r).add("_dd.p.tid=").hex(t.ID[:8]).string())
	}
}

func writeAmazon(r *httpd.Request, t *trace) {
	r.In.Set("X-Amzn-Trace-Id", write(r).add("Root=1-").hex(t.ID[:4]).add("-").hex(t.ID[4:]).add(";Parent=").hex(t.out[:]).
		add(";Sampled=").add(yes(t.Sampled)).string())
}

func writeGoogle(r *httpd.Request, t *trace) {
	r.In.Set("X-Cloud-Trace-Context", write(r).hex(t.ID[:]).add("/").uint(binary.BigEndian.Uint64(t.out[:])).add(";o=").add(yes(t.Sampled)).string())
}
