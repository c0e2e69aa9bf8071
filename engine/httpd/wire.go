package httpd

import (
	"sync"
	"unsafe"

	"moongate/core/version"
	"moongate/edge/sys/errno"
	"moongate/edge/wire/http1"
)

// bytesOf is s as bytes without copying; nobody may write to them.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

var errTimedOut = errno.Error(errno.ETIMEDOUT)

var (
	serverOff   = "Server: nginx\r\n"
	serverOn    = "Server: nginx/" + version.Nginx + "\r\n"
	serverBuild = serverOn
)

// line is the Server header for a server_tokens setting.
func (t tokens) line() string {
	switch t {
	case tokensOn:
		return serverOn
	case tokensBuild:
		return serverBuild
	}
	return serverOff
}

var errorPages = [...]*http1.ErrorPages{
	tokensOff:   http1.NewErrorPages("nginx"),
	tokensOn:    http1.NewErrorPages("nginx/" + version.Nginx),
	tokensBuild: http1.NewErrorPages("nginx/" + version.Nginx),
}

// pages are the error pages for a server_tokens setting.
func (t tokens) pages() *http1.ErrorPages { return errorPages[t] }

// fileBuf are buffers that files are read into when sendfile can't serve.
var fileBuf = sync.Pool{New: func() any { return new([32768]byte) }}
