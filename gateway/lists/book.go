package lists

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/redis"
)

// Book is the lists of one process.
type Book struct {
	Loop *event.Loop
	Dict *zone.Dict        // where lists outlive the process; nil: nowhere
	Log  func(text string) // of what goes wrong

	mu    sync.Mutex
	lists map[string]*List // by what they are
}

// Take gives a list, and makes it if nobody uses it yet.
func (b *Book) Take(e *entity.List) (*List, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.lists[string(raw)]
	if l == nil {
		o, err := options(&e.Redis)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(raw)
		l = &List{List: *e, book: b, what: string(raw), kept: "release-list:" + string(sum[:]), client: redis.New(b.Loop, o), seen: map[string]answer{}}
		l.recall()
		if b.lists == nil {
			b.lists = map[string]*List{}
		}
		b.lists[l.what] = l
	}
	l.users++
	return l, nil
}

// Give says that a list is not used any more by somebody who has taken it.
func (b *Book) Give(l *List) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(b.lists, l.what)
		l.client.Close()
	}
}

func options(r *entity.Redis) (redis.Options, error) {
	o := redis.Options{Timeout: time.Duration(r.Timeout) * time.Millisecond, Username: r.Username, Password: r.Password, Database: r.Database}
	if path, ok := strings.CutPrefix(r.Address, "unix:"); ok {
		o.Unix = path
	} else {
		host, port, err := net.SplitHostPort(r.Address)
		if err != nil {
			return o, err
		}
		if o.Port, err = strconv.Atoi(port); err != nil {
			return o, err
		}
		o.Host = host
	}
	if r.SSL {
		o.TLS = &tls.Config{ServerName: r.ServerName, InsecureSkipVerify: !r.SSLVerify}
		if o.TLS.ServerName == "" {
			o.TLS.ServerName = o.Host
		}
	}
	return o, nil
}
