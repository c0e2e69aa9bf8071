package speaker

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"moongate/test/netns"
)

// star joins namespaces by a bridge in another one, at ports p0, p1...
func star(t *testing.T, n int) (bridge *netns.Space, all []*netns.Space) {
	bridge = netns.New(t)
	bridge.Run("ip link add br0 type bridge stp_state 0 forward_delay 0")
	bridge.Run("ip link set br0 up")
	for i := range n {
		s := netns.New(t)
		name := fmt.Sprint("p", i)
		netns.Join(bridge, name, "", s, "eth0", fmt.Sprintf("10.9.0.%d/24", i+1))
		bridge.Run("ip link set " + name + " master br0")
		all = append(all, s)
	}
	return bridge, all
}

// When two masters that could not hear each other meet, a client that was with the
// one that steps down is with the other at once: there is no second burst here that would
// tell it later.
func TestHealing(t *testing.T) {
	if _, err := exec.LookPath("bridge"); err != nil {
		t.Skip("no bridge command")
	}
	bridge, s := star(t, 3)
	A := start(t, s[0], with(instance(150, "10.9.0.100/24")))
	A.await("(VI_1) Entering MASTER STATE")
	B := start(t, s[1], with(instance(100, "10.9.0.100/24")))
	B.await("ready")
	client := s[2]
	at := func(n *node) bool {
		_, mac, _ := strings.Cut(n.space.Run("ip -o link show eth0"), "link/ether ")
		return strings.Contains(client.Run("ip neigh show 10.9.0.100"), strings.Fields(mac)[0])
	}
	// Only the first time the client asks; later it has to be told.
	asks := true
	sees := func(n *node) {
		t.Helper()
		for late := time.Now().Add(5 * time.Second); !at(n); {
			if time.Now().After(late) {
				t.Fatalf("the client sees\n%s", client.Run("ip neigh show"))
			}
			if asks {
				client.Try("ping -c 1 -W 1 10.9.0.100")
			}
		}
	}
	sees(A)
	asks = false
	for _, p := range []string{"p0", "p1"} {
		bridge.Run("bridge link set dev " + p + " isolated on")
	}
	B.await("(VI_1) Entering MASTER STATE")
	sees(B)
	for _, p := range []string{"p0", "p1"} {
		bridge.Run("bridge link set dev " + p + " isolated off")
	}
	B.await("(VI_1) Master received advert from 10.9.0.1 with higher priority 150, ours 100")
	B.await("(VI_1) removing VIPs.")
	A.await("(VI_1) Received advert from 10.9.0.2 with lower priority 100, ours 150, forcing new election")
	A.await("Sending gratuitous ARP on eth0 for 10.9.0.100")
	sees(A)
}
