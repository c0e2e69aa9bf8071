package httpd

// FiltersBody tells whether this response's body goes through filters: then the
// parts that are written are seen one by one.
func (r *Request) FiltersBody() bool { return len(r.bodyFilters) > 0 }
