package snmp

import (
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"moongate/core/version"
	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
)

// globalGroup is the group global: what global_defs says.
func globalGroup(v *view, s *Snapshot) {
	g := &s.Config.Global
	mail := global.With(3)
	for i, value := range []agentx.Value{
		agentx.Text("Keepalived v" + version.Keepalived + " (moongate " + version.Moongate + ")"),
		agentx.Text(routerID(g)),
	} {
		v.scalar(global, uint32(i+1), value)
	}
	mailGroup(v, mail, &g.Mail)
	for i, value := range []agentx.Value{
		truth(g.SNMP.Traps),
		pick(g.LinkbeatPolling, 2, 1),
		truth(g.Flush),
		truth(true), // counters of 64 bits
		agentx.Text(g.NetNamespace),
		truth(g.DBus),
		truth(g.DynamicInterfaces),
		agentx.Int(map[string]int{"all": 1, "VS": 3, "": 2}[g.FlushOnStop]),
	} {
		v.scalar(global, uint32(i+4), value)
	}
}

func pick(is bool, yes, no int) agentx.Value {
	if is {
		return agentx.Int(yes)
	}
	return agentx.Int(no)
}

func routerID(g *config.Global) string {
	if g.RouterID != "" {
		return g.RouterID
	}
	return hostname()
}

func hostname() string {
	name, _ := os.Hostname()
	return name
}

// mailGroup tells of mails. Where none are sent there is no server.
func mailGroup(v *view, mail agentx.OID, m *config.Mail) {
	host, port, _ := net.SplitHostPort(m.Server)
	addr, err := netip.ParseAddr(host)
	number, _ := strconv.Atoi(port)
	timeout := m.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	from := m.From
	if from == "" {
		from = "root@" + hostname()
	}
	known := err == nil
	for i, value := range []agentx.Value{
		when(known, family(addr)),
		when(known, agentx.Addr(addr)),
		when(m.Server != "", agentx.Gauge(uint64(timeout/time.Second))),
		when(m.Server != "" || len(m.To) > 0, agentx.Text(from)),
		{},
		when(m.Server != "", agentx.Gauge(uint64(number))),
		truth(!m.NoFaults),
		tristate(m.Alert), tristate(m.AlertVRRP), tristate(m.AlertChecker),
	} {
		if i != 4 {
			v.scalar(mail, uint32(i+1), value)
		}
	}
	var rows []row[string]
	for i, to := range m.To {
		rows = append(rows, row[string]{[]uint32{uint32(i + 1)}, to})
	}
	table(v, entry(mail, 5), []column[string]{{id: 2, of: func(to *string) agentx.Value { return agentx.Text(*to) }}}, rows)
}

// tristate is on(1), off(2), unset(3).
func tristate(t config.Tristate) agentx.Value {
	return agentx.Int(map[config.Tristate]int{config.On: 1, config.Off: 2, config.Default: 3}[t])
}

// family is InetAddressType.
func family(a netip.Addr) agentx.Value { return pick(a.Is6(), 2, 1) }
