package status

import (
	"fmt"
	"net"
	"os"
	"time"

	"moongate/keepalived/config"
)

// Reload is one that is due by reload_time_file.
type Reload struct {
	At    time.Time // zero: none is
	Dated bool      // the file has a date, too
}

// Global shows global_defs; vrrp says that it is for the VRRP process.
func Global(g *config.Global, vrrp bool, due Reload) string {
	p := new(page)
	p.section("Global definitions")
	if g.SaveDir != "" {
		p.line(" Config save dir = %s", g.SaveDir)
	}
	globalNames(p, g)
	globalMail(p, g)
	p.line(" Checkers log all failures = %s", truth(g.LogAllFailures))
	if g.ReloadCheck {
		p.line(" Test config before reload, log to %s", orElse(g.ReloadCheckLog, "/dev/null"))
	} else {
		p.line(" No test config before reload")
	}
	globalReload(p, g, due)
	p.line(" Dynamic interfaces = %s", pick(g.DynamicInterfaces, pick(g.AllowIfChanges, "true allow changes", "true"), "false"))
	if vrrp {
		p.line(" Default interface = %s", orElse(g.DefaultInterface, "eth0"))
	}
	p.line(" Disable local IGMP = %s", yes(g.DisableLocalIGMP))
	p.line(" LVS flush = %s", truth(g.Flush))
	p.line(" LVS flush on stop = %s", map[string]string{"": "disabled", "VS": "VS only", "all": "all"}[g.FlushOnStop])
	globalFIFOs(p, g)
	globalVRRP(p, g)
	globalProcesses(p, g)
	globalRest(p, g)
	return p.String()
}

func globalReload(p *page, g *config.Global, due Reload) {
	if g.ReloadTimeFile != "" {
		p.line(" Reload time file = %s%s", g.ReloadTimeFile, pick(g.ReloadRepeat, " (repeat)", ""))
		if due.At.IsZero() {
			p.line(" No reload scheduled")
		} else {
			p.line(" Reload scheduled for %s%s", due.At.Local().Format(time.DateTime), pick(due.Dated, " (date specified", ""))
		}
	}
	if g.ReloadFile != "" {
		p.line(" Reload_file = %s", g.ReloadFile)
	}
}

func orElse(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

func globalNames(p *page, g *config.Global) {
	p.line(" Network namespace = %s", orElse(g.NetNamespace, "(default)"))
	p.line(" Network namespace ipvs = %s", orElse(g.NetNamespaceIPVS, "(main namespace)"))
	if g.Instance != "" {
		p.line(" Instance name = %s", g.Instance)
	}
	if g.UsePIDDir {
		p.line(" Use pid dir = true")
	}
	if g.ProcessNames {
		p.line(" VRRP process name = %s", orElse(g.VRRP.Name, "keepalived_vrrp"))
		p.line(" LVS process name = %s", orElse(g.Checker.Name, "keepalived_lvs"))
		p.line(" BFD process name = %s", orElse(g.BFD.Name, "keepalived_bfd"))
	}
	p.line(" Router ID = %s", orElse(g.RouterID, hostname()))
}

func hostname() string {
	name, _ := os.Hostname()
	return name
}

func tristate(t config.Tristate) string { return [...]string{"unset", "off", "on"}[t] }

func globalMail(p *page, g *config.Global) {
	m := &g.Mail
	if m.Server != "" {
		host, port, err := net.SplitHostPort(m.Server)
		if err != nil {
			host, port = m.Server, "25"
		}
		p.line(" Smtp server = %s", host)
		p.line(" Smtp server port = %s", port)
	}
	if m.Server != "" || len(m.To) > 0 {
		p.line(" Smtp HELO name = %s", orElse(m.Helo, hostname()))
		timeout := m.Timeout
		if timeout == 0 {
			timeout = 30 * time.Second
		}
		p.line(" Smtp server connection timeout = %d", int(timeout.Seconds()))
		p.line(" Email notification from = %s", orElse(m.From, "root@"+hostname()))
		p.line(" Email notification to:")
		for _, to := range m.To {
			p.line("   %s", to)
		}
	}
	p.line(" Default smtp_alert = %s", tristate(m.Alert))
	p.line(" Default smtp_alert_vrrp = %s", tristate(m.AlertVRRP))
	p.line(" Default smtp_alert_checker = %s", tristate(m.AlertChecker))
}

func globalFIFOs(p *page, g *config.Global) {
	for _, f := range []struct {
		word string
		pipe *config.Pipe
	}{{"Global", &g.FIFO}, {"VRRP", &g.VRRPFIFO}, {"LVS", &g.LVSFIFO}} {
		if f.pipe.Path == "" {
			continue
		}
		p.line(" %s notify fifo = %s, uid:gid %d:%d", f.word, f.pipe.Path, f.pipe.UID, f.pipe.GID)
		if f.pipe.Reader.Set() {
			p.line(" %s notify fifo script = %s, %s", f.word, command(&f.pipe.Reader), owner(&f.pipe.Reader))
		}
	}
	p.line(" FIFO write vrrp states on reload = %s", truth(g.FIFOStatesOnReload))
}

func globalVRRP(p *page, g *config.Global) {
	p.line(" VRRP notify priority changes = %s", truth(g.NotifyPriorityChanges))
	if g.Mcast4.IsValid() {
		p.line(" VRRP IPv4 mcast group = %s", g.Mcast4)
	}
	if g.Mcast6.IsValid() {
		p.line(" VRRP IPv6 mcast group = %s", g.Mcast6)
	}
	garp(p, " ", " timer", &g.GARP)
	p.line(" Num adverts before down = %d", g.DownTimerAdverts)
	p.line(" Gratuitous ARP for each secondary VMAC = %ds", int(g.GARP.ExtraIf.Seconds()))
	p.line(" Send advert after receive lower priority advert = %s", truth(!g.LowerPrioNoAdvert.Or(false)))
	p.line(" Send advert after receive higher priority advert = %s", truth(g.HigherPrioSendAdvert.Or(false)))
	p.line(" Gratuitous ARP interval = %s", secs(g.GARPInterval))
	p.line(" Gratuitous NA interval = %s", secs(g.GNAInterval))
	version := g.Version
	if version == 0 {
		version = 2
	}
	p.line(" VRRP default protocol version = %d", version)
	if g.NFTable != "" {
		p.line(" nftables table name = %s", g.NFTable)
		p.line(" nftables base chain priority = %d", g.NFPriority)
	}
	p.line(" nftables %s counters", pick(g.NFCounters, "with", "without"))
	p.line(" VRRP check unicast_src = %s", truth(g.CheckUnicastSrc))
	p.line(" VRRP skip check advert addresses = %s", truth(g.SkipCheckAdvAddr))
	p.line(" VRRP strict mode = %s", truth(g.Strict))
}

// garp shows the five settings of gratuitous ARP, each line after indent.
func garp(p *page, indent, timer string, g *config.GARP) {
	p.line("%sGratuitous ARP delay = %d", indent, int(g.Delay.Seconds()))
	p.line("%sGratuitous ARP repeat = %d", indent, g.Repeat)
	p.line("%sGratuitous ARP refresh%s = %d", indent, timer, int(g.Refresh.Seconds()))
	p.line("%sGratuitous ARP refresh repeat = %d", indent, g.RefreshRepeat)
	p.line("%sGratuitous ARP lower priority delay = %d", indent, int(g.LowerDelay.Seconds()))
	p.line("%sGratuitous ARP lower priority repeat = %d", indent, g.LowerRepeat)
}

func globalProcesses(p *page, g *config.Global) {
	p.line(" Max auto priority = %d", max(g.MaxAuto, 0))
	delay := g.MinAutoDelay
	if delay == 0 {
		delay = time.Second
	}
	p.line(" Min auto priority delay = %d usecs", delay.Microseconds())
	for _, r := range []struct {
		word string
		p    *config.Priority
	}{{"VRRP", &g.VRRP}, {"Checker", &g.Checker}, {"BFD", &g.BFD}} {
		p.line(" %s process priority = %d", r.word, r.p.Nice)
		p.line(" %s don't swap = %s", r.word, truth(r.p.NoSwap))
		p.line(" %s realtime priority = %d", r.word, r.p.RealTime)
		if len(r.p.CPUs) > 0 {
			p.line(" %s CPU Affinity = %v", r.word, fmt.Sprint(r.p.CPUs))
		}
		limit := r.p.RTTime
		if limit == 0 {
			limit = 10 * time.Millisecond
		}
		p.line(" %s realtime limit = %d", r.word, limit.Microseconds())
	}
}

func globalRest(p *page, g *config.Global) {
	for _, part := range []struct {
		name string
		on   bool
	}{{"vrrp", g.SNMP.VRRP}, {"checker", g.SNMP.Checker}, {"RFCv2", g.SNMP.RFC2}, {"RFCv3", g.SNMP.RFC3}, {"traps", g.SNMP.Traps}} {
		p.line(" SNMP %s %s", part.name, enabled(part.on))
	}
	p.line(" SNMP socket = %s", orElse(g.SNMP.Socket, "default (unix:/var/agentx/master)"))
	p.line(" DBus %s", enabled(g.DBus))
	p.line(" Script security %s", enabled(g.ScriptSecurity))
	p.line(" Default script uid:gid %d:%d", g.ScriptUID, g.ScriptGID)
	p.line(" rs_init_notifies = %d", int8(pickInt(g.InitNotifies)))
	p.line(" no_checker_emails = %d", pickInt(g.Mail.NoCheckers))
	umask := uint32(0o177)
	if g.Umask != nil {
		umask = *g.Umask
	}
	p.line(" umask = 0%o", umask)
}

func pickInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
