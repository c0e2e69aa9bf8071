package http1

// Method is one bit for each method nginx knows, so that sets of methods (limit_except, proxy_cache_methods) are one word.
type Method uint32

const (
	Unknown Method = 1 << iota // any other token; the text is in the request line
	GET
	HEAD
	POST
	PUT
	DELETE
	MKCOL
	COPY
	MOVE
	OPTIONS
	PROPFIND
	PROPPATCH
	LOCK
	UNLOCK
	PATCH
	TRACE
	CONNECT
)

var methodNames = [...]string{
	"", "GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS",
	"PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH", "TRACE", "CONNECT",
}

// String is the method's name; empty for Unknown and for sets.
func (m Method) String() string {
	for i, name := range methodNames {
		if m == 1<<i {
			return name
		}
	}
	return ""
}

// ParseMethod knows a method by its name. Case counts (RFC 9110, 9.1).
func ParseMethod(s string) Method {
	switch s {
	case "GET":
		return GET
	case "HEAD":
		return HEAD
	case "POST":
		return POST
	case "PUT":
		return PUT
	case "DELETE":
		return DELETE
	case "MKCOL":
		return MKCOL
	case "COPY":
		return COPY
	case "MOVE":
		return MOVE
	case "OPTIONS":
		return OPTIONS
	case "PROPFIND":
		return PROPFIND
	case "PROPPATCH":
		return PROPPATCH
	case "LOCK":
		return LOCK
	case "UNLOCK":
		return UNLOCK
	case "PATCH":
		return PATCH
	case "TRACE":
		return TRACE
	case "CONNECT":
		return CONNECT
	}
	return Unknown
}

// methodChar: nginx takes upper-case letters, '_' and '-', fewer than RFC 9110 allows a token.
func methodChar(c byte) bool {
	return c-'A' < 26 || c == '_' || c == '-'
}
