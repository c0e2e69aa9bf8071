package httpd

import "moongate/core/errlog"

// InMemory hands the parts of a body to f one by one, those that are ranges of
// files read into memory piece by piece: for filters that look at bytes (nginx's
// copy filter). The bytes are f's until it returns.
func InMemory(r *Request, in []Buf, f func(b Buf) error) error {
	for _, b := range in {
		if b.File == nil || b.Len() == 0 {
			b.File = nil
			if err := f(b); err != nil {
				return err
			}
			continue
		}
		if err := readParts(r, b, f); err != nil {
			return err
		}
	}
	return nil
}

func readParts(r *Request, b Buf, f func(b Buf) error) error {
	buf := fileBuf.Get().(*[32768]byte)
	defer fileBuf.Put(buf)
	for off := b.Off; off < b.End; {
		n, err := b.File.ReadAt(buf[:min(int64(len(buf)), b.End-off)], off)
		if n == 0 {
			r.Logf(errlog.Alert, "pread() read only %d of %d from \"%s\": %v", off-b.Off, b.End-b.Off, b.File.Name, err)
			return errClosed
		}
		off += int64(n)
		end := off == b.End
		if err := f(Buf{B: buf[:n], Last: b.Last && end, Flush: b.Flush && end}); err != nil {
			return err
		}
	}
	return nil
}
