package admin

import "testing"

// Who does not read is left, and nobody waits for it.
func TestNewsUnread(t *testing.T) {
	var n news
	slow, gone := n.join(), n.join()
	n.leave(gone)
	for range maxNews + 5 {
		n.tell("x")
	}
	got := 0
	for range slow {
		got++
	}
	if got != maxNews || len(gone) > 0 {
		t.Errorf("%d and %d came", got, len(gone))
	}
}

// All followers go when the process ends, those who come late too.
func TestNewsEnd(t *testing.T) {
	var n news
	early := n.join()
	n.end()
	n.tell("x")
	n.leave(early)
	for _, c := range []chan string{early, n.join()} {
		if text, open := <-c; open {
			t.Errorf("told %q", text)
		}
	}
}
