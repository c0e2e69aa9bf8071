package plugin

import (
	"slices"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
)

// ForwardedNames are the headers that only the gateway writes: a client's are taken away.
var ForwardedNames = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Path",
	"X-Forwarded-Prefix", "X-Real-IP", "X-Consumer-ID", "X-Consumer-Custom-ID", "X-Consumer-Username", "X-Credential-Identifier",
	"X-Anonymous-Consumer", ClassHeader}

// ClassHeader tells services the class of the client.
const ClassHeader = "X-Gateway-Client-Class"

// IsForwarded tells whether a header is one of ForwardedNames.
func IsForwarded(name string) bool {
	return slices.ContainsFunc(ForwardedNames, func(s string) bool { return http1.EqualFold(s, name) })
}

// AppendForwarded writes what the service shall know of the client, as Kong does: header
// lines, each with its end.
func (x *Context) AppendForwarded(b []byte) []byte {
	r := x.R
	b = append(b, "X-Forwarded-For: "...)
	for i := range r.In.List {
		if h := &r.In.List[i]; h.ID == http1.XForwardedFor {
			b = append(append(b, h.Value...), ", "...)
		}
	}
	addr := r.RemoteAddrText()
	b = append(append(b, addr...), "\r\n"...)
	b = appendLine(b, "X-Forwarded-Proto", Scheme(r))
	b = appendLine(b, "X-Forwarded-Host", r.Host)
	b = append(b, "X-Forwarded-Port: "...)
	b = strconv.AppendUint(b, uint64(r.Conn.LocalAddr().Port()), 10)
	b = append(b, "\r\n"...)
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	b = appendLine(b, "X-Forwarded-Path", path)
	if x.Route.StripPath {
		b = appendLine(b, "X-Forwarded-Prefix", x.Match.Prefix)
	}
	b = appendLine(b, "X-Real-IP", addr)
	b = appendLine(b, ClassHeader, x.Class)
	if !x.Authenticated() {
		return b
	}
	if c := x.Consumer; c != nil {
		b = appendLine(b, "X-Consumer-ID", c.ID)
		b = appendLine(b, "X-Consumer-Custom-ID", c.CustomID)
		b = appendLine(b, "X-Consumer-Username", c.Username)
	}
	b = appendLine(b, "X-Credential-Identifier", x.Credential)
	if x.Credential == "" {
		b = appendLine(b, "X-Anonymous-Consumer", "true")
	}
	return b
}

func appendLine(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
}
