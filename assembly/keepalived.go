package assembly

import (
	"moongate/core/version"
	"moongate/keepalived/bfd"
	"moongate/keepalived/checker"
	"moongate/keepalived/config"
	"moongate/keepalived/daemon"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/ebpf"
	"moongate/keepalived/lvs/ipvs"
	"moongate/keepalived/role"
	"moongate/keepalived/speaker"
)

// Keepalived is the program keepalived, called with args: the roles of its
// processes.
func Keepalived(args []string) daemon.Program {
	return daemon.Program{Version: version.Moongate, Args: args, Roles: map[role.Name]role.Role{
		role.VRRP:    speaker.Role,
		role.Checker: checker.Role(planes),
		role.BFD:     bfd.Role(),
	}}
}

// planes are the data planes of virtual servers, the best first.
var planes = []checker.Opener{
	{Name: "ipvs", Open: func(*config.Global, role.Logf) (lvs.Plane, error) { return ipvs.New() }},
	{Name: "ebpf", Open: func(*config.Global, role.Logf) (lvs.Plane, error) { return ebpf.New(ebpf.Options{}) }},
}
