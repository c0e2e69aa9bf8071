package upstream

import (
	"crypto/md5"
	"encoding/hex"

	"moongate/engine/zone"
)

// maxSID is NGX_HTTP_UPSTREAM_SID_LEN: an MD5 in hex, or a route of that length.
const maxSID = 32

// sid is the name by which clients know a peer of the server: its route, or the
// MD5 of the address, so that it is the same in all workers and after a reload.
func (s *Server) sid(addr string) string {
	if s.Route != "" {
		return s.Route
	}
	sum := md5.Sum([]byte(addr))
	return hex.EncodeToString(sum[:])
}

func (s *Server) down() int64 {
	switch {
	case s.Drain:
		return zone.PeerDraining
	case s.Down:
		return zone.PeerDown
	}
	return 0
}

// BySID is the peer that Hint names, -1 when there is none that can be chosen. A
// peer that drains can, this way (ngx_http_upstream_get_rr_peer_by_sid). Needs the
// lock.
func (c *Choice) BySID(now int64) int {
	if c.Hint == "" {
		return -1
	}
	for i, p := range c.Peers.List {
		if p.SID != c.Hint {
			continue
		}
		if p.Down&^zone.PeerDraining == 0 && c.free(i, p, now) {
			return i
		}
		break
	}
	return -1
}
