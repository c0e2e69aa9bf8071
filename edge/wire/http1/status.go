package http1

// The reasons are nginx's, which are older than RFC 9110's ("302 Moved Temporarily", "413 Request Entity Too Large").
var reasons = [...]struct {
	code   int
	reason string
}{
	{200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
	{301, "Moved Permanently"}, {302, "Moved Temporarily"}, {303, "See Other"}, {304, "Not Modified"},
	{307, "Temporary Redirect"}, {308, "Permanent Redirect"},
	{400, "Bad Request"}, {401, "Unauthorized"}, {402, "Payment Required"}, {403, "Forbidden"}, {404, "Not Found"},
	{405, "Not Allowed"}, {406, "Not Acceptable"}, {407, "Proxy Authentication Required"}, {408, "Request Time-out"},
	{409, "Conflict"}, {410, "Gone"}, {411, "Length Required"}, {412, "Precondition Failed"},
	{413, "Request Entity Too Large"}, {414, "Request-URI Too Large"}, {415, "Unsupported Media Type"},
	{416, "Requested Range Not Satisfiable"}, {421, "Misdirected Request"}, {429, "Too Many Requests"},
	{500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
	{503, "Service Temporarily Unavailable"}, {504, "Gateway Time-out"}, {505, "HTTP Version Not Supported"},
	{507, "Insufficient Storage"},
}

// statusLines has the whole line of the known codes.
var statusLines = func() (t [600]string) {
	for _, r := range reasons {
		t[r.code] = "HTTP/1.1 " + string(AppendInt(nil, int64(r.code))) + " " + r.reason + "\r\n"
	}
	return t
}()

// Reason is "Not Found" for 404; empty for codes nginx has no words for.
func Reason(code int) string {
	if code < 0 || code >= len(statusLines) || statusLines[code] == "" {
		return ""
	}
	line := statusLines[code]
	return line[len("HTTP/1.1 404 ") : len(line)-2]
}

// AppendStatusLine writes "HTTP/1.1 404 Not Found" and the line end. nginx answers with HTTP/1.1 to HTTP/1.0 too. text, if
// there is one, stands for code and reason (an upstream's, or one set by a script); a code without words gets none, but the
// space before them.
func AppendStatusLine(dst []byte, code int, text string) []byte {
	if text == "" && code > 0 && code < len(statusLines) && statusLines[code] != "" {
		return append(dst, statusLines[code]...)
	}
	dst = append(dst, "HTTP/1.1 "...)
	if text == "" {
		if code < 100 {
			dst = append(dst, '0')
		}
		if code < 10 {
			dst = append(dst, '0')
		}
		dst = AppendInt(dst, int64(code))
		dst = append(dst, ' ')
	} else {
		dst = append(dst, text...)
	}
	return append(dst, '\r', '\n')
}
