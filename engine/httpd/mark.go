package httpd

// Mark is a small number that one feature keeps with a client's request. Unlike
// what is in a slot it stays through redirects inside the server, and all
// subrequests have the same (nginx's r->main->limit_req_status).
type Mark struct{ index int }

const maxMarks = 8

var markCount int

// NewMark reserves a mark; call it in package variables only.
func NewMark() Mark {
	if markCount == maxMarks {
		panic("too many marks")
	}
	markCount++
	return Mark{markCount - 1}
}

// Get is what was set, 0 before.
func (k Mark) Get(r *Request) uint8 { return r.Main.marks[k.index] }

// Set keeps a number.
func (k Mark) Set(r *Request, v uint8) { r.Main.marks[k.index] = v }
