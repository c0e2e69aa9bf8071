package faultinjection

import (
	"encoding/json"
	"testing"

	"moongate/edge/wire/http1"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

func TestTell(t *testing.T) {
	q := &plugin.Question{Headers: []http1.Header{{Name: "x-fault", Value: "on"}}, Consumer: &entity.Consumer{Username: "alice"}}
	for config, want := range map[string]plugin.Told{
		`{"abort":{"http_status":503,"percentage":100}}`:                                                                   {State: "answers", Status: 503, Why: "100 % are answered with 503"},
		`{"abort":{"http_status":503,"percentage":5},"delay":{"duration":1.5,"percentage":10},"headers":{"X-Fault":"on"}}`: {State: "interferes", Why: "10 % of requests wait 1.5s, 5 % are answered with 503"},
		`{"delay":{"duration":1,"duration_max":2,"percentage":10},"consumers":["alice"]}`:                                  {State: "interferes", Why: "10 % of requests wait 1s to 2s"},
		`{"abort":{"http_status":503,"percentage":0}}`:                                                                     {State: "lets pass"},
		`{"abort":{"http_status":503,"percentage":100},"consumers":["bob"]}`:                                               {State: "lets pass", Why: "it is not for this request"},
	} {
		i, err := newInstance(nil, &plugin.Config{Raw: json.RawMessage(config)})
		if err != nil {
			t.Fatal(err)
		}
		if got := i.(plugin.Tells).Tell(q); got != want {
			t.Errorf("%s: %+v", config, got)
		}
	}
}
