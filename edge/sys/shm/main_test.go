package shm

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// The test binary starts itself again as another process on the same memory:
// SHM_CHILD names what it does there, descriptor 3 is the segment.
func TestMain(m *testing.M) {
	if what := os.Getenv("SHM_CHILD"); what != "" {
		if err := child(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func start(t testing.TB, s *Segment, what string) *exec.Cmd {
	t.Helper()
	dup, err := syscall.Dup(s.FD())
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(dup), "segment")
	defer f.Close()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "SHM_CHILD="+what)
	c.ExtraFiles = []*os.File{f}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c
}

// child: "count N" adds N to the word under the lock; "hold" dies with the lock;
// "table N [place M]" works on the table, dying at the M-th pass of a place.
func child(what string) error {
	s, err := Attach(3)
	if err != nil {
		return err
	}
	w := strings.Fields(what)
	n := 0
	if len(w) > 1 {
		n, _ = strconv.Atoi(w[1])
	}
	switch w[0] {
	case "count":
		word := &s.User()[0]
		for range n {
			s.Lock()
			v := *word
			*word = v + 1
			s.Unlock()
		}
	case "use":
		for {
			use(s)
		}
	case "hold":
		s.Lock()
		die()
	case "table":
		if len(w) == 4 {
			pass, _ := strconv.Atoi(w[3])
			SetFailpoint(func(place string) {
				if place == w[2] {
					if pass--; pass == 0 {
						die()
					}
				}
			})
		}
		t, err := openTest(s)
		if err != nil {
			return err
		}
		work(t, rand.New(rand.NewPCG(uint64(os.Getpid()), 1)), n)
	}
	return s.Close()
}

// use is a short turn with the lock and a longer one without.
func use(s *Segment) {
	s.Lock()
	for i := range uint64(25) {
		s.User()[1] += i
	}
	s.Unlock()
	for i := range uint32(40) {
		spare = spare*31 + s.Hash("12345678") + i
	}
}

var spare uint32

func die() {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

type testNode struct {
	Node
	size uint32
}

func openTest(s *Segment) (*Table, error) {
	return OpenTable(s, TableConf{
		KeyAt: int(unsafe.Sizeof(testNode{})), RootSize: 80, Label: 20,
		Size: func(n *Node) int { return int((*testNode)(unsafe.Pointer(n)).size) },
	})
}

func put(t *Table, key string, pad int) bool {
	t.seg.Lock()
	defer t.seg.Unlock()
	h := t.seg.Hash(key)
	if r := t.Find(h, key); r != 0 {
		t.Bump(r)
		return true
	}
	size := t.keyAt + len(key) + pad
	r := t.seg.Alloc(size)
	for r == 0 {
		old := t.Oldest()
		if old == 0 {
			return false
		}
		t.Drop(old)
		r = t.seg.Alloc(size)
	}
	(*testNode)(t.seg.At(r)).size = uint32(size)
	t.Put(r, h, key)
	return true
}

func drop(t *Table, key string) bool {
	t.seg.Lock()
	defer t.seg.Unlock()
	r := t.Find(t.seg.Hash(key), key)
	if r != 0 {
		t.Drop(r)
	}
	return r != 0
}

func work(t *Table, rnd *rand.Rand, n int) {
	for range n {
		key := "key" + strconv.Itoa(rnd.IntN(400))
		if rnd.IntN(3) == 0 {
			drop(t, key)
		} else {
			put(t, key, rnd.IntN(1<<rnd.IntN(13)))
		}
	}
}
