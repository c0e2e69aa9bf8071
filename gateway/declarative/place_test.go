package declarative

import "testing"

func TestLines(t *testing.T) {
	l := NewLines([]byte("# head\nservices:\n- name: a\n  routes: &r\n  - name: x\n    paths:\n    - /\n    - b\n- name: c\n  routes: *r\n"))
	for pointer, want := range map[string]int{
		"": 2, "/services": 2, "/services/0": 3, "/services/0/routes/0/paths/1": 8, "/services/0/host": 3,
		"/services/1/routes/0/paths": 6, "/services/9": 2, "/services/x": 2, "/plugins": 2,
	} {
		if got := l.Of(pointer); got != want {
			t.Errorf("%q: line %d, want %d", pointer, got, want)
		}
	}
	if n := NewLines([]byte("a: {")).Of("/a"); n != 0 {
		t.Errorf("line %d of nothing", n)
	}
	if n := NewLines([]byte(`{"a":` + "\n" + `[1,` + "\n" + `{"b":2}]}`)).Of("/a/1/b"); n != 3 {
		t.Errorf("line %d of JSON", n)
	}
}

// A file of some tags puts what it holds and takes away only what has these tags.
func TestReplaceTagged(t *testing.T) {
	s := replace(t, empty(), `{"_format_version":"3.0","services":[{"name":"a","host":"h","tags":["v1"]}],"upstreams":[{"name":"up"}]}`).State
	doc, err := Parse([]byte(`{"_format_version":"3.0","services":[{"name":"b","host":"h","tags":["v1"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ReplaceTagged(s, doc, []string{"v1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if r.State.Find("services", "b") == nil || r.State.Find("services", "a") != nil || r.State.Len("upstreams") != 1 {
		t.Errorf("%d services, %d upstreams", r.State.Len("services"), r.State.Len("upstreams"))
	}
}
