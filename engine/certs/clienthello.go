package certs

import "encoding/binary"

// KeepHello keeps the bytes of the ClientHello, for HelloExtensions. It comes before
// Handshake.
func (c *Conn) KeepHello() { c.tap.keep = true }

// HelloName is the server name that the client has asked for.
func (c *Conn) HelloName() string { return c.hello.name }

// HelloCiphers are the suites that the client has offered.
func (c *Conn) HelloCiphers() []uint16 { return c.hello.ciphers }

// Version is the protocol of the connection, or of the handshake as far as it is known.
func (c *Conn) Version() uint16 {
	if c.done {
		return c.state.Version
	}
	return c.version
}

// HelloExtensions are the extensions of the ClientHello by their numbers (RFC 8446
// section 4.2), each without its length; in order tells in which they came.
func (c *Conn) HelloExtensions() (byNumber map[uint16][]byte, order []uint16) {
	byNumber = map[uint16][]byte{}
	b := helloMessage(c.tap.hello)
	// legacy_version, random, then a session id, suites and compression methods.
	if b = skip(b, 2+32); b == nil {
		return byNumber, nil
	}
	for _, size := range []int{1, 2, 1} {
		if _, b = vector(b, size); b == nil {
			return byNumber, nil
		}
	}
	b, _ = vector(b, 2)
	for len(b) >= 4 {
		number := binary.BigEndian.Uint16(b)
		body, rest := vector(b[2:], 2)
		if rest == nil {
			break
		}
		byNumber[number], order, b = body, append(order, number), rest
	}
	return byNumber, order
}

// helloMessage takes the first handshake message out of its records.
func helloMessage(records []byte) []byte {
	var msg []byte
	for len(records) >= 5 && records[0] == 22 {
		n := 5 + int(binary.BigEndian.Uint16(records[3:]))
		if n > len(records) {
			break
		}
		msg = append(msg, records[5:n]...)
		records = records[n:]
	}
	if len(msg) < 4 {
		return nil
	}
	n := 4 + int(msg[1])<<16 + int(msg[2])<<8 + int(msg[3])
	return msg[4:max(4, min(n, len(msg)))]
}

func skip(b []byte, n int) []byte {
	if len(b) < n {
		return nil
	}
	return b[n:]
}

// vector takes bytes that have their number in front of them, in size bytes; rest is
// nil when they are not all there.
func vector(b []byte, size int) (body, rest []byte) {
	if len(b) < size {
		return nil, nil
	}
	n := 0
	for _, c := range b[:size] {
		n = n<<8 | int(c)
	}
	if b = b[size:]; len(b) < n {
		return nil, nil
	}
	return b[:n], b[n:]
}
