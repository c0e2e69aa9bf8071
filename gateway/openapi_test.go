package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"moongate/gateway/admin"
	"moongate/gateway/admin/apitest"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
)

// least are the configs that plugins can't do without.
var least = map[string]string{
	"body-transformer":     `{"request":{}}`,
	"fault-injection":      `{"delay":{"duration":1}}`,
	"aggregation":          `{"parts":[{"name":"a","service":"s"}]}`,
	"field-shaping":        `{"shapes":[{"pick":["a"]}]}`,
	"acl":                  `{"allow":["a"]}`,
	"file-log":             `{"path":"/tmp/x"}`,
	"forward-auth":         `{"uri":"http://127.0.0.1:1/"}`,
	"http-log":             `{"http_endpoint":"http://127.0.0.1:1/"}`,
	"ip-restriction":       `{"allow":["10.0.0.0/8"]}`,
	"kafka-log":            `{"topic":"t","bootstrap_servers":[{"host":"127.0.0.1","port":9092}]}`,
	"oauth2-introspection": `{"introspection_url":"http://127.0.0.1:1/","authorization_value":"Basic eA=="}`,
	"mtls-auth":            `{"ca_certificates":["00000000-0000-4000-8000-0000000000ca"]}`,
	"openid-connect":       `{"issuer":"http://127.0.0.1:1/","client_id":["x"]}`,
	"mirror":               `{"host":"http://127.0.0.1:1"}`,
	"mock":                 `{"responses":[{"body":"x"}]}`,
	"rewrite":              `{"uri":"/x"}`,
	"proxy-cache":          `{"strategy":"memory"}`,
	"rate-limiting":        `{"minute":5}`,
	"redirect":             `{"location":"http://x.test/"}`,
	"tcp-log":              `{"host":"127.0.0.1","port":1}`,
	"udp-log":              `{"host":"127.0.0.1","port":1}`,
	"concurrency-limiting": `{"limit":5}`,
}

// What the Admin API says of each plugin fits what it takes and how it answers.
func TestOpenAPIPlugins(t *testing.T) {
	known := registryOf(plugins())
	desk := desired.Open(desired.NewMemory(), entity.NewModel(Outside(known)), desired.Options{})
	defer desk.Close()
	h, err := admin.New(admin.Options{Desired: desk, Plugins: adminPlugins{known, priorities(plugins())}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) (int, http.Header, []byte) {
		t.Helper()
		r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Code, rec.Header(), rec.Body.Bytes()
	}
	_, _, text := ask("GET", "/openapi.json", "")
	d, err := apitest.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range known.Names() {
		config := least[name]
		if config == "" {
			config = "{}"
		}
		body := `{"name":"` + name + `","config":` + config + `}`
		status, head, answer := ask("POST", "/plugins", body)
		if status != 201 {
			t.Errorf("%s: %d %s", body, status, answer)
			continue
		}
		if err := d.Request("POST", "/plugins", "application/json", []byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if err := d.Answer("POST", "/plugins", status, head, answer); err != nil {
			t.Errorf("%s: %v", answer, err)
		}
		var doc any
		if err := json.Unmarshal(answer, &doc); err != nil {
			t.Fatal(err)
		}
		if err := d.Check(map[string]any{"$ref": "#/components/schemas/plugin-" + name}, doc); err != nil {
			t.Errorf("%s: %v", answer, err)
		}
	}
}
