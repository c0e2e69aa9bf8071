package opentelemetry

import (
	"moongate/edge/wire/http1"
)

// carried is what a client's headers say of a trace, in all formats: views of them.
type carried struct {
	traceparent, tracestate                          string
	b3, b3Trace, b3Span, b3Sampled, b3Flags          string
	uber                                             string
	otTrace, otSpan, otSampled                       string
	datadogTrace, datadogSpan, datadogSampled, ddTag string
	amazon, google                                   string

	parents int // how many traceparent there are
}

// read looks at each header once: the known ones are not among those that count, and of
// the others the length tells most apart.
func (c *carried) read(list []http1.Header) {
	for i := range list {
		h := &list[i]
		if h.ID != http1.OtherHeader {
			continue
		}
		switch len(h.Name) {
		case len("b3"):
			take(h, "b3", &c.b3)
		case len("tracestate"): // and X-B3-Flags
			c.state(h)
			take(h, "X-B3-Flags", &c.b3Flags)
		case len("traceparent"): // and X-B3-SpanId
			take(h, "X-B3-SpanId", &c.b3Span)
			if http1.EqualFold(h.Name, "traceparent") {
				c.traceparent = h.Value
				c.parents++
			}
		case len("x-b3-traceid"):
			take(h, "X-B3-TraceId", &c.b3Trace)
			take(h, "X-B3-Sampled", &c.b3Sampled)
		case len("uber-trace-id"):
			take(h, "uber-trace-id", &c.uber)
		case len("x-datadog-tags"):
			take(h, "x-datadog-tags", &c.ddTag)
		case len("x-amzn-trace-id"):
			take(h, "X-Amzn-Trace-Id", &c.amazon)
		case len("ot-tracer-spanid"):
			take(h, "ot-tracer-spanid", &c.otSpan)
		case len("ot-tracer-traceid"):
			take(h, "ot-tracer-traceid", &c.otTrace)
			take(h, "ot-tracer-sampled", &c.otSampled)
		case len("x-datadog-trace-id"):
			take(h, "x-datadog-trace-id", &c.datadogTrace)
		case len("x-datadog-parent-id"):
			take(h, "x-datadog-parent-id", &c.datadogSpan)
		case len("x-cloud-trace-context"):
			take(h, "X-Cloud-Trace-Context", &c.google)
		case len("x-datadog-sampling-priority"):
			take(h, "x-datadog-sampling-priority", &c.datadogSampled)
		}
	}
}

// state takes a part of tracestate, which may come in several lines.
func (c *carried) state(h *http1.Header) {
	switch {
	case !http1.EqualFold(h.Name, "tracestate") || h.Value == "":
	case c.tracestate == "":
		c.tracestate = h.Value
	default:
		c.tracestate += "," + h.Value
	}
}

func take(h *http1.Header, name string, into *string) {
	if *into == "" && http1.EqualFold(h.Name, name) {
		*into = h.Value
	}
}
