package snmp

import (
	"fmt"
	"net"
	"strings"
)

// defaultSocket is where net-snmp's snmpd listens.
const defaultSocket = "unix:/var/agentx/master"

// transport reads an address in net-snmp's words: "unix:PATH", a path, "tcp:HOST:PORT",
// "tcp6:[HOST]:PORT", "HOST:PORT". AgentX needs a stream, so that there is no udp.
func transport(spec string) (network, addr string, err error) {
	word, rest, ok := strings.Cut(spec, ":")
	switch {
	case ok && (word == "unix" || word == "local"):
		return "unix", rest, nil
	case strings.HasPrefix(spec, "/"):
		return "unix", spec, nil
	case ok && (word == "udp" || word == "udp6"):
		return "", "", fmt.Errorf("AgentX does not work over %s", word)
	}
	network = "tcp"
	if ok && (word == "tcp" || word == "tcp6") {
		if word == "tcp6" {
			network = "tcp6"
		}
		spec = rest
	}
	host, port, err := net.SplitHostPort(spec)
	if err != nil { // a port alone, or a host with AgentX's own port
		host, port = spec, "705"
		if strings.Trim(spec, "0123456789") == "" {
			host, port = "localhost", spec
		}
	}
	if host == "" {
		host = "localhost"
	}
	return network, net.JoinHostPort(strings.Trim(host, "[]"), port), nil
}
