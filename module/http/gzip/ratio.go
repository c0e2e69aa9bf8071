package gzip

import "strconv"

// appendRatio writes in/out with two digits, rounded half up at the third.
func appendRatio(b []byte, in, out int64) []byte {
	whole, part := in/out, in*100/out%100
	if in*1000/out%10 > 4 {
		if part++; part > 99 {
			whole, part = whole+1, 0
		}
	}
	b = strconv.AppendInt(b, whole, 10)
	return append(b, '.', byte('0'+part/10), byte('0'+part%10))
}
