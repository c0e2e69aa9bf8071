package admin

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"moongate/core/cycle"
)

// pair is two nodes, of which the first has the address.
type pair struct{ first, second string }

func (p pair) List(context.Context) ([]NodeState, error) {
	v := func(name, state, master string) []cycle.Virtual {
		return []cycle.Virtual{{Instance: name, Addresses: []string{"10.0.0.1/32"}, State: state, Master: master, Drained: state == "FAULT"}}
	}
	return []NodeState{
		{ID: "a1", Name: "a", Self: true, State: "serving", Virtual: v("VI", p.first, "10.0.0.8")},
		{ID: "b1", Name: "b", State: "serving", Virtual: v("VI", p.second, "10.0.0.9")},
		{ID: "c1", Name: "c", State: "gone"},
	}, errors.New("half is seen")
}

func TestNodes(t *testing.T) {
	w := newWorld(t)
	if list := w.must(200, "GET", "/nodes", "")["data"].([]any); len(list) != 0 {
		t.Error(list)
	}
	w.must(404, "POST", "/virtual-addresses/VI/drain", "")
	w.h.Nodes = pair{"BACKUP", "MASTER"}
	all := w.must(200, "GET", "/nodes", "")
	if list := all["data"].([]any); len(list) != 3 || all["trouble"] != "half is seen" || list[2].(map[string]any)["virtual_addresses"] == nil {
		t.Error(all)
	}
	for _, one := range w.must(200, "GET", "/virtual-addresses", "")["data"].([]any) {
		if v := one.(map[string]any); v["owner"] != "b" || v["instance"] != "VI" {
			t.Error(v)
		}
	}
	for _, c := range []struct {
		nodes  pair
		path   string
		status int
		act    string
	}{
		{pair{"BACKUP", "MASTER"}, "/VI/drain", 204, `{"id":"b1","kind":"nodes","name":"drain","of":"VI"}`},
		{pair{"MASTER", "BACKUP"}, "/VI/drain", 204, `{"id":"a1","kind":"nodes","name":"drain","of":"VI"}`},
		{pair{"MASTER", "BACKUP"}, "/VI/drain?node=b", 204, `{"id":"b1","kind":"nodes","name":"drain","of":"VI"}`},
		{pair{"MASTER", "BACKUP"}, "/VI/drain?node=b1", 204, `{"id":"b1","kind":"nodes","name":"drain","of":"VI"}`},
		{pair{"MASTER", "FAULT"}, "/VI/undrain", 204, `{"id":"b1","kind":"nodes","name":"undrain","of":"VI"}`},
		{pair{"MASTER", "BACKUP"}, "/VI/undrain", 409, ""},
		{pair{"BACKUP", "BACKUP"}, "/VI/drain", 409, ""},
		{pair{"MASTER", "BACKUP"}, "/VI/drain?node=x", 404, ""},
		{pair{"MASTER", "BACKUP"}, "/other/drain", 404, ""},
	} {
		w.h.Nodes = c.nodes
		w.must(c.status, "POST", "/virtual-addresses"+c.path, "")
		if c.act == "" {
			continue
		}
		last := w.must(200, "GET", "/audit?size=1", "")["data"].([]any)[0].(map[string]any)
		if got, _ := json.Marshal(last["acts"].([]any)[0]); string(got) != c.act {
			t.Errorf("%s: %s, want %s", c.path, got, c.act)
		}
	}
	// A stranger may have it.
	if got := owner([]NodeState{{Virtual: []cycle.Virtual{{State: "BACKUP"}}}}, &cycle.Virtual{Master: "10.0.0.9"}); got != "10.0.0.9" {
		t.Error(got)
	}
}
