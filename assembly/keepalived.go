package assembly

import (
	"moongate/core/version"
	"moongate/keepalived/bfd"
	"moongate/keepalived/checker"
	"moongate/keepalived/daemon"
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
