package admin

import "testing"

// ended are requests that the tests have had.
type ended []*Recent

func (e ended) Recent(wanted func(*Recent) bool) {
	for _, q := range e {
		if !wanted(q) {
			return
		}
	}
}

func TestRecent(t *testing.T) {
	w := newWorld(t)
	w.must(404, "GET", "/requests", "")
	list := ended{
		{ID: "1", Path: "/a?x=1", Status: 404, Route: "r", RouteID: "ri", Service: "s", ServiceID: "si", Who: "gateway", Headers: map[string]string{"Cookie": "***"}},
		{ID: "2", Path: "/b", Status: 200, Consumer: "c", ConsumerID: "ci", Headers: map[string]string{}},
		{ID: "3", Path: "/a", Status: 499, Headers: map[string]string{}},
	}
	for range maxRecent {
		list = append(list, &Recent{ID: "old", Path: "/old", Status: 200, Headers: map[string]string{}})
	}
	w.h.Requests = list
	for args, want := range map[string]struct {
		n     int
		first string
	}{
		"": {100, "1"}, "limit=2": {2, "1"}, "limit=1000": {1000, "1"}, "status=404": {1, "1"}, "status=4xx": {2, "1"}, "status=4XX&path=/a&limit=5": {2, "1"}, "status=2xx": {100, "2"}, "status=500": {0, ""},
		"status=4x": {0, ""}, "route=r": {1, "1"}, "route=ri": {1, "1"}, "service=si": {1, "1"}, "consumer=ci": {1, "2"}, "consumer=nobody": {0, ""}, "path=x%3D1": {1, "1"},
	} {
		data := w.must(200, "GET", "/requests?"+args, "")["data"].([]any)
		if len(data) != want.n || want.n > 0 && data[0].(map[string]any)["id"] != want.first {
			t.Errorf("%s: %d requests", args, len(data))
		}
	}
	for _, limit := range []string{"0", "1001", "x"} {
		w.must(400, "GET", "/requests?limit="+limit, "")
	}
	for range maxScrapes {
		w.h.scrapes <- struct{}{}
	}
	w.must(503, "GET", "/requests", "")
}
