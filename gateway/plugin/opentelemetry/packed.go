package opentelemetry

import "github.com/klauspost/compress/gzip"

// packed is gzip whose memory is used again.
type packed struct {
	to *gzip.Writer
	b  []byte
}

// Write takes what is packed.
func (p *packed) Write(b []byte) (int, error) {
	p.b = append(p.b, b...)
	return len(b), nil
}

func (p *packed) pack(b []byte) []byte {
	p.b = p.b[:0]
	if p.to == nil {
		p.to = gzip.NewWriter(p)
	} else {
		p.to.Reset(p)
	}
	p.to.Write(b) // to memory: there is nothing that can fail
	p.to.Close()
	return p.b
}
