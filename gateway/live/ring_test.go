package live

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"moongate/edge/sys/event"
	"moongate/edge/sys/shm"
)

func newRing(t testing.TB) *Ring {
	t.Helper()
	s, err := shm.Create("ring", RingSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r, err := openRing(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func entry(n int) *Entry {
	e := &Entry{Time: int64(n), Status: 200 + n%300, Took: time.Duration(n) * time.Microsecond, Upstream: -1000, Sent: int64(n) << 20, Who: Who(n % int(numWho)),
		Headers: []Header{{"Host", "h.test"}, {"Accept", fmt.Sprint(n)}}}
	for i := range e.Texts {
		e.Texts[i] = strings.Repeat(string(rune('a'+i)), (n+i)%40)
	}
	return e
}

// What is noted is read again, the newest first, until it is overwritten.
func TestRing(t *testing.T) {
	a := newRing(t)
	b, err := openRing(a.seg)
	if err != nil {
		t.Fatal(err)
	}
	b.Last(func(e *Entry) bool { t.Error("there is one:", e); return true })
	const written = ringSlots + 100
	for n := range written {
		a.Note(entry(n + 1))
	}
	n := written
	b.Last(func(e *Entry) bool {
		if want := entry(n); !reflect.DeepEqual(e, want) {
			t.Fatalf("%+v, want %+v", e, want)
		}
		n--
		return true
	})
	if n != written-ringSlots+1 && n != written-ringSlots {
		t.Errorf("read down to %d of %d", n, written)
	}
	n = 0
	b.Last(func(*Entry) bool { n++; return n < 5 })
	if n != 5 {
		t.Errorf("%d, though 5 were enough", n)
	}
	if unsafe.Sizeof(ringSlot{}) != slotSize {
		t.Error("a slot has another size")
	}
}

// Whatever a request has, it fits.
func TestLongEntry(t *testing.T) {
	r, e := newRing(t), &Entry{Time: 1 << 62, Took: 1 << 62, Upstream: 1 << 62, Sent: 1 << 62, Status: 999}
	for i := range e.Texts {
		e.Texts[i] = strings.Repeat("x", 5000)
	}
	for range 50 {
		e.Headers = append(e.Headers, Header{strings.Repeat("n", 100), strings.Repeat("v", 1000)})
	}
	r.Note(e)
	n := 0
	r.Last(func(got *Entry) bool {
		if n++; len(got.Texts[TextPath]) != maxPath || len(got.Texts[TextHost]) != maxText || len(got.Headers) == 0 || len(got.Headers[0].Value) != maxValue {
			t.Errorf("%+v", got)
		}
		return true
	})
	if n != 1 {
		t.Errorf("%d entries", n)
	}
}

// Bytes that are no entry are not taken for one, wherever they break off.
func TestReadEntry(t *testing.T) {
	whole := entry(33).appendTo(make([]byte, 0, slotSize))
	for n := range whole {
		e := new(Entry)
		if e.read(whole[:n]) && len(e.Headers) == 2 {
			t.Errorf("%d of %d bytes are enough", n, len(whole))
		}
	}
}

func FuzzReadEntry(f *testing.F) {
	f.Add(entry(3).appendTo(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		e := new(Entry)
		if e.read(b) && (len(e.Headers) > len(b)/4 || e.Who.String() == "nobody") {
			t.Errorf("%+v", e)
		}
	})
}

// It is wanted for a minute, and no more is noted than a share for each worker; what has
// failed has a share of its own.
func TestTake(t *testing.T) {
	r := newRing(t)
	event.UpdateTime()
	if r.Wanted() {
		t.Error("nobody has asked")
	}
	r.Want(time.Now())
	if !r.Wanted() {
		t.Error("somebody has asked")
	}
	r.Want(time.Now().Add(-2 * wantedFor))
	if r.Wanted() {
		t.Error("that was long ago")
	}
	for _, failed := range []bool{false, true} {
		n := 0
		for range 1000 {
			if r.Take(failed) {
				n++
			}
		}
		if n != perWindow { // the clock stands still
			t.Errorf("%d are taken", n)
		}
	}
}

func TestNames(t *testing.T) {
	r := newRing(t)
	if r.Names() != nil {
		t.Error("somebody has told names")
	}
	r.Tell(&Names{Headers: []string{"host", "x-app"}, Secret: []string{"authorization", "x-app", "mine"}})
	n := r.Names()
	if n != r.Names() {
		t.Error("they are read each time")
	}
	for name, want := range map[string]string{"Host": "v", "HOST": "v", "X-App": Hidden, "Authorization": Hidden, "X-Other": ""} {
		if got, ok := n.Header(name, "v"); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", name, got, ok)
		}
	}
	for args, want := range map[string]string{
		"": "", "a=b": "a=b", "a=b&c": "a=b&c", "mine=1&page=2": "mine=***&page=2", "MINE=1": "MINE=***",
		"api_key=1&keyword=x&access_token=2&x=": "api_key=***&keyword=x&access_token=***&x=", "%6dine=1": "%6dine=***", "code=1&decoded=2": "code=***&decoded=2",
		"X-Amz-Signature=1": "X-Amz-Signature=***", "token=": "token=", "a=b=c": "a=b=c", "&&": "&&",
	} {
		if got := string(n.Query(nil, args)); got != want {
			t.Errorf("%q: %q, want %q", args, got, want)
		}
	}
	r.Tell(&Names{Headers: []string{strings.Repeat("x", maxNames)}})
	if _, ok := r.Names().Header("Host", "v"); ok {
		t.Error("names are shown though nobody could be told what is secret")
	}
}

// Many write while somebody reads: each request is one that was written.
func TestRingHammer(t *testing.T) {
	r := newRing(t)
	var all sync.WaitGroup
	for w := range 4 {
		mine, err := openRing(r.seg)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			for n := range 2000 {
				mine.Note(entry(n*4 + w))
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for over := false; !over; {
		select {
		case <-done:
			over = true
		default:
		}
		r.Last(func(e *Entry) bool {
			if !reflect.DeepEqual(e, entry(int(e.Time))) {
				t.Errorf("%+v", e)
				return false
			}
			return true
		})
	}
}

// Noting allocates nothing.
func TestNoteAllocs(t *testing.T) {
	r, e := newRing(t), entry(7)
	r.Tell(&Names{Headers: []string{"host"}})
	if n := testing.AllocsPerRun(100, func() {
		if !r.Wanted() && r.Names() != nil {
			r.Note(e)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNote(b *testing.B) {
	r, e := newRing(b), entry(39)
	for b.Loop() {
		r.Note(e)
	}
}

func BenchmarkWanted(b *testing.B) {
	r := newRing(b)
	for b.Loop() {
		if r.Wanted() {
			b.Fatal("nobody has asked")
		}
	}
}
