package plugin

import (
	"crypto/sha256"
	"io"

	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// BodySHA256 reads the request's body and sums it up, be it in memory or in a file. res
// is Next, or what the request ends with when the body could not be read.
func (x *Context) BodySHA256() (sum [sha256.Size]byte, empty bool, res Result) {
	r := x.R
	if res := r.ReadBody(); res != httpd.OK {
		return sum, false, res
	}
	h := sha256.New()
	h.Write(r.Body.Mem)
	if f := r.Body.File; f != nil {
		if _, err := io.Copy(h, io.NewSectionReader(f, 0, f.Size)); err != nil {
			r.LogErr(errlog.Error, err, "gateway: the request's body can't be read")
			return sum, false, 500
		}
	}
	h.Sum(sum[:0])
	return sum, r.Body.Len == 0, Next
}
