package gateway

import (
	"reflect"
	"testing"

	"moongate/gateway/entity"
)

func TestChanges(t *testing.T) {
	for _, list := range [][]entity.Change{
		{},
		{{Kind: "routes", ID: "a", New: []byte(`{"id":"a"}`)}},
		{{Kind: "routes", ID: "a"}, {Kind: "services", ID: "b", New: []byte(`{}`)}},
	} {
		n, got, err := readChanges(appendChanges(nil, 300, list))
		if err != nil || n != 300 || !reflect.DeepEqual(got, list) {
			t.Errorf("%d %v %v, want %v", n, got, err, list)
		}
	}
}

// Whatever comes is refused, or means what it says.
func FuzzChanges(f *testing.F) {
	whole := appendChanges(nil, 7, []entity.Change{{Kind: "routes", ID: "a", New: []byte(`{}`)}, {Kind: "routes", ID: "b"}})
	for i := range whole {
		f.Add(whole[:i])
	}
	f.Add(whole)
	f.Add(append(whole, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, list, err := readChanges(data)
		if err != nil {
			return
		}
		m, again, err := readChanges(appendChanges(nil, n, list))
		if err != nil || m != n || !reflect.DeepEqual(again, list) {
			t.Fatalf("%q: %v, then %v, %v", data, list, again, err)
		}
	})
}
