package foreign

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// plugIn imports one plugin for all.
func plugIn(t *testing.T, doc string) (config map[string]any, name string, notes []string) {
	t.Helper()
	out, report, err := Kong(model(), []byte(`{"_format_version":"3.0","plugins":[`+doc+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range report.Notes {
		notes = append(notes, n.Place+": "+n.Text)
	}
	list, _ := out["plugins"].([]any)
	if len(list) == 0 {
		return nil, "", notes
	}
	load(t, out) // what comes out is good
	p := list[0].(map[string]any)
	config, _ = p["config"].(map[string]any)
	return config, p["name"].(string), notes
}

func TestKongLikes(t *testing.T) {
	for _, c := range []struct{ doc, name, config, notes string }{
		{`{"name":"bot-detection"}`, "firewall", `{"bots":{"allow":[],"deny":[],"scanners":true},"core_rules":false}`, "/plugins/0: bot-detection is firewall here"},
		{`{"name":"bot-detection","config":{"allow":["^me"],"deny":["bad","(?=x)"],"x":1}}`, "firewall", `{"bots":{"allow":["^me"],"deny":["bad"],"scanners":true},"core_rules":false}`,
			`/plugins/0/config/deny: not imported: "(?=x)" is no regular expression here|/plugins/0/config/x: not imported: the field does not exist here|/plugins/0: bot-detection is firewall here`},
		{`{"name":"bot-detection","config":{"allow":["(?=x)"]}}`, "", "null", `/plugins/0/config/allow: not imported: "(?=x)" is no regular expression here`},
		{`{"name":"loggly","config":{"key":"k/y","tags":["a b","c"],"host":"logs-01.loggly.com"}}`, "http-log", `{"http_endpoint":"https://logs-01.loggly.com/inputs/k%2Fy/tag/a%20b,c/","ssl_verify":true}`, "/plugins/0: loggly is http-log here"},
		{`{"name":"loggly","config":{"key":"k"}}`, "http-log", `{"http_endpoint":"https://logs-01.loggly.com/inputs/k/tag/kong/","ssl_verify":true}`, "/plugins/0: loggly is http-log here"},
		{`{"name":"loggly","config":{"key":"k","host":"x"}}`, "", "null", `/plugins/0/config: not imported: syslog or tcp-log may reach "x"`},
		{`{"name":"rate-limiting-advanced","config":{"limit":[5,100],"window_size":[60,3600],"identifier":"ip","sync_rate":-1,"strategy":"local","penalty":true}}`, "rate-limiting",
			`{"hour":100,"limit_by":"ip","minute":5,"strategy":"sliding"}`, "/plugins/0/config/penalty: not imported: the field does not exist here|/plugins/0: rate-limiting-advanced is rate-limiting here"},
		{`{"name":"rate-limiting-advanced","config":{"limit":[5],"window_size":[1],"window_type":"fixed","strategy":"redis","redis":{"host":"r","sentinel_master":"m"}}}`, "rate-limiting",
			`{"policy":"redis","redis":{"host":"r"},"second":5,"strategy":"fixed"}`, "/plugins/0: rate-limiting-advanced is rate-limiting here|/plugins/0/config/redis/sentinel_master: not imported: the field does not exist here"},
		{`{"name":"rate-limiting-advanced","config":{"limit":[5],"window_size":[90]}}`, "", "null", "/plugins/0/config: not imported: a window of 90 s has no name here"},
		{`{"name":"key-auth-enc","config":{"key_names":["k"]}}`, "key-auth", `{"key_names":["k"]}`, "/plugins/0: key-auth-enc is key-auth here"},
		{`{"name":"zipkin"}`, "", "null", `/plugins/0: not imported: there is no plugin "zipkin" here: opentelemetry sends traces by OTLP, which collectors pass on to Zipkin`},
		{`{"name":"openid-connect","config":{"issuer":"https://i.test","client_id":["x"],"auth_methods":["password","kong_oauth2","bearer"]}}`, "openid-connect", `{"auth_methods":["password","bearer"],"client_id":["x"],"issuer":"https://i.test"}`,
			"/plugins/0/config/auth_methods: not imported: kong_oauth2, for there is no plugin oauth2 here"},
		{`{"name":"key-auth"}`, "key-auth", "null", ""},
	} {
		config, name, notes := plugIn(t, c.doc)
		b, _ := json.Marshal(config)
		if name != c.name || string(b) != c.config || strings.Join(notes, "|") != c.notes {
			t.Errorf("%s:\n%s %s\n%s", c.doc, name, b, strings.Join(notes, "|"))
		}
	}
}

var row = regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)`[^|]* \\| ([^|]*) \\|")

// The guide says of each of Kong's plugins what becomes of it.
func TestKongGuide(t *testing.T) {
	text, err := os.ReadFile("../../docs/guide/from-kong.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		name, says := m[1], m[2]
		told[name] = true
		doc, report, err := Kong(model(), []byte(`{"_format_version":"3.0","plugins":[{"name":"`+name+`","config":{"limit":[1],"window_size":[1],"key":"k"}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		list, _ := doc["plugins"].([]any)
		want := "the same"
		switch {
		case len(list) == 0 && hints[name] == "":
			want = "no"
		case len(list) == 0:
			want = "no: " + hints[name]
		case list[0].(map[string]any)["name"] != name:
			want = fmt.Sprintf("`%s`", list[0].(map[string]any)["name"])
		}
		if says != want {
			t.Errorf("%s: the guide says %q, want %q (%v)", name, says, want, report.Notes)
		}
	}
	for name := range likes {
		if !told[name] {
			t.Errorf("the guide does not tell of %s", name)
		}
	}
	for name := range hints {
		if !told[name] {
			t.Errorf("the guide does not tell of %s", name)
		}
	}
	if len(told) < 45 {
		t.Errorf("%d plugins are told of", len(told))
	}
}
