package admin

import (
	"strings"
	"testing"
)

// Whoever may look may ask what becomes of a request; asking changes nothing.
func TestExplain(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/services", `{"name":"shop","url":"http://127.0.0.1:81/base"}`)
	w.must(201, "POST", "/services", `{"name":"shop2","url":"http://127.0.0.1:82"}`)
	w.must(201, "POST", "/services/shop/routes", `{"name":"shop","paths":["/shop"],"headers":{"X-A":["1"]}}`)
	w.must(201, "POST", "/plugins", `{"name":"rate-limiting","config":{"minute":5}}`)
	w.must(201, "POST", "/releases", `{"name":"v2","service":{"name":"shop"},"candidate":{"service":{"name":"shop2"}},"match":{"addresses":["10.0.0.0/8"]}}`)
	before := w.must(200, "GET", "/", "")["moongate"].(map[string]any)["revision"]
	for _, c := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"/explain", `{"url":"/shop/x?y=1","headers":{"X-A":"1"},"client":"10.1.1.1"}`, 200, `"why":"candidate: always, clause 1: address is \"10.1.1.1\""`},
		{"/explain", `{"url":"/shop/x?y=1","headers":{"X-A":"1"},"client":"10.1.1.1"}`, 200, `"url":"http://127.0.0.1:82/x?y=1"`},
		{"/explain", `{"url":"/shop/x?y=1","headers":{"x-a":["1"]}}`, 200, `"url":"http://127.0.0.1:81/base/x?y=1"`},
		{"/explain", `{"url":"/shop"}`, 200, `"text":"header x-a is not there, expected \"1\""`},
		{"/explain", `{"url":"/shop"}`, 200, `"ends":{"status":404,"why":"no route matched"}`},
		{"/explain", `{"uri":"/shop"}`, 400, `unknown field \"uri\"`},
		{"/explain", `{"url":5}`, 400, `url: a number means nothing here`},
		{"/explain", `{"url":"shop"}`, 400, `begins neither with http:// nor with /`},
		{"/explain", `{"url":"/","headers":{"a":1}}`, 400, `header \"a\" is neither a text nor a list of texts`},
		{"/explain", `{"client":"x"}`, 400, `\"x\" is no address`},
		{"/explain", `{"consumer":"x"}`, 400, `there is no \"x\"`},
		{"/explain", `a=b`, 415, `Unsupported media type`},
		{"/releases/v2/explain", `{"client":"10.1.1.1"}`, 200, `"variant":"candidate"`},
		{"/releases/v2/explain", `{"client":"11.1.1.1"}`, 200, `"variant":"baseline","why":"baseline: the share is 0 %"`},
		{"/releases/v3/explain", `{}`, 404, `Not found`},
	} {
		rec := w.send(Viewer, "POST", c.path, c.body)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s %s: %d %s", c.path, c.body, rec.Code, rec.Body)
		}
	}
	if rec := w.send(None, "POST", "/explain", `{}`); rec.Code != 401 {
		t.Errorf("without a token: %d", rec.Code)
	}
	if rec := w.send(Viewer, "GET", "/explain", ""); rec.Code != 405 {
		t.Errorf("GET: %d", rec.Code)
	}
	if after := w.must(200, "GET", "/", "")["moongate"].(map[string]any)["revision"]; after != before {
		t.Errorf("asking has made revision %v of %v", after, before)
	}
	for range maxAskers {
		w.h.askers <- struct{}{}
	}
	if rec := w.send(Viewer, "POST", "/explain", `{}`); rec.Code != 503 {
		t.Errorf("too many at once: %d", rec.Code)
	}
	for range maxAskers {
		<-w.h.askers
	}
	w.must(200, "POST", "/releases/v2/abort", `{}`)
	if rec := w.send(Viewer, "POST", "/releases/v2/explain", `{}`); !strings.Contains(rec.Body.String(), "but the release is aborted") {
		t.Error(rec.Body)
	}
}
