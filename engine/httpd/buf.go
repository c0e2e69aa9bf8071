package httpd

// Buf is a part of a response's body: memory, a range of a file, or only flags
// (ngx_buf_t).
type Buf struct {
	B    []byte
	File *File // the range [Off, End) of it
	Off  int64
	End  int64
	// Last ends the response (or the subrequest's part of it).
	Last bool
	// Flush asks that all so far goes to the client now.
	Flush bool
	// Keep says that B stays as it is until the request ends, so that a filter
	// may hold it without a copy. Otherwise B is the writer's again when Write
	// returns.
	Keep bool
}

// Len is the number of bytes that the part stands for.
func (b *Buf) Len() int64 {
	if b.File != nil {
		return b.End - b.Off
	}
	return int64(len(b.B))
}

// Sink is the rest of the body filters, the connection at its end.
type Sink struct {
	r *Request
	i int
}

// Write passes parts on. The parts are the caller's again when it returns.
func (s Sink) Write(in []Buf) error {
	if s.i < len(s.r.bodyFilters) {
		return s.r.bodyFilters[s.i](s.r, in, Sink{s.r, s.i + 1})
	}
	if i := s.i - len(s.r.bodyFilters); i < len(s.r.lateFilters) {
		return s.r.lateFilters[i](s.r, in, Sink{s.r, s.i + 1})
	}
	return s.r.emit(in)
}

// UseBodyFilter adds a body filter to this response, behind those added
// before. Header filters call it.
func (r *Request) UseBodyFilter(f BodyFilter) { r.bodyFilters = append(r.bodyFilters, f) }

// UseLateBodyFilter adds a body filter behind the place where the parts of
// subrequests join the response, so that it sees them as well: gzip.
func (r *Request) UseLateBodyFilter(f BodyFilter) { r.lateFilters = append(r.lateFilters, f) }

// UseFirstBodyFilter puts a body filter in front of those added before.
func (r *Request) UseFirstBodyFilter(f BodyFilter) {
	r.bodyFilters = append(r.bodyFilters, nil)
	copy(r.bodyFilters[1:], r.bodyFilters)
	r.bodyFilters[0] = f
}

// Write sends parts of the body through the filters. It blocks while the
// client is slow. SendHeader comes first.
func (r *Request) Write(in ...Buf) error { return r.WriteBufs(in) }

// WriteOne is Write for a single part; unlike Write it allocates nothing.
func (r *Request) WriteOne(b Buf) error {
	r.one[0] = b
	return r.WriteBufs(r.one[:])
}

// WriteBufs is Write for a slice.
func (r *Request) WriteBufs(in []Buf) error {
	if r.held != nil {
		return r.held.keep(in)
	}
	if r.HeaderOnly && r.Parent == nil {
		return nil
	}
	return Sink{r, 0}.Write(in)
}
