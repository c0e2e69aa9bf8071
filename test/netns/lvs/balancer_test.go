package lvs

import (
	"encoding/json"
	"fmt"
	"net"
	"os"

	"moongate/edge/sys/bpf"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/ebpf"
	"moongate/keepalived/lvs/ipvs"
	"moongate/keepalived/lvs/nftables"
	"moongate/keepalived/lvs/proxy"
)

// balancer runs a plane.
type balancer struct{ plane lvs.Plane }

func newBalancer() role { return &balancer{} }

var planes = map[string]func() (lvs.Plane, error){
	"ebpf": func() (lvs.Plane, error) {
		return ebpf.New(ebpf.Options{Log: func(s string) { fmt.Fprintln(os.Stderr, s) }})
	},
	"ebpf small": func() (lvs.Plane, error) {
		return ebpf.New(ebpf.Options{Sizes: bpf.Sizes{Connections: 1024}})
	},
	"ipvs":     func() (lvs.Plane, error) { return ipvs.New() },
	"nftables": func() (lvs.Plane, error) { return nftables.New() },
	"proxy":    func() (lvs.Plane, error) { return proxy.New(proxy.Options{}) },
}

func (b *balancer) do(c call) (a answer) {
	var err error
	switch c.Do {
	case "plane":
		if c.Names[0] == "" {
			return answer{}
		}
		b.plane, err = planes[c.Names[0]]()
		return failure(err)
	case "apply":
		var services []*lvs.Service
		if err := json.Unmarshal(c.Args, &services); err != nil {
			return failure(err)
		}
		return failure(b.plane.Apply(services))
	case "timeouts":
		var t lvs.Timeouts
		if err := json.Unmarshal(c.Args, &t); err != nil {
			return failure(err)
		}
		return failure(b.plane.(lvs.Timed).SetTimeouts(t))
	case "counters":
		all, err := b.plane.Counters()
		if err != nil {
			return failure(err)
		}
		return value(all)
	case "listen": // a server of the balancer itself
		l, err := net.Listen("tcp", c.Names[0])
		if err != nil {
			return failure(err)
		}
		go (&server{name: "sorry"}).accept(l)
		return answer{}
	case "close":
		return failure(b.plane.Close(false))
	}
	return failure(fmt.Errorf("a balancer can't %s", c.Do))
}
