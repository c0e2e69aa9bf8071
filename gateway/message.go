package gateway

import (
	"encoding/json"
	"net/netip"

	"moongate/gateway/entity"
	"moongate/gateway/feed"
)

// Kinds of frames besides feed's own.
const (
	// names carries addresses of hosts.
	names feed.Kind = 16 + iota
	// applied is a worker's word that it serves by a revision: the number as text.
	applied
	// counted is what a worker has counted of releases.
	counted
	// judged names upstreams of whose targets some have turned healthy or unhealthy: a list
	// of ids. What they are now is in shared memory.
	judged
	// turned is a worker's word that it has found a target out: a turnMessage.
	turned
)

// turnMessage is the body of turned.
type turnMessage struct {
	Upstream string `json:"upstream"` // id
	Target   string `json:"target"`   // as written
	Address  string `json:"address"`
	Healthy  bool   `json:"healthy"`
	Reason   string `json:"reason"`
}

// stateMessage is the body of feed.State, and the file of the last good state: all
// documents, those first that others refer to.
type stateMessage struct {
	Revision  uint64                  `json:"revision"`
	Documents []document              `json:"documents"`
	Names     map[string][]netip.Addr `json:"names,omitempty"`
}

type document struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Raw  json.RawMessage `json:"doc"`
}

func snapshot(s *entity.State, revision uint64, names map[string][]netip.Addr) ([]byte, error) {
	m := stateMessage{Revision: revision, Names: names}
	for _, k := range s.Model().Kinds() {
		for d := range s.All(k.Name) {
			m.Documents = append(m.Documents, document{d.Kind, d.ID, d.Raw})
		}
	}
	return json.Marshal(&m)
}

// state makes the state that the message carries.
func (m *stateMessage) state(model *entity.Model) (*entity.State, error) {
	return entity.Load(model, func(yield func(*entity.Document) bool) {
		for i := range m.Documents {
			d := &m.Documents[i]
			if !yield(&entity.Document{Kind: d.Kind, ID: d.ID, Raw: d.Raw}) {
				return
			}
		}
	})
}
