package cycle

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestVirtuals(t *testing.T) {
	b := testBoard(t)
	if got := b.Virtuals(); got != nil {
		t.Fatal(got)
	}
	list := []Virtual{
		{Instance: "one", Addresses: []string{"10.0.0.1/32"}, State: "MASTER", Priority: 100, Effective: 90},
		{Instance: "two", Addresses: []string{"10.0.0.2/32"}, State: "BACKUP", Master: "10.0.0.9"},
	}
	b.ShowVirtuals(list)
	if got := b.Virtuals(); !reflect.DeepEqual(got, list) {
		t.Fatalf("%+v, want %+v", got, list)
	}
	if b.SetDrain("three", true) || !b.SetDrain("two", true) || b.Drain("one") || !b.Drain("two") || !b.DrainAt(1) {
		t.Error("drained is what is not meant")
	}
	// What is wanted goes by the name.
	b.ShowVirtuals([]Virtual{list[1], list[0]})
	if !b.Drain("two") || b.Drain("one") {
		t.Error("the wish is another's after the order has changed")
	}
	b.ShowVirtuals(list[:1])
	b.ShowVirtuals(list)
	if b.Drain("two") || len(b.Virtuals()) != 2 {
		t.Error("an instance that has gone is drained when it comes again")
	}
	// Another process sees it through a mapping of its own.
	other, err := OpenBoard(b.Descriptor())
	if err != nil || len(other.Virtuals()) != 2 || !other.SetDrain("one", true) || !b.Drain("one") {
		t.Error(err)
	}
	// What is too long loses addresses, not sense.
	long := Virtual{Instance: "long", Reason: "x"}
	for i := range 200 {
		long.Addresses = append(long.Addresses, fmt.Sprintf("2001:db8::%x/128", i))
	}
	many := []Virtual{long, {Instance: strings.Repeat("y", 2000)}}
	for range 2 * virtualPlaces {
		many = append(many, list[0])
	}
	b.ShowVirtuals(many)
	got := b.Virtuals()
	if len(got) != virtualPlaces-1 || got[0].Reason != "x" || len(got[0].Addresses) < 20 || got[1].Instance != "one" {
		t.Errorf("%d shown, the first: %+v", len(got), got[0])
	}
}

// Readers never see half of what is written.
func TestHammerVirtuals(t *testing.T) {
	b := testBoard(t)
	made := func(n int) []Virtual {
		text := strings.Repeat(string(rune('a'+n%26)), 1+n%50)
		return []Virtual{{Instance: text, Interface: text, Reason: text}}
	}
	b.ShowVirtuals(made(0))
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for range 5000 {
				for _, v := range b.Virtuals() {
					if v.Instance != v.Reason || v.Instance != v.Interface {
						t.Errorf("%+v", v)
						return
					}
				}
			}
		})
	}
	for n := range 5000 {
		b.ShowVirtuals(made(n))
	}
	readers.Wait()
}
