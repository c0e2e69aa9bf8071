package httpd

// WriteJoined writes parts of another response where this one is now, behind the
// filters that are for its own bytes (ngx_http_postpone_filter). What a captured
// request's subrequests say is captured with it.
func (r *Request) WriteJoined(in []Buf) error {
	for i := range in {
		b := in[i]
		b.Last = false // the end of a subrequest is not the response's
		if b.Len() == 0 && !b.Flush {
			continue
		}
		one := [1]Buf{b}
		if err := r.join(one[:]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Request) join(one []Buf) error {
	for ; r.Parent != nil; r = r.Parent {
		if r.capture != nil {
			return r.capture(r, one)
		}
	}
	if r.HeaderOnly {
		return nil
	}
	return Sink{r, len(r.bodyFilters)}.Write(one)
}
