package admin

import (
	"net/http/httptest"
	"strings"
	"testing"

	"moongate/gateway/admin/apitest"
)

// document is what the API says of itself.
func (w *world) document() *apitest.Document {
	w.t.Helper()
	rec := w.send(Viewer, "GET", "/openapi.json", "")
	d, err := apitest.Read(rec.Body.Bytes())
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// served are the methods of all paths that there are: those of the table, and whatever can
// be below an entity, found by asking for all that has a name.
func (w *world) served() map[string]bool {
	words, paths := map[string]bool{"x": true}, []string{}
	for _, e := range w.h.endpoints() {
		parts := strings.Split(e.path, "/")
		for i, part := range parts {
			if strings.HasPrefix(part, "{") {
				parts[i] = "x"
			}
			words[parts[i]] = true
		}
		delete(words, "")
		paths = append(paths, strings.Join(parts, "/"))
	}
	for _, k := range w.h.model.Kinds() {
		words[k.Name], words[k.Path], words[k.NestedPath()] = true, true, true
		for _, r := range k.Refs {
			words[r.Field] = true
		}
	}
	for a := range words {
		for c := range words {
			paths = append(paths, "/"+a, "/"+a+"/x", "/"+a+"/x/"+c, "/"+a+"/x/"+c+"/x")
		}
	}
	out := map[string]bool{}
	for _, path := range paths {
		c := &call{Handler: w.h, r: httptest.NewRequest("OPTIONS", "http://localhost"+path, nil), who: Identity{Role: Admin}}
		c.path, _ = segments(c.r.URL)
		if a := c.serve(); a != nil && a.status == 204 {
			for m := range strings.SplitSeq(a.header["Allow"], ", ") {
				if m != "OPTIONS" && m != "HEAD" {
					out[m+" "+path] = true
				}
			}
		}
	}
	return out
}

// Whatever the API serves is told, and whatever is told is served.
func TestOpenAPI(t *testing.T) {
	w := newWorld(t)
	d := w.document()
	told := d.Operations()
	reached := map[any]bool{}
	for request := range w.served() {
		method, path, _ := strings.Cut(request, " ")
		if op := d.Find(method, path); op == nil {
			t.Errorf("%s is served, and not told", request)
		} else {
			reached[op["operationId"]] = true
		}
	}
	ids := map[any]string{}
	for name, op := range told {
		id, method := op["operationId"], strings.Fields(name)[0]
		if ids[id] != "" {
			t.Errorf("%s and %s are both %v", ids[id], name, id)
		}
		ids[id] = name
		if !reached[id] {
			t.Errorf("%s is told, and not served", name)
		}
		if op["summary"] == "" || len(op["responses"].(map[string]any)) < 7 {
			t.Errorf("%s: little is told of it: %v", name, op)
		}
		if (method == "POST" || method == "PUT" || method == "PATCH") && op["requestBody"] == nil && !strings.Contains(name, "healthy") {
			t.Errorf("%s: nothing is told of its body", name)
		}
	}
	if len(ids) < 170 {
		t.Errorf("%d operations", len(ids))
	}
}

// Every endpoint of the table is told by name, not by the words of entities.
func TestUsages(t *testing.T) {
	w, own := newWorld(t), usages()
	for _, e := range w.h.endpoints() {
		for m := range e.methods {
			if own[m+" "+e.path].doc == "" {
				t.Errorf("%s %s is not told", m, e.path)
			}
			delete(own, m+" "+e.path)
		}
	}
	for name := range own {
		t.Errorf("%s is told, and there is no such endpoint", name)
	}
}

// Events are those that are told.
func TestOpenAPIEvents(t *testing.T) {
	w := newWorld(t)
	d, url := w.document(), w.serve()
	told := d.Find("GET", "/events")["x-moongate-events"].(map[string]any)
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`)
	w.must(201, "POST", "/services", `{"name":"b","host":"h"}`)
	in := w.open(url, "1")
	w.h.Announce("health", map[string]any{"upstream": map[string]any{"id": "i", "name": "n"}, "target": "t", "address": "a", "health": "unhealthy", "reason": "r"})
	for _, e := range []event{readEvent(t, in), readEvent(t, in), readEvent(t, w.open(url, "77"))} {
		if err := d.Check(told[e.kind].(map[string]any), any(object(t, e.data))); err != nil {
			t.Errorf("%v: %v", e, err)
		}
		delete(told, e.kind)
	}
	for kind := range told {
		t.Errorf("no event %s has come", kind)
	}
}

// What the document says of a body is what is taken.
func TestOpenAPIBodies(t *testing.T) {
	d := newWorld(t).document()
	const uuid = "00000000-0000-4000-8000-000000000001"
	for _, c := range []struct {
		request, body string
		fits          bool
	}{
		{"POST /services", `{"name":"a","host":"h"}`, true},
		{"POST /services", `{"url":"http://h:80/x"}`, true},
		{"POST /services", `{"name":5}`, false},
		{"POST /services", `{"hots":"h"}`, false},
		{"POST /targets", `{}`, false},
		{"POST /upstreams", `{}`, false},
		{"PUT /upstreams/a", `{}`, true},
		{"PATCH /upstreams/a", `{"healthchecks":{"active":{"timeout":"x"}}}`, false},
		{"POST /routes", `{"paths":["/"],"service":{"name":"a"}}`, true},
		{"POST /routes", `{"paths":["/"],"service":{"id":"` + uuid + `"}}`, true},
		{"POST /routes", `{"paths":["/"],"service":{"id":"a"}}`, false},
		{"POST /routes", `{"paths":["/"],"service":{}}`, false},
		{"POST /plugins", `{"name":"rate-limiting","config":{"minute":1}}`, true},
		{"POST /plugins", `{"name":"rate-limiting","config":{"minute":-1}}`, false},
		{"POST /plugins", `{"name":"forward-auth","config":{"minute":1}}`, false},
		{"POST /plugins", `{"name":"nothing"}`, false},
		{"POST /certificates", `{"cert":"c","key":"k","snis":["a"]}`, true},
		{"POST /explain", `{"url":"/","headers":{"A":"b","C":["d"]},"client":"::1"}`, true},
		{"POST /explain", `{"uri":"/"}`, false},
		{"POST /explain", `{"headers":{"A":1}}`, false},
		{"POST /batch", `{"operations":[{"method":"PUT","path":"/services/a","body":{}},{"method":"DELETE","path":"/services/b"}]}`, true},
		{"POST /batch", `{"operations":[{"method":"GET","path":"/services/a"}]}`, false},
		{"POST /batch", `{}`, false},
		{"POST /releases/a/pause", `{"reason":"looking"}`, true},
		{"POST /releases/a/pause", `{"why":"looking"}`, false},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		if err := d.Request(method, path, "application/json", []byte(c.body)); (err == nil) != c.fits {
			t.Errorf("%s %s: %v", c.request, c.body, err)
		}
	}
}
