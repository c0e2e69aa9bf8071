package entity

import (
	"encoding/json"
	"fmt"
	"time"

	"moongate/gateway/schema"
)

// Document is one entity as it is kept: complete JSON, keys sorted. It never
// changes.
type Document struct {
	Kind string
	ID   string
	Raw  json.RawMessage
}

// Fields is the document taken apart; the caller may change it.
func (d *Document) Fields() map[string]any {
	doc, err := schema.DecodeObject(d.Raw)
	if err != nil {
		return map[string]any{} // State takes no document that is not an object
	}
	return doc
}

// Decode makes the entity's struct of a document, as in Decode[Route](d).
func Decode[T any](d *Document) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(d.Raw, v); err != nil {
		return nil, fmt.Errorf("%s %s: %w", d.Kind, d.ID, err)
	}
	return v, nil
}

// Change is what became of one document. Old is nil for a new one, New for one
// that is gone.
type Change struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Old  json.RawMessage `json:"old,omitempty"`
	New  json.RawMessage `json:"new,omitempty"`
}

// Revision is one write: all its changes or none.
type Revision struct {
	Number  uint64    `json:"number"`
	Time    time.Time `json:"time"`
	Who     string    `json:"who"`
	From    string    `json:"from,omitempty"` // the address that it came from
	Why     string    `json:"why"`
	Changes []Change  `json:"changes"`
	Acts    []Act     `json:"acts,omitempty"`
}

// Act is what a revision has every node do and what no document tells.
type Act struct {
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"`
	ID   string `json:"id,omitempty"`
	// Of is what of the entity is meant: the key of an answer, the address of a target.
	Of string `json:"of,omitempty"`
}

// Names of acts.
const (
	Purge     = "purge"     // answers kept by the plugin ID, or by all; the one with key Of, or all
	Healthy   = "healthy"   // the target ID is, or its address Of
	Unhealthy = "unhealthy" // likewise
	Drain     = "drain"     // the node ID leaves the addresses of the VRRP instance Of to others
	Undrain   = "undrain"   // it may have them again
)

func newDocument(kind string, doc map[string]any) (*Document, error) {
	id, _ := doc["id"].(string)
	if id == "" {
		return nil, fmt.Errorf("a document of %s has no id", kind)
	}
	raw, err := schema.Encode(doc)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, id, err)
	}
	return &Document{kind, id, raw}, nil
}
