package admin

import (
	"fmt"
	"net/url"
	"sync"
	"testing"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
)

// fill puts routes into the state in one write.
func (w *world) fill(n int) {
	w.t.Helper()
	ops := make([]entity.Op, n)
	for i := range ops {
		ops[i] = entity.Op{Verb: entity.Create, Kind: "routes", Doc: map[string]any{
			"name": fmt.Sprintf("r%05d", i), "paths": []any{fmt.Sprintf("/r/%d", i)}, "tags": []any{fmt.Sprint("t", i%10)},
		}}
	}
	if _, err := w.d.Apply(w.t.Context(), desired.Write{Ops: ops}); err != nil {
		w.t.Fatal(err)
	}
}

// walk follows next to the end, and gives how often each id was there.
func (w *world) walk(path string) (ids map[any]int, pages int) {
	w.t.Helper()
	ids = map[any]int{}
	for next := any(path); next != nil; pages++ {
		page := w.must(200, "GET", next.(string), "")
		for _, e := range page["data"].([]any) {
			ids[e.(map[string]any)["id"]]++
		}
		if next = page["next"]; (next != nil) != (page["offset"] != nil) {
			w.t.Fatalf("next %v, offset %v", next, page["offset"])
		}
	}
	return ids, pages
}

// costOfChange is how many allocations one PATCH makes.
func (w *world) costOfChange() float64 {
	i := 0
	return testing.AllocsPerRun(50, func() {
		i++
		w.must(200, "PATCH", fmt.Sprintf("/routes/r%05d", i), fmt.Sprintf(`{"regex_priority":%d}`, i))
	})
}

func TestTenThousandRoutes(t *testing.T) {
	w := newWorld(t)
	const n = 10_000
	w.fill(n)
	for _, c := range []struct {
		path       string
		ids, pages int
	}{
		{"/routes?size=1000", n, 10}, {"/routes", n, 100}, {"/routes?tags=t3&size=300", n / 10, 4}, {"/routes?tags=t3/t4", n / 5, 20},
	} {
		ids, pages := w.walk(c.path)
		if len(ids) != c.ids || pages != c.pages {
			t.Errorf("%s: %d routes on %d pages, want %d on %d", c.path, len(ids), pages, c.ids, c.pages)
		}
		for id, times := range ids {
			if times != 1 {
				t.Fatalf("%s: %v is there %d times", c.path, id, times)
			}
		}
	}
	small := newWorld(t)
	small.fill(100)
	if one, other := small.costOfChange(), w.costOfChange(); other > 3*one {
		t.Errorf("a change among %d routes makes %.0f allocations, among 100 %.0f", n, other, one)
	}
	tags := 0
	for next := any("/tags?size=1000"); next != nil; {
		page := w.must(200, "GET", next.(string), "")
		tags += len(page["data"].([]any))
		if next = page["next"]; next != nil {
			next = next.(string) + "&size=1000"
		}
	}
	if tags != n {
		t.Errorf("%d tags", tags)
	}
}

// What decK does: it reads all there is with a tag, then puts what it wants with
// its own ids, and deletes the rest; a second time nothing changes.
func TestSyncAsDecK(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/services", `{"name":"old","host":"h","tags":["deck"]}`)
	w.must(201, "POST", "/services", `{"name":"others","host":"h"}`)
	root := w.must(200, "GET", "/", "")
	if root["configuration"].(map[string]any)["database"] == "off" {
		t.Fatal("decK would not write")
	}
	steps := []struct{ path, body string }{
		{"/services/" + sid, `{"id":"` + sid + `","name":"a","host":"h","port":80,"protocol":"http","retries":5,"connect_timeout":60000,"read_timeout":60000,"write_timeout":60000,"enabled":true,"tags":["deck"]}`},
		{"/routes/" + rid, `{"id":"` + rid + `","name":"r","paths":["/a"],"protocols":["http","https"],"service":{"id":"` + sid + `"},"strip_path":true,"tags":["deck"]}`},
		{"/upstreams/" + uid, `{"id":"` + uid + `","name":"up","tags":["deck"]}`},
		{"/upstreams/" + uid + "/targets/" + tid, `{"id":"` + tid + `","target":"1.2.3.4:80","weight":10,"upstream":{"id":"` + uid + `"},"tags":["deck"]}`},
		{"/consumers/" + cid, `{"id":"` + cid + `","username":"u","tags":["deck"]}`},
		{"/consumers/" + cid + "/key-auth/" + kid, `{"id":"` + kid + `","key":"k","consumer":{"id":"` + cid + `"},"tags":["deck"]}`},
		{"/plugins/" + pid, `{"id":"` + pid + `","name":"rate-limiting","config":{"minute":5},"enabled":true,"service":{"id":"` + sid + `"},"protocols":["http","https"],"tags":["deck"]}`},
	}
	sync := func() {
		wanted := map[any]bool{}
		for _, s := range steps {
			wanted[w.must(200, "PUT", s.path, s.body)["id"]] = true
		}
		for _, kind := range []string{"plugins", "routes", "services", "key-auths", "consumers", "upstreams", "acls", "basic-auths", "jwts", "hmac-auths", "mtls-auths", "snis", "certificates", "ca_certificates"} {
			ids, _ := w.walk("/" + kind + "?size=1000&tags=" + url.QueryEscape("deck"))
			for id := range ids {
				if !wanted[id] {
					w.must(204, "DELETE", "/"+kind+"/"+id.(string), "")
				}
			}
		}
		for _, kind := range []string{"vaults", "key-sets", "consumer_groups", "oauth2", "filter-chains"} {
			w.must(404, "GET", "/"+kind+"?size=1000", "") // decK takes that for: there are none
		}
	}
	sync()
	_, first := w.d.Now()
	w.must(404, "GET", "/services/old", "")
	w.must(200, "GET", "/services/others", "")
	sync()
	if _, second := w.d.Now(); second != first {
		t.Errorf("the second sync made revisions %d to %d", first+1, second)
	}
}

// Many at once: every write that was acknowledged is there, names stay unique,
// and whoever says If-Match loses nothing.
func TestHammer(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/services", `{"name":"counter","host":"h","retries":0}`)
	const each, writers = 50, 8
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken, counted := 0, 0
	for n := range writers {
		wg.Go(func() {
			for i := range each {
				if rec := w.send(Admin, "POST", "/consumers", fmt.Sprintf(`{"username":"u%d"}`, i)); rec.Code == 201 {
					mu.Lock()
					taken++
					mu.Unlock()
				} else if rec.Code != 409 {
					t.Errorf("%d %s", rec.Code, rec.Body)
				}
				if rec := w.send(Admin, "PUT", fmt.Sprintf("/routes/n%d-%d", n, i), `{"paths":["/"],"service":{"name":"counter"}}`); rec.Code != 200 {
					t.Errorf("%d %s", rec.Code, rec.Body)
				}
				rec := w.send(Admin, "GET", "/services/counter", "")
				retries := object(t, rec.Body.String())["retries"].(float64)
				body := fmt.Sprintf(`{"retries":%v}`, retries+1)
				if rec = w.send(Admin, "PATCH", "/services/counter", body, "If-Match", rec.Header().Get("ETag")); rec.Code == 200 {
					mu.Lock()
					counted++
					mu.Unlock()
				} else if rec.Code != 412 {
					t.Errorf("%d %s", rec.Code, rec.Body)
				}
			}
		})
	}
	wg.Wait()
	s := w.d.State()
	svc, err := entity.Decode[entity.Service](s.Find("services", "counter"))
	if err != nil {
		t.Fatal(err)
	}
	if taken != each || s.Len("consumers") != each || s.Len("routes") != each*writers || svc.Retries != counted || counted < each {
		t.Errorf("%d consumers made, %d there; %d routes; counted to %d, is %d", taken, s.Len("consumers"), s.Len("routes"), counted, svc.Retries)
	}
	before := s
	w.must(200, "POST", "/revisions/1/rollback", "")
	if after := w.d.State(); after.Len("routes") != 0 || after.Len("services") != 1 || before.Len("routes") == 0 {
		t.Error("the rollback left something")
	}
}
