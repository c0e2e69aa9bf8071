package snmp

import (
	"strconv"
	"strings"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
)

var encapTypes = map[string]int{"mpls": 1, "ip": 2, "ila": 3, "ip6": 4}

// encapColumns are the nine columns, from the given one on, of what packets are put into.
func encapColumns[R any](first uint32, of func(*R) *config.Encap) []column[R] {
	tunnel := func(e *config.Encap) bool { return e.Kind == "ip" || e.Kind == "ip6" }
	list := []func(e *config.Encap) agentx.Value{
		func(e *config.Encap) agentx.Value { return when(e.Kind != "", agentx.Int(encapTypes[e.Kind])) },
		func(e *config.Encap) agentx.Value {
			words := make([]string, len(e.Labels))
			for i, n := range e.Labels {
				words[i] = strconv.Itoa(int(n))
			}
			return text(strings.Join(words, "/"))
		},
		func(e *config.Encap) agentx.Value { return when(tunnel(e), agentx.Big(e.ID)) },
		func(e *config.Encap) agentx.Value { return when(e.Dst.IsValid(), agentx.Addr(e.Dst)) },
		func(e *config.Encap) agentx.Value { return when(e.Src.IsValid(), agentx.Addr(e.Src)) },
		func(e *config.Encap) agentx.Value { return when(tunnel(e), agentx.Gauge(uint64(e.TOS))) },
		func(e *config.Encap) agentx.Value { return when(tunnel(e), agentx.Gauge(uint64(e.TTL))) },
		func(e *config.Encap) agentx.Value { return agentx.Value{} }, // flags can't be written
		func(e *config.Encap) agentx.Value {
			n := uint64(0)
			for _, part := range e.Locator {
				n = n<<16 | uint64(part)
			}
			return when(e.Kind == "ila", agentx.Big(n))
		},
	}
	var columns []column[R]
	for i, value := range list {
		columns = append(columns, column[R]{id: first + uint32(i), of: func(r *R) agentx.Value { return value(of(r)) }})
	}
	return columns
}
