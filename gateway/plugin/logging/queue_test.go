package logging

import (
	"testing"

	"moongate/core/errlog"
	"moongate/gateway/plugin"
)

// stuck is a sink that lets a batch go when it is told to.
type stuck struct{ in, out chan int }

func (s *stuck) Write(batch [][]byte) error {
	s.in <- len(batch)
	<-s.out
	return nil
}

func (s *stuck) Close() { close(s.in) }

// A full queue drops and counts; it never waits.
func TestFull(t *testing.T) {
	s := &stuck{make(chan int), make(chan int)}
	conf := Standard
	conf.Entries, conf.Batch = 10, 4
	q := NewQueue(Env{Env: &plugin.Env{Log: new(errlog.Log)}, Name: "test"}, conf, s)
	q.Put([]byte("first"))
	if n := <-s.in; n != 1 {
		t.Fatal(n)
	}
	for range 25 {
		q.Put([]byte("x"))
	}
	if n := q.Dropped(); n != 15 {
		t.Errorf("%d are dropped", n)
	}
	q.Close()
	for _, want := range []int{4, 4, 2} {
		s.out <- 1
		if n := <-s.in; n != want {
			t.Errorf("a batch of %d, want %d", n, want)
		}
	}
	s.out <- 1
	if _, open := <-s.in; open {
		t.Error("there is more")
	}
}
