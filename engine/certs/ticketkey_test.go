package certs

import (
	"bytes"
	"testing"
	"time"
)

func TestTicketKey(t *testing.T) {
	for _, n := range []int{48, 80} {
		k := parseTicketKey(bytes.Repeat([]byte("moongate"), n/8))
		for _, size := range []int{1, 15, 16, 17, 300} {
			state := bytes.Repeat([]byte{7}, size)
			ticket, err := k.seal(state)
			if err != nil || !bytes.Equal(ticket[:16], k.name[:]) {
				t.Fatal(err)
			}
			if got, ok := k.open(ticket); !ok || !bytes.Equal(got, state) {
				t.Errorf("%d %d: not opened", n, size)
			}
			for i := range ticket {
				ticket[i] ^= 1
				if _, ok := k.open(ticket); ok {
					t.Fatalf("opened with byte %d changed", i)
				}
				ticket[i] ^= 1
			}
		}
	}
}

// Two workers share a zone: a worker that looks late still knows the key that
// the other has moved to, and the key before.
func TestRotation(t *testing.T) {
	zone, now := NewMemory(10), time.Unix(1e9, 0)
	clock := func() time.Time { return now }
	a := &keyRing{zone: zone, life: time.Minute, now: clock}
	b := &keyRing{zone: zone, life: time.Minute, now: clock}
	first, err := a.keys()
	if err != nil {
		t.Fatal(err)
	}
	if same, _ := b.keys(); same[0].name != first[0].name {
		t.Error("workers differ")
	}
	now = now.Add(61 * time.Second)
	second, _ := a.keys()
	if second[0].name != first[2].name || second[1].name != first[0].name || second[2].name == first[1].name {
		t.Error("keys did not move on")
	}
	if late, _ := b.keys(); late[0].name != second[0].name {
		t.Error("the other worker rotated again")
	}
}
