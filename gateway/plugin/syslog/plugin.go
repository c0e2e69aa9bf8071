// Package syslog is the plugin syslog: a message to the system's log for each request.
package syslog

import (
	"slices"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// The words of configurations, in the order of their numbers.
var (
	severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}
	facilities = []string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
		"", "", "", "", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}
)

// Plugin is syslog.
var Plugin = plugin.Plugin{
	Name:     "syslog",
	Observes: true,
	Doc:      "Sends a message about each request to the system's log.",
	Config: schema.Shape{Fields: logging.With(
		severity("log_level", "The least grave messages that are sent."),
		severity("successful_severity", "Of answers below 400."),
		severity("client_errors_severity", "Of answers from 400 to 499."),
		severity("server_errors_severity", "Of answers from 500 on."),
		schema.Field{Name: "facility", Kind: schema.String, Required: true, Default: "user", OneOf: schema.Words(known(facilities)...), Doc: "Which part of the system speaks."},
		schema.Field{Name: "server", Kind: schema.String, Required: true, Default: "unix:/dev/log", Check: checkServer, Ours: true, Doc: "Where to: unix:PATH, or HOST:PORT for UDP."},
		schema.Field{Name: "protocol", Kind: schema.String, Required: true, Default: "rfc3164", OneOf: schema.Words("rfc3164", "rfc5424"), Ours: true, Doc: "How messages begin: as of old, and as Kong's, or with the time of day to the millisecond."},
	)},
	New: newInstance,
}

func severity(name, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.String, Required: true, Default: "info", OneOf: schema.Words(severities...), Doc: doc}
}

func known(list []string) (out []string) {
	for _, w := range list {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// number is a word's place; what another version has accepted may have others.
func number(list []string, word string) int { return max(slices.Index(list, word), 0) }

func checkServer(v any) string {
	s, _ := v.(string)
	if path, ok := strings.CutPrefix(s, "unix:"); ok && path != "" || !ok && strings.Contains(s, ":") {
		return ""
	}
	return "should be unix:PATH or HOST:PORT"
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf struct {
		logging.Content
		Level    string `json:"log_level"`
		Good     string `json:"successful_severity"`
		Client   string `json:"client_errors_severity"`
		Server   string `json:"server_errors_severity"`
		Facility string `json:"facility"`
		Address  string `json:"server"`
		Protocol string `json:"protocol"`
	}
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	s := &logging.Datagrams{Conn: logging.Conn{Network: "udp", Address: conf.Address, Timeout: 10 * time.Second}}
	head, host := bsd, hostname()
	if path, ok := strings.CutPrefix(conf.Address, "unix:"); ok {
		s.Network, s.Address = "unixgram", path
		head = local
	}
	if conf.Protocol == "rfc5424" {
		head = ietf
	}
	level, facility := number(severities, conf.Level), 8*number(facilities, conf.Facility)
	good, client, server := number(severities, conf.Good), number(severities, conf.Client), number(severities, conf.Server)
	frame := func(x *plugin.Context, record []byte) []byte {
		grave := good
		switch status := x.R.LoggedStatus(); {
		case status >= 500:
			grave = server
		case status >= 400:
			grave = client
		}
		if grave > level {
			return nil
		}
		return append(head(facility+grave, event.Now(), host), record...)
	}
	return logging.New(logging.Env{Env: e, Name: "syslog " + c.ID}, logging.Standard, conf.Content, s, frame)
}
