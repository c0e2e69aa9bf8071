package gateway

import (
	"errors"
	"slices"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// What no worker could match by must not come into the state: a route with such a regex would
// be away, and nobody but the log would know.
func TestBadRegexesAreRefused(t *testing.T) {
	up := map[string]any{"name": "a"}
	match := map[string]any{"headers": map[string]any{"X-A": []any{"~*(b"}}}
	for _, c := range []struct {
		kind, pointer string
		doc           map[string]any
	}{
		{"routes", "/paths/0", map[string]any{"paths": []any{"~/a(b"}}},
		{"routes", "/paths/1", map[string]any{"paths": []any{"~/a(b)", "~/a(?x)#"}}}, // good by itself, but not where it is put
		{"routes", "/headers/X-A/0", map[string]any{"headers": map[string]any{"X-A": []any{"~*[z-a]"}}}},
		{"routes", "/queries/q/0", map[string]any{"queries": map[string]any{"q": []any{"~**"}}}},
		{"routes", "/cookies/c/0", map[string]any{"cookies": map[string]any{"c": []any{"~*(?<1>)"}}}},
		{"releases", "/match/headers/X-A/0", map[string]any{"name": "v2", "upstream": up, "candidate": map[string]any{"version": "2"}, "match": match}},
		{"client_classes", "/match/headers/X-A/0", map[string]any{"name": "c", "match": match}},
	} {
		ops := []entity.Op{{Verb: entity.Create, Kind: "upstreams", Doc: up}, {Verb: entity.Create, Kind: c.kind, Doc: c.doc}}
		_, err := entity.New(entity.NewModel(Outside(Registry()))).Apply(ops, time.Unix(1e9, 0))
		var failed entity.Failures
		if !errors.As(err, &failed) || len(failed) != 1 || !slices.ContainsFunc(failed[0].Faults, func(f schema.Fault) bool { return f.Pointer == c.pointer }) {
			t.Errorf("%s %v: %v", c.kind, c.doc, err)
		}
	}
}
