package lvs

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// load connects without rest, and remembers by name how many connections ended
// well and what went wrong.
type load struct {
	stop atomic.Bool
	wg   sync.WaitGroup
	mu   sync.Mutex
	got  result
}

type result struct {
	Names  map[string]int
	Faults []string
}

func startLoad(to string, workers int) *load {
	l := &load{got: result{Names: map[string]int{}}}
	for range workers {
		l.wg.Go(func() {
			for !l.stop.Load() {
				name, err := exchange(to)
				l.mu.Lock()
				if err != nil {
					l.got.Faults = append(l.got.Faults, name+": "+err.Error())
				} else {
					l.got.Names[name]++
				}
				l.mu.Unlock()
			}
		})
	}
	return l
}

func (l *load) end() result {
	l.stop.Store(true)
	l.wg.Wait()
	return l.got
}

// exchange is a connection with a question that comes back.
func exchange(to string) (string, error) {
	conn, err := net.DialTimeout("tcp", to, 3*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(3 * time.Second))
	r := bufio.NewReader(conn)
	name, err := readName(r)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, "question\n"); err != nil {
		return name, err
	}
	if got, err := r.ReadString('\n'); err != nil || got != "question\n" {
		return name, fmt.Errorf("%q %w", got, err)
	}
	return name, nil
}

// rate connects as fast as it can for as long as Wait says, by N workers, and gives
// connections per second.
func (c *client) rate(d dial) answer {
	l := startLoad(d.To, d.N)
	began := time.Now()
	time.Sleep(d.wait())
	got := l.end()
	took := time.Since(began).Seconds()
	total := 0
	for _, n := range got.Names {
		total += n
	}
	if len(got.Faults) > 0 {
		return failure(fmt.Errorf("%d faults: %s", len(got.Faults), got.Faults[0]))
	}
	return value(float64(total) / took)
}

// stream sends for as long as Wait says, by N connections to sinks, and gives bits
// per second that arrived.
func (c *client) stream(d dial) answer {
	var total atomic.Int64
	var wg sync.WaitGroup
	faults := make(chan error, d.N)
	began := time.Now()
	for range d.N {
		wg.Go(func() {
			n, err := pour(d.To, began.Add(d.wait()))
			total.Add(n)
			if err != nil {
				faults <- err
			}
		})
	}
	wg.Wait()
	took := time.Since(began).Seconds()
	close(faults)
	if err := <-faults; err != nil {
		return failure(err)
	}
	return value(float64(total.Load()) * 8 / took)
}

func pour(to string, until time.Time) (int64, error) {
	conn, err := net.DialTimeout("tcp", to, 3*time.Second)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	for buf := make([]byte, 1<<18); time.Now().Before(until); {
		if _, err := conn.Write(buf); err != nil {
			return 0, err
		}
	}
	conn.(*net.TCPConn).CloseWrite()
	text, err := io.ReadAll(conn)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}
