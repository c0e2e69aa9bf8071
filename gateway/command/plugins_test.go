package command

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"moongate/gateway"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// more is what a configuration declares besides.
type more struct{ entity.Plugins }

func (m more) Names() []string { return append([]string{"stamp"}, m.Plugins.Names()...) }
func (m more) Schema(name string) (*schema.Schema, bool) {
	if name != "stamp" {
		return m.Plugins.Schema(name)
	}
	fields := []schema.Field{{Name: "word", Kind: schema.String, Required: true}, {Name: "key", Kind: schema.String, Secret: true}}
	config := schema.Field{Name: "config", Kind: schema.Record, Required: true, Shape: schema.Shape{Fields: fields}}
	return &schema.Schema{Name: name, Shape: schema.Shape{Fields: []schema.Field{config}}}, true
}

// runWith calls a command that can read configurations, of which there is one.
func runWith(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = Run(t.Context(), args, Streams{In: strings.NewReader(in), Out: &o, Err: &e, Env: func(string) string { return "" },
		Plugins: func(conf, prefix string) (entity.Plugins, error) {
			if conf != "my.conf" && prefix != "here" {
				return nil, errors.New("the configuration " + conf + " is refused")
			}
			return more{gateway.Registry()}, nil
		}})
	return code, o.String(), e.String()
}

const stamped = `_format_version: "3.0"
services:
- name: a
  host: h
  plugins:
  - name: key-auth
  - name: stamp
    config:
      word: hello
      key: very-secret
`

// A configuration tells which plugins in Lua there are. Faults name file, plugin and field.
func TestDeclaredPlugins(t *testing.T) {
	to := "bolt:" + filepath.Join(t.TempDir(), "gateway.db")
	for _, args := range [][]string{{"validate", "-"}, {"sync", "-", "-store", to}} {
		code, _, errs := runWith(t, stamped, args...)
		if code != failed {
			t.Errorf("%v: %d without a configuration", args, code)
		}
		has(t, errs, ":7: /services/0/plugins/1/name: plugin 'stamp' not enabled", "-c nginx.conf")
		for _, more := range [][]string{{"-c", "my.conf"}, {"-p", "here"}} {
			if code, _, errs = runWith(t, stamped, append(args, more...)...); code != fine {
				t.Errorf("%v %v: %s", args, more, errs)
			}
		}
		if code, _, errs = runWith(t, stamped, append(args, "-c", "bad.conf")...); code != failed {
			t.Errorf("%v: %d with a bad configuration", args, code)
		}
		has(t, errs, "the configuration bad.conf is refused")
		if code, _, errs = runWith(t, strings.Replace(stamped, "word: hello", "word: 5", 1), append(args, "-c", "my.conf")...); code != failed {
			t.Errorf("%v: %d for a bad field", args, code)
		}
		has(t, errs, ":9: /services/0/plugins/1/config/word: plugin stamp: expected a string")
	}
	code, out, errs := runWith(t, stamped, "diff", "-", "-store", to, "-c", "my.conf")
	if code != fine {
		t.Errorf("%s%s", out, errs)
	}
	// What is secret is known too, so that the rest can be shown.
	code, out, _ = runWith(t, strings.NewReplacer("hello", "other", "very-secret", "as-secret").Replace(stamped), "diff", "-", "-store", to, "-c", "my.conf")
	if code != different || strings.Contains(out, "as-secret") || strings.Contains(out, "very-secret") {
		t.Errorf("%d %s", code, out)
	}
	has(t, out, `"word":"other"`)
	if code, out, errs = runWith(t, "", "dump", "-store", to, "-c", "my.conf"); code != fine {
		t.Error(errs)
	}
	has(t, out, "name: stamp", "word: hello")
	if _, out, errs = runWith(t, stamped, "import", "kong", "-"); strings.Contains(out, "stamp") {
		t.Error(out)
	}
	has(t, errs, `not imported: there is no plugin "stamp" here`)
	if code, out, errs = runWith(t, stamped, "import", "kong", "-", "-c", "my.conf"); code != fine {
		t.Error(errs)
	}
	has(t, out, "name: stamp", "word: hello")
	if code, _, errs = run(t, "", stamped, "validate", "-", "-c", "my.conf"); code != failed {
		t.Error(code)
	}
	has(t, errs, "this program reads no configuration")
}
