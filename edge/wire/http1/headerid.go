package http1

// HeaderID numbers the header fields that somebody asks for by name on most requests or responses, so that asking is an index
// and not a search.
type HeaderID uint8

const (
	OtherHeader HeaderID = iota
	Accept
	AcceptEncoding
	AcceptLanguage
	AcceptRanges
	Age
	Authorization
	CacheControl
	Connection
	ContentDisposition
	ContentEncoding
	ContentLength
	ContentRange
	ContentType
	Cookie
	Date
	Depth
	Destination
	ETag
	Expect
	Expires
	Host
	IfMatch
	IfModifiedSince
	IfNoneMatch
	IfRange
	IfUnmodifiedSince
	KeepAlive
	LastModified
	Link
	Location
	Origin
	Overwrite
	Pragma
	Priority
	ProxyAuthenticate
	ProxyAuthorization
	ProxyConnection
	Range
	Referer
	Refresh
	RetryAfter
	Server
	SetCookie
	Status
	TE
	Trailer
	TransferEncoding
	Upgrade
	UpgradeInsecureRequests
	UserAgent
	Vary
	Via
	WWWAuthenticate
	XAccelBuffering
	XAccelCharset
	XAccelExpires
	XAccelLimitRate
	XAccelRedirect
	XForwardedFor
	XForwardedProto
	XForwardedHost
	XPad
	XPoweredBy
	XRealIP
	XRequestID

	NumHeaders // for arrays indexed by HeaderID
)

var headerNames = [NumHeaders]string{
	"", "Accept", "Accept-Encoding", "Accept-Language", "Accept-Ranges", "Age", "Authorization", "Cache-Control",
	"Connection", "Content-Disposition", "Content-Encoding", "Content-Length", "Content-Range", "Content-Type", "Cookie",
	"Date", "Depth", "Destination", "ETag", "Expect", "Expires", "Host", "If-Match", "If-Modified-Since", "If-None-Match",
	"If-Range", "If-Unmodified-Since", "Keep-Alive", "Last-Modified", "Link", "Location", "Origin", "Overwrite", "Pragma",
	"Priority", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Range", "Referer", "Refresh",
	"Retry-After", "Server", "Set-Cookie", "Status", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
	"Upgrade-Insecure-Requests", "User-Agent", "Vary", "Via", "WWW-Authenticate", "X-Accel-Buffering", "X-Accel-Charset",
	"X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Redirect", "X-Forwarded-For", "X-Forwarded-Proto",
	"X-Forwarded-Host", "X-Pad", "X-Powered-By", "X-Real-IP", "X-Request-ID",
}

// String is the name in its usual spelling; empty for OtherHeader.
func (id HeaderID) String() string { return headerNames[id] }

// The known names hang in a table of chains: by length, first and last byte, which tells nearly all of them apart.
var (
	headerSlots [256]HeaderID
	headerChain [NumHeaders]HeaderID
)

func headerSlot(name string) uint8 {
	n := len(name)
	return uint8(n)*23 ^ (name[0]|0x20)*5 ^ (name[n-1]|0x20)*3 ^ (name[n/2]|0x20)*29
}

func init() {
	for id := OtherHeader + 1; id < NumHeaders; id++ {
		slot := headerSlot(headerNames[id])
		headerChain[id] = headerSlots[slot]
		headerSlots[slot] = id
	}
}

// LookupHeader finds the number of a header name, whatever its case.
func LookupHeader(name string) HeaderID {
	if name == "" {
		return OtherHeader
	}
	for id := headerSlots[headerSlot(name)]; id != OtherHeader; id = headerChain[id] {
		if headerNames[id] == name || EqualFold(headerNames[id], name) {
			return id
		}
	}
	return OtherHeader
}
