package admin

import (
	"encoding/json"
	"fmt"
	"sync"
)

// news are what followers of /events are told besides revisions. They are not kept: who is
// not there misses them.
type news struct {
	mu   sync.Mutex
	to   map[chan string]bool
	over bool // nobody is told anything any more
}

// maxNews may wait for one follower; one that does not read is left.
const maxNews = 1000

func (n *news) join() chan string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.to == nil {
		n.to = map[chan string]bool{}
	}
	c := make(chan string, maxNews)
	if n.over {
		close(c)
		return c
	}
	n.to[c] = true
	return c
}

// end lets all followers go.
func (n *news) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.over = true
	for c := range n.to {
		close(c)
	}
	clear(n.to)
}

func (n *news) leave(c chan string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.to, c)
}

func (n *news) tell(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.to {
		select {
		case c <- text:
		default:
			delete(n.to, c)
			close(c)
		}
	}
}

// Announce tells the followers of /events of something that is no revision.
func (h *Handler) Announce(event string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		h.Log(err.Error())
		return
	}
	h.news.tell(fmt.Sprintf("event: %s\ndata: %s\n\n", event, b))
}
