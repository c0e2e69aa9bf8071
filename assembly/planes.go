package assembly

import (
	"moongate/keepalived/checker"
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/ebpf"
	"moongate/keepalived/lvs/ipvs"
	"moongate/keepalived/lvs/nftables"
	"moongate/keepalived/lvs/place"
	"moongate/keepalived/lvs/proxy"
	"moongate/keepalived/role"
)

// planes are the data planes of virtual servers, the best first.
var planes = []checker.Opener{
	{Name: "ipvs", Open: func(*config.Global, role.Logf) (lvs.Plane, error) { return ipvs.New() }},
	{Name: "ebpf", Open: func(_ *config.Global, log role.Logf) (lvs.Plane, error) {
		here, err := place.Here()
		if err != nil {
			return nil, err
		}
		p, err := ebpf.New(ebpf.Options{Place: here, Log: func(line string) { log(role.Info, "Data plane ebpf: %s", line) }})
		if err != nil {
			here.Leave()
		}
		return p, err
	}},
	{Name: "nftables", Open: func(*config.Global, role.Logf) (lvs.Plane, error) { return nftables.New() }},
	{Name: "proxy", Open: func(*config.Global, role.Logf) (lvs.Plane, error) {
		here, err := place.Here()
		if err != nil {
			return nil, err
		}
		p, err := proxy.New(proxy.Options{Place: here})
		if err != nil {
			here.Leave()
		}
		return p, err
	}},
}
