package config

import (
	"net/netip"
	"time"
)

// ServerGroup is a virtual_server_group.
type ServerGroup struct {
	Name    string
	Entries []GroupEntry
	Pos     Pos
}

// GroupEntry is a line of a group: addresses from First to Last with a port, or
// a mark of the firewall.
type GroupEntry struct {
	First, Last netip.Addr
	Port        uint16
	FwMark      uint32
	V6          bool
}

// Server is a virtual_server.
type Server struct {
	Addr   netip.AddrPort // when neither FwMark nor Group is set
	FwMark uint32
	Group  *ServerGroup
	V6     bool

	Scheduler   string
	Flags       []string // ops, flag-1, sh-port, mh-fallback, ...
	Protocol    string   // TCP, UDP, SCTP
	Forward     Forward
	Persistence time.Duration // 0: off
	Granularity int           // prefix length
	Engine      string        // persistence_engine

	Alpha, Omega, HASuspend bool
	Quorum, Hysteresis      int
	QuorumUp, QuorumDown    Command
	Sorry                   *RealServer
	SorryInhibit            bool
	VirtualHost             string
	SNMPName                string
	Mail                    bool
	Inhibit                 bool // what real servers have unless they say otherwise, as Weight and Times
	Weight                  int
	Times                   Times

	Servers []*RealServer
	Pos     Pos
}

// Times is when a server is checked. Without a Retry, RetryDelay or Warmup each kind
// of checker has its own.
type Times struct {
	Timeout, Loop, RetryDelay, Warmup time.Duration
	Retry                             int
}

// Forward is how packets reach a real server.
type Forward struct {
	Method string // NAT, DR, TUN
	Tunnel string // ipip, gue, gre
	Port   uint16 // of gue
	Sum    string // nocsum, csum, remcsum
}

// RealServer is a real_server.
type RealServer struct {
	Addr                 netip.AddrPort
	Weight               int
	Forward              Forward
	Upper, Lower         uint32
	Inhibit              bool
	Alpha                bool
	Mail                 bool
	NotifyUp, NotifyDown Command
	VirtualHost          string
	SNMPName             string
	Times                Times // what its checkers have unless they say otherwise
	Checkers             []*Checker
	Pos                  Pos
}

// Checker is a check of a real server. Of the pointers at its end one is set
// for the kinds that have settings of their own.
type Checker struct {
	Kind       string // TCP_CHECK, HTTP_GET, SSL_GET, MISC_CHECK, SMTP_CHECK, DNS_CHECK, UDP_CHECK, PING_CHECK, FILE_CHECK, BFD_CHECK
	Connect    netip.AddrPort
	Bind       netip.AddrPort // not valid: any
	BindIf     string
	FwMark     uint32
	Timeout    time.Duration // connect_timeout
	Retry      int
	RetryDelay time.Duration // delay_before_retry
	Loop       time.Duration // delay_loop
	Warmup     time.Duration
	Alpha      bool
	LogAll     bool

	HTTP        *HTTPCheck
	Misc        *MiscCheck
	DNS         *DNSCheck
	UDP         *UDPCheck
	Helo        string // SMTP_CHECK
	Hosts       []SMTPHost
	BFD         string
	File        *Tracked // FILE_CHECK: the track_file
	FileDynamic bool
	Pos         Pos
}

// SMTPHost is a host block of SMTP_CHECK.
type SMTPHost struct {
	Connect, Bind netip.AddrPort
	BindIf        string
	FwMark        uint32
}

// HTTPCheck is what HTTP_GET and SSL_GET ask for.
type HTTPCheck struct {
	TLS          bool
	Protocol     string // 1.0, 1.0C, 1.1
	SNI          bool
	SNIName      string
	FastRecovery bool
	VirtualHost  string
	URLs         []URL
}

// URL is a url block.
type URL struct {
	Path               string
	Status             [][2]int // ranges; empty: 200 to 299
	Digest             string
	VirtualHost        string
	Regex              string
	RegexOptions       []string
	RegexNoMatch       bool
	RegexMin, RegexMax int
	Pos                Pos
}

// MiscCheck is MISC_CHECK's program.
type MiscCheck struct {
	Command Command
	Timeout time.Duration
	Dynamic bool
}

// DNSCheck is what DNS_CHECK asks.
type DNSCheck struct{ Type, Name string }

// UDPCheck is UDP_CHECK's payload, and the answer that it needs. A byte of the
// answer counts where Mask has its bits.
type UDPCheck struct {
	Payload        []byte
	NeedReply      bool
	Reply, Mask    []byte
	MinLen, MaxLen int
}
