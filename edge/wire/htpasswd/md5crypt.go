package htpasswd

import (
	"crypto/md5"
	"strings"
)

const itoa64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// append64 writes the low 6*n bits of v, lowest first, in crypt's alphabet.
func append64(b []byte, v uint32, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, itoa64[v&63])
		v >>= 6
	}
	return b
}

// md5Crypt is Poul-Henning Kamp's MD5 crypt. hash begins with magic and gives the
// salt; all of the new hash comes back.
func md5Crypt(password, hash, magic string) string {
	salt := hash[len(magic):]
	if i := strings.IndexByte(salt, '$'); i >= 0 {
		salt = salt[:i]
	}
	if len(salt) > 8 {
		salt = salt[:8]
	}
	inner := md5.New()
	inner.Write([]byte(password + salt + password))
	sum := inner.Sum(nil)

	first := md5.New()
	first.Write([]byte(password + magic + salt))
	for n := len(password); n > 0; n -= 16 {
		first.Write(sum[:min(n, 16)])
	}
	for n := len(password); n > 0; n >>= 1 {
		if n&1 != 0 {
			first.Write([]byte{0})
		} else {
			first.Write([]byte(password[:1]))
		}
	}
	sum = first.Sum(nil)

	// A thousand rounds, to make guessing slow.
	for i := range 1000 {
		h := md5.New()
		odd := i&1 != 0
		if odd {
			h.Write([]byte(password))
		} else {
			h.Write(sum)
		}
		if i%3 != 0 {
			h.Write([]byte(salt))
		}
		if i%7 != 0 {
			h.Write([]byte(password))
		}
		if odd {
			h.Write(sum)
		} else {
			h.Write([]byte(password))
		}
		sum = h.Sum(sum[:0])
	}

	b := append([]byte(magic+salt), '$')
	for _, t := range [...][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}} {
		b = append64(b, uint32(sum[t[0]])<<16|uint32(sum[t[1]])<<8|uint32(sum[t[2]]), 4)
	}
	return string(append64(b, uint32(sum[11]), 2))
}
