package httpd

// keepHead notes the bytes of the header: last is what lies in the connection's
// buffer, where they all are unless the buffer had to grow.
func (r *Request) keepHead(last []byte) {
	if len(r.rawHead) > 0 {
		r.rawHead = append(r.rawHead, last...)
	} else {
		r.rawHead = last
	}
	for len(r.rawHead) > 0 && (r.rawHead[0] == '\r' || r.rawHead[0] == '\n') {
		r.rawHead = r.rawHead[1:]
	}
}

// RawHead is the request line and the header with their line ends, as the client sent
// them; nil for HTTP/2.
func (r *Request) RawHead() []byte { return r.Main.rawHead }
