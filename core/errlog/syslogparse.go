package errlog

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"moongate/edge/sys/dgram"
	"moongate/edge/sys/host"
)

var facilities = []string{"kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp",
	"clock", "authpriv", "ftp", "ntp", "audit", "alert", "cron",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}

// severities are the words of nginx.conf, not those of syslog.h.
var severities = levelNames[1:]

// noTag is no tag that can be written; an empty one can.
const noTag = "-"

// ParseSyslog reads "syslog:server=ADDRESS[,parameter=value...]". The error is
// worded without its place.
func ParseSyslog(text, hostname string) (*Syslog, error) {
	s := &Syslog{facility: -1, severity: -1, tag: noTag, hostname: hostname, fd: -1}
	params := strings.TrimPrefix(text, "syslog:")
	for {
		param, rest, more := strings.Cut(params, ",")
		if err := s.parameter(param); err != nil {
			return nil, err
		}
		if !more {
			break
		}
		params = rest
	}
	if s.Name == "" {
		return nil, errors.New("no syslog server specified")
	}
	if s.facility < 0 {
		s.facility = facilityDefault
	}
	if s.severity < 0 {
		s.severity = severityDefault
	}
	if s.tag == noTag {
		s.tag = "nginx"
	}
	return s, nil
}

func (s *Syslog) parameter(param string) error {
	name, value, _ := strings.Cut(param, "=")
	switch {
	case strings.HasPrefix(param, "server="):
		if s.Name != "" {
			return errors.New(`duplicate syslog "server"`)
		}
		addr, err := parseServer(value)
		if err != nil {
			return fmt.Errorf("%w in syslog server \"%s\"", err, value)
		}
		s.addr, s.Name = addr, value
	case strings.HasPrefix(param, "facility="), strings.HasPrefix(param, "severity="):
		field, words := &s.facility, facilities
		if name == "severity" {
			field, words = &s.severity, severities
		}
		if *field >= 0 {
			return fmt.Errorf("duplicate syslog \"%s\"", name)
		}
		if *field = slices.Index(words, value); *field < 0 {
			return fmt.Errorf("unknown syslog %s \"%s\"", name, value)
		}
	case strings.HasPrefix(param, "tag="):
		if s.tag != noTag {
			return errors.New(`duplicate syslog "tag"`)
		}
		if err := checkTag(value); err != nil {
			return err
		}
		s.tag = value
	case param == "nohostname":
		s.hostname = ""
	default:
		return fmt.Errorf("unknown syslog parameter \"%s\"", param)
	}
	return nil
}

// checkTag holds a tag to RFC 3164, section 4.1.3, and an underscore.
func checkTag(tag string) error {
	if len(tag) > 32 {
		return errors.New("syslog tag length exceeds 32")
	}
	for i := 0; i < len(tag); i++ {
		c := tag[i] | 0x20
		if (c < 'a' || c > 'z') && (tag[i] < '0' || tag[i] > '9') && tag[i] != '_' {
			return errors.New(`syslog "tag" only allows alphanumeric characters and underscore`)
		}
	}
	return nil
}

const syslogPort = 514

// parseServer reads unix:PATH, HOST, HOST:PORT, [IPv6] or [IPv6]:PORT; a name is
// looked up now, once (ngx_parse_url).
func parseServer(text string) (dgram.Addr, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		switch {
		case path == "":
			return dgram.Addr{}, errors.New("no path in the unix domain socket")
		case len(path) > 107:
			return dgram.Addr{}, errors.New("too long path in the unix domain socket")
		}
		return dgram.Addr{Path: path}, nil
	}
	if strings.ContainsAny(text, "/?") {
		return dgram.Addr{}, errors.New("invalid host")
	}
	name, port, found := text, "", false
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return dgram.Addr{}, errors.New("invalid host")
		}
		name = text[1:end]
		if port, found = strings.CutPrefix(text[end+1:], ":"); !found && text[end+1:] != "" {
			return dgram.Addr{}, errors.New("invalid host")
		}
	} else {
		name, port, found = strings.Cut(text, ":")
	}
	n := syslogPort
	if found {
		var err error
		if n, err = strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return dgram.Addr{}, errors.New("invalid port")
		}
	}
	if name == "" {
		return dgram.Addr{}, errors.New("no host")
	}
	ip, ok := host.Parse(name)
	if !ok {
		if text[0] == '[' {
			return dgram.Addr{}, errors.New("invalid IPv6 address")
		}
		found, err := host.Lookup(name)
		if err != nil {
			return dgram.Addr{}, errors.New("host not found")
		}
		ip = found[0]
	}
	return dgram.Addr{IP: netip.AddrPortFrom(ip.Unmap(), uint16(n))}, nil
}
