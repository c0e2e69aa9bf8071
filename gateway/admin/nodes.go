package admin

import (
	"context"
	"slices"

	"moongate/core/cycle"
	"moongate/gateway/entity"
)

// Nodes are the machines that serve by one desired state.
type Nodes interface {
	// List is all of them, this one first. trouble says why others are missing.
	List(ctx context.Context) (list []NodeState, trouble error)
}

// NodeState is how a node is, as it says itself. Times are seconds of Unix time.
type NodeState struct {
	ID                string          `json:"id"`
	Name              string          `json:"name"`
	Self              bool            `json:"self"` // it is who answers
	Address           string          `json:"address"`
	Version           string          `json:"version"`
	State             string          `json:"state"` // serving, draining, gone
	StartedAt         float64         `json:"started_at"`
	SeenAt            float64         `json:"seen_at"`
	Revision          uint64          `json:"revision"` // that its workers serve by
	RevisionAt        float64         `json:"revision_at"`
	Workers           int             `json:"workers"`
	RequestsPerSecond float64         `json:"requests_per_second"`
	Trouble           string          `json:"trouble,omitempty"` // why it can't reach the store
	Virtual           []cycle.Virtual `json:"virtual_addresses"`
}

// VirtualAddress is a virtual router of one node.
type VirtualAddress struct {
	Node     string `json:"node"` // id
	NodeName string `json:"node_name"`
	Owner    string `json:"owner"` // name of the node that has the addresses, or the address of a stranger
	cycle.Virtual
}

// The states of a virtual router in which it has its addresses.
func holds(state string) bool { return state == "MASTER" || state == "DRAINING" }

// VirtualAddresses are those of all nodes, with their owners.
func VirtualAddresses(nodes []NodeState) []VirtualAddress {
	list := []VirtualAddress{}
	for i := range nodes {
		for _, v := range nodes[i].Virtual {
			list = append(list, VirtualAddress{nodes[i].ID, nodes[i].Name, owner(nodes, &v), v})
		}
	}
	return list
}

// owner is who has what v would have. Nodes may call an instance by different names: its
// addresses say what it is.
func owner(nodes []NodeState, v *cycle.Virtual) string {
	for i := range nodes {
		for _, other := range nodes[i].Virtual {
			if nodes[i].State != "gone" && holds(other.State) && slices.Equal(other.Addresses, v.Addresses) {
				return nodes[i].Name
			}
		}
	}
	return v.Master
}

func (c *call) nodes() *reply {
	list, trouble := c.nodeList()
	out := map[string]any{"data": list}
	if trouble != nil {
		out["trouble"] = trouble.Error()
	}
	return ok(out)
}

func (c *call) nodeList() ([]NodeState, error) {
	if c.Nodes == nil {
		return []NodeState{}, nil
	}
	list, trouble := c.Nodes.List(c.r.Context())
	for i := range list {
		if list[i].Virtual == nil {
			list[i].Virtual = []cycle.Virtual{}
		}
	}
	return list, trouble
}

func (c *call) virtualAddresses() *reply {
	list, _ := c.nodeList()
	return ok(map[string]any{"data": VirtualAddresses(list)})
}

// drain has a node leave an instance's addresses to others; undrain takes it back. Without
// a node in the query it is the one that has them, or the one that is drained.
func (c *call) drain(on bool) *reply {
	instance, node := c.path[1], c.query["node"]
	list, _ := c.nodeList()
	for _, v := range VirtualAddresses(list) {
		switch {
		case v.Instance != instance, node != "" && node != v.Node && node != v.NodeName:
		case node != "", on && holds(v.State), !on && v.Drained:
			a := entity.Act{Name: entity.Drain, Kind: "nodes", ID: v.Node, Of: instance}
			if !on {
				a.Name = entity.Undrain
			}
			return c.act(a)
		}
	}
	switch {
	case !slices.ContainsFunc(VirtualAddresses(list), func(v VirtualAddress) bool { return v.Instance == instance }):
		return notFound()
	case node != "":
		return message(404, "there is no such instance on node \""+node+"\"")
	case on:
		return message(409, "no node that is seen from here has the addresses of \""+instance+"\"")
	}
	return message(409, "\""+instance+"\" is not drained")
}
