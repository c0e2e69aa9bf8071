package httpd

import (
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// CoreConf is what the core module keeps at each level: nginx's
// ngx_http_core_srv_conf_t and ngx_http_core_loc_conf_t in one.
type CoreConf struct {
	// Levels http and server.
	HeaderTimeout        directive.Value[time.Duration]
	HeaderBufferSize     directive.Value[int64]
	LargeHeaderBuffers   directive.Value[directive.Buffers]
	MaxHeaders           directive.Value[int]
	IgnoreInvalidHeaders directive.Value[bool]
	MergeSlashes         directive.Value[bool]
	UnderscoresInHeaders directive.Value[bool]
	AllowConnect         directive.Value[bool]
	PoolSize             directive.Value[int64]
	RequestPoolSize      directive.Value[int64]
	HTTP2                directive.Value[bool]

	// All levels.
	Types                directive.Value[map[string]string]
	DefaultType          directive.Value[string]
	Root                 directive.Value[*Root]
	ClientMaxBodySize    directive.Value[int64]
	BodyBufferSize       directive.Value[int64]
	BodyTimeout          directive.Value[time.Duration]
	BodyTempPath         directive.Value[TempPath]
	BodyInFileOnly       directive.Value[int]
	BodyInSingleBuffer   directive.Value[bool]
	Sendfile             directive.Value[bool]
	SendfileMaxChunk     directive.Value[int64]
	SubrequestBuffer     directive.Value[int64]
	TCPNoPush            directive.Value[bool]
	TCPNoDelay           directive.Value[bool]
	SendTimeout          directive.Value[time.Duration]
	SendLowat            directive.Value[int64]
	OutputBuffers        directive.Value[directive.Buffers]
	PostponeOutput       directive.Value[int64]
	LimitRate            directive.Value[*Value]
	LimitRateAfter       directive.Value[*Value]
	KeepAliveTime        directive.Value[time.Duration]
	KeepAliveTimeout     directive.Value[KeepAlive]
	KeepAliveMinTimeout  directive.Value[time.Duration]
	KeepAliveRequests    directive.Value[int]
	KeepAliveDisable     directive.Value[int]
	Satisfy              directive.Value[int]
	AuthDelay            directive.Value[time.Duration]
	Internal             directive.Value[bool]
	LingeringClose       directive.Value[int]
	LingeringTime        directive.Value[time.Duration]
	LingeringTimeout     directive.Value[time.Duration]
	ResetTimedout        directive.Value[bool]
	AbsoluteRedirect     directive.Value[bool]
	ServerNameInRedirect directive.Value[bool]
	PortInRedirect       directive.Value[bool]
	MSIEPadding          directive.Value[bool]
	MSIERefresh          directive.Value[bool]
	LogNotFound          directive.Value[bool]
	LogSubrequest        directive.Value[bool]
	RecursiveErrorPages  directive.Value[bool]
	ServerTokens         directive.Value[tokens]
	IfModifiedSince      directive.Value[int]
	MaxRanges            directive.Value[int]
	ChunkedEncoding      directive.Value[bool]
	ETag                 directive.Value[bool]
	OpenFileCache        directive.Value[*FileCacheConf]
	FileCacheValid       directive.Value[time.Duration]
	FileCacheMinUses     directive.Value[int]
	FileCacheErrors      directive.Value[bool]
	FileCacheEvents      directive.Value[bool]
	Resolver             directive.Value[*Resolver]
	ResolverTimeout      directive.Value[time.Duration]
	GzipVary             directive.Value[bool]
	Gzip                 gzipConf
	DisableSymlinks      directive.Value[Symlinks]
	ReadAhead            directive.Value[int64]
	DirectIO             directive.Value[string]
	DirectIOAlignment    directive.Value[int64]
	AIO                  directive.Value[string]
	AIOWrite             directive.Value[bool]
	PostAction           directive.Value[string]
	TypesHash            [2]directive.Value[int]
	Ignored              directive.Value[int]

	ErrorPages  []errorPage
	Log         *errlog.Chain
	escapedName string
}

// coreMain is what the core module has once, in http{}.
type coreMain struct {
	VarHash  [2]directive.Value[int]
	NameHash [2]directive.Value[int]
}

// KeepAlive is keepalive_timeout: how long, and what the header says.
type KeepAlive struct {
	Timeout time.Duration
	Header  int64 // seconds in "Keep-Alive: timeout=", 0 for no header
}

// Root is root or alias.
type Root struct {
	Value *Value
	Alias bool
	// AliasLen is how much of the URI the alias stands for: the length of the
	// location's name; -1 when the location is a regex.
	AliasLen int
}

// TempPath is where bodies that outgrow memory go, with its levels of folders.
type TempPath struct {
	Path   string
	full   bool // the prefix has been put in front
	Levels [3]int
}

type tokens int

const (
	tokensOff tokens = iota
	tokensOn
	tokensBuild
)

const (
	satisfyAll = iota
	satisfyAny
)

const (
	lingeringOff = iota
	lingeringOn
	lingeringAlways
)

const (
	imsOff = iota
	imsExact
	imsBefore
)

func (c *CoreConf) disablesKeepAlive(r *Request) bool {
	d := c.KeepAliveDisable.V
	return r.In.UserAgent&uaMSIE6 != 0 && r.Method == http1.POST && d&disableMSIE6 != 0 ||
		r.In.UserAgent&uaSafari != 0 && d&disableSafari != 0
}

const (
	disableNone   = 2
	disableMSIE6  = 4
	disableSafari = 8
)

// SatisfyAll tells whether all access modules must allow a request.
func (c *CoreConf) SatisfyAll() bool { return c.Satisfy.V == satisfyAll }
