package opentelemetry

import (
	"encoding/json"
	"testing"

	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

func TestTell(t *testing.T) {
	const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"
	for _, c := range []struct{ config, header, value, state, why string }{
		{`{"sampling_rate":0.5}`, "", "", "maybe recorded", "a new trace, of which 50 % are recorded"},
		{`{"sampling_rate":1}`, "traceparent", traceparent + "0", "not recorded", "trace 0af7651916cd43dd8448eb211c80319c, told by the client in w3c, which it does not record"},
		{`{"sampling_strategy":"parent_probability_fallback"}`, "traceparent", traceparent + "1", "recorded", "trace 0af7651916cd43dd8448eb211c80319c, told by the client in w3c, which it records"},
		{`{"sampling_rate":0.6}`, "traceparent", traceparent + "1", "recorded", "trace 0af7651916cd43dd8448eb211c80319c, told by the client in w3c, one of the 60 % that are recorded"},
		{`{"sampling_rate":0.5}`, "traceparent", traceparent + "1", "not recorded", "trace 0af7651916cd43dd8448eb211c80319c, told by the client in w3c, not one of the 50 % that are recorded"},
		{`{"sampling_rate":1}`, "b3", "0", "not recorded", "a new trace, which it does not record"},
	} {
		use, err := newInstance(new(plugin.Env), &plugin.Config{Raw: json.RawMessage(c.config)})
		if err != nil {
			t.Fatal(err)
		}
		q := &plugin.Question{}
		if c.header != "" {
			q.Headers = []http1.Header{{Name: c.header, Value: c.value}}
		}
		if got := use.(plugin.Tells).Tell(q); got != (plugin.Told{State: c.state, Why: c.why}) {
			t.Errorf("%+v", got)
		}
	}
}
