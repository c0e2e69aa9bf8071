package opentelemetry_test

import (
	"regexp"
	"strings"
	"testing"

	"moongate/gateway/plugin/plugintest"
)

const (
	id    = "0af7651916cd43dd8448eb211c80319c"
	half  = "8448eb211c80319c"
	span  = "b7ad6b7169203331"
	names = "traceparent|tracestate|b3|X-B3-TraceId|X-B3-SpanId|X-B3-ParentSpanId|X-B3-Sampled|X-B3-Flags|uber-trace-id|ot-tracer-traceid|ot-tracer-spanid|ot-tracer-sampled|" +
		"x-datadog-trace-id|x-datadog-parent-id|x-datadog-sampling-priority|x-datadog-tags|X-Amzn-Trace-Id|X-Cloud-Trace-Context"
)

// What clients tell in each format goes on to the service, with our span in the place of
// theirs: S stands for a span's id, T for a trace's that we have made, N for a number.
func TestPropagation(t *testing.T) {
	const w3c = "traceparent: 00-" + id + "-" + span + "-01"
	for _, c := range []struct{ name, config, in, want string }{
		{"nothing told", ``, "", "traceparent: 00-T-S-00"},
		{"w3c", ``, w3c + "|tracestate: a=b", "traceparent: 00-" + id + "-S-01|tracestate: a=b"},
		{"w3c, not recorded", ``, "traceparent: 00-" + id + "-" + span + "-00", "traceparent: 00-" + id + "-S-00"},
		{"w3c, random", ``, "traceparent: 00-" + id + "-" + span + "-03", "traceparent: 00-" + id + "-S-03"},
		{"w3c, later version", ``, "traceparent: cc-" + id + "-" + span + "-01-what", "traceparent: 00-" + id + "-S-01"},
		{"w3c, no version", ``, "traceparent: ff-" + id + "-" + span + "-01|tracestate: a=b", "traceparent: 00-T-S-00"},
		{"w3c, too long", ``, w3c + "-what", "traceparent: 00-T-S-00"},
		{"w3c, capitals", ``, "traceparent: 00-" + strings.ToUpper(id) + "-" + span + "-01", "traceparent: 00-T-S-00"},
		{"w3c, no trace", ``, "traceparent: 00-00000000000000000000000000000000-" + span + "-01", "traceparent: 00-T-S-00"},
		{"w3c, no span", ``, "traceparent: 00-" + id + "-0000000000000000-01", "traceparent: 00-T-S-00"},
		{"w3c, twice", ``, w3c + "|" + w3c, "traceparent: 00-T-S-00"},
		{"w3c before b3", ``, "b3: " + half + "-" + span + "-0|" + w3c, "traceparent: 00-" + id + "-S-01|b3: " + half + "-" + span + "-0"},
		{"b3", ``, "b3: " + id + "-" + span + "-1", "b3: " + id + "-S-1-S"},
		{"b3, short", ``, "b3: " + half + "-" + span + "-0-" + span, "b3: " + half + "-S-0-S"},
		{"b3, undecided", ``, "b3: " + half + "-" + span, "b3: " + half + "-S-0-S"},
		{"b3, debug", ``, "b3: " + half + "-" + span + "-d", "b3: " + half + "-S-d-S"},
		{"b3, decision alone", ``, "b3: 1", "b3: T-S-1-S"},
		{"b3, wrong", ``, "b3: x", "traceparent: 00-T-S-00|b3: x"},
		{"b3 in several", ``, "X-B3-TraceId: " + id + "|X-B3-SpanId: " + span + "|X-B3-Sampled: 1", "X-B3-TraceId: " + id + "|X-B3-SpanId: S|X-B3-ParentSpanId: S|X-B3-Sampled: 1"},
		{"b3 in several, debug", ``, "X-B3-TraceId: " + id + "|X-B3-SpanId: " + span + "|X-B3-Flags: 1|X-B3-Sampled: 0", "X-B3-TraceId: " + id + "|X-B3-SpanId: S|X-B3-ParentSpanId: S|X-B3-Flags: 1"},
		{"jaeger", ``, "uber-trace-id: " + id + ":" + span + ":0:1", "uber-trace-id: " + id + ":S:S:1"},
		{"jaeger, zeros left out", ``, "uber-trace-id: 12:34:0:3", "uber-trace-id: 0000000000000012:S:S:3"},
		{"ot", ``, "ot-tracer-traceid: " + half + "|ot-tracer-spanid: " + span + "|ot-tracer-sampled: true", "ot-tracer-traceid: " + half + "|ot-tracer-spanid: S|ot-tracer-sampled: 1"},
		{"datadog", ``, "x-datadog-trace-id: 15|x-datadog-parent-id: 16|x-datadog-sampling-priority: 2", "x-datadog-trace-id: 15|x-datadog-parent-id: N|x-datadog-sampling-priority: 1"},
		{"aws", ``, "X-Amzn-Trace-Id: Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=" + span + ";Sampled=1", "X-Amzn-Trace-Id: Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=S;Sampled=1"},
		{"gcp", ``, "X-Cloud-Trace-Context: " + id + "/16;o=1", "X-Cloud-Trace-Context: " + id + "/N;o=1"},

		{"ignore", `"header_type":"ignore"`, w3c, "traceparent: 00-T-S-00"},
		{"one more", `"header_type":"jaeger"`, w3c, "traceparent: 00-" + id + "-S-01|uber-trace-id: " + id + ":S:S:1"},
		{"the type that came", `"header_type":"w3c"`, w3c, "traceparent: 00-" + id + "-S-01"},
		{"extract only", `"propagation":{"extract":["w3c"],"default_format":"w3c"}`, w3c, w3c},
		{"another standard", `"propagation":{"extract":["b3"],"inject":["preserve"],"default_format":"aws"}`, "", "X-Amzn-Trace-Id: Root=1-T8-T24;Parent=S;Sampled=0"},
		{"from one to others", `"propagation":{"extract":["b3","w3c"],"clear":["traceparent","tracestate"],"inject":["b3","gcp","ot"],"default_format":"w3c"}`, w3c + "|tracestate: a=b",
			"X-B3-TraceId: " + id + "|X-B3-SpanId: S|X-B3-ParentSpanId: S|X-B3-Sampled: 1|ot-tracer-traceid: " + id + "|ot-tracer-spanid: S|ot-tracer-sampled: 1|X-Cloud-Trace-Context: " + id + "/N;o=1"},
		{"upper half", `"propagation":{"extract":["w3c"],"clear":["traceparent"],"inject":["datadog"],"default_format":"w3c"}`, w3c,
			"x-datadog-trace-id: 9532127138774266268|x-datadog-parent-id: N|x-datadog-sampling-priority: 1|x-datadog-tags: _dd.p.tid=0af7651916cd43dd"},
		{"both halves", `"propagation":{"extract":["datadog"],"inject":["w3c"],"default_format":"w3c","clear":["x-datadog-trace-id","x-datadog-parent-id","x-datadog-tags"]}`,
			"x-datadog-trace-id: 9532127138774266268|x-datadog-parent-id: 16|x-datadog-tags: a=b,_dd.p.tid=0af7651916cd43dd", "traceparent: 00-" + id + "-S-00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := `"sampling_rate":0,"sampling_strategy":"parent_probability_fallback"`
			if c.config != "" {
				config += "," + c.config
			}
			g := plugintest.Ask(t, plugintest.World(plugintest.Plugin("opentelemetry", "{"+config+"}"))...)
			in := strings.ReplaceAll(c.in, "|", "\r\n")
			if in != "" {
				in += "\r\n"
			}
			got := plugintest.Sent(g.Send("GET / HTTP/1.1\r\nHost: h.test\r\n"+in+"Connection: close\r\n\r\n"), strings.Split(names, "|")...)
			if want := regexp.MustCompile("^" + pattern("GET /|"+c.want) + "$"); !want.MatchString(got) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// pattern makes a regular expression of what is wanted.
func pattern(s string) string {
	s = regexp.QuoteMeta(s)
	for _, r := range [][2]string{{`\bT8\b`, "[0-9a-f]{8}"}, {`\bT24\b`, "[0-9a-f]{24}"}, {`\bT\b`, "[0-9a-f]{32}"}, {`\bS\b`, "[0-9a-f]{16}"}, {`\bN\b`, "[0-9]+"}} {
		s = regexp.MustCompile(r[0]).ReplaceAllString(s, r[1])
	}
	return s
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"traces_endpoint":"x"}`:                                          "missing scheme in url",
		`{"traces_endpoint":"http://a","endpoint":"http://b"}`:             "only one or none of these fields",
		`{"headers":{"Host":"x"}}`:                                         "cannot contain 'Host' header",
		`{"headers":{"X":"a\nb"}}`:                                         "must be one line",
		`{"logs_endpoint":"http://a"}`:                                     "value must be null",
		`{"sampling_rate":1.5}`:                                            "value should be between 0 and 1",
		`{"propagation":{"extract":["b3-single"],"default_format":"w3c"}}`: "expected one of: ot, w3c, datadog, b3, gcp, jaeger, aws",
		`{"propagation":{"inject":["zipkin"],"default_format":"w3c"}}`:     "expected one of: preserve, ot",
		`{"propagation":{"extract":["b3"]}}`:                               "default_format: required field missing",
		`{"http_response_header_for_traceid":"a b"}`:                       "'a b' is not a valid header",
		`{"queue":{"max_batch_size":0}}`:                                   "value should be between 1 and 1000000",
		`{"compression":"zip"}`:                                            "expected one of: none, gzip",
		`{"sampling_strategy":"always"}`:                                   "expected one of: parent_drop",
		`{"resource_attributes":{"a":"b\r\nc"}}`:                           "must be one line",
	} {
		if got := plugintest.Refused(plugintest.Plugin("opentelemetry", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
	scoped := `plugins {"name":"opentelemetry","config":{},` + plugintest.OfAlice + `}`
	if got := plugintest.Refused(plugintest.World(scoped)...); !strings.Contains(got, "consumer") {
		t.Errorf("for a consumer: %q", got)
	}
}
