package htpasswd

import (
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strconv"
	"strings"
)

// shaCrypt is Ulrich Drepper's SHA crypt, $5$ with SHA-256 and $6$ with SHA-512
// (https://www.akkadia.org/drepper/SHA-crypt.txt; the numbers below are its steps).
func shaCrypt(password, old string) (string, bool) {
	makeHash, magic := sha256.New, old[:3]
	if magic == "$6$" {
		makeHash = sha512.New
	}
	salt, rounds, custom := old[3:], 5000, false
	if rest, ok := strings.CutPrefix(salt, "rounds="); ok {
		digits, after, found := strings.Cut(rest, "$")
		n, err := strconv.Atoi(digits)
		if !found || err != nil || n < 0 {
			return "", false
		}
		salt, rounds, custom = after, min(max(n, 1000), 999999999), true
	}
	salt, _, _ = strings.Cut(salt, "$")
	if len(salt) > 16 {
		salt = salt[:16]
	}
	sum := shaRounds(makeHash, []byte(password), []byte(salt), rounds)

	b := []byte(magic)
	if custom {
		b = append(b, "rounds="+strconv.Itoa(rounds)+"$"...)
	}
	b = append(append(b, salt...), '$')
	if magic == "$5$" {
		return string(order256(b, sum)), true
	}
	return string(order512(b, sum)), true
}

func shaRounds(makeHash func() hash.Hash, password, salt []byte, rounds int) []byte {
	b := makeHash() // 4-8
	b.Write(password)
	b.Write(salt)
	b.Write(password)
	sumB := b.Sum(nil)

	a := makeHash() // 1-3, 9-12
	a.Write(password)
	a.Write(salt)
	a.Write(repeat(sumB, len(password)))
	for n := len(password); n > 0; n >>= 1 {
		if n&1 != 0 {
			a.Write(sumB)
		} else {
			a.Write(password)
		}
	}
	sum := a.Sum(nil)

	dp := makeHash() // 13-16
	for range password {
		dp.Write(password)
	}
	p := repeat(dp.Sum(nil), len(password))

	ds := makeHash() // 17-20
	for range 16 + int(sum[0]) {
		ds.Write(salt)
	}
	s := repeat(ds.Sum(nil), len(salt))

	c := makeHash()
	for i := range rounds { // 21
		c.Reset()
		if i&1 != 0 {
			c.Write(p)
		} else {
			c.Write(sum)
		}
		if i%3 != 0 {
			c.Write(s)
		}
		if i%7 != 0 {
			c.Write(p)
		}
		if i&1 != 0 {
			c.Write(sum)
		} else {
			c.Write(p)
		}
		sum = c.Sum(sum[:0])
	}
	return sum
}

// repeat gives n bytes of a digest written again and again.
func repeat(sum []byte, n int) []byte {
	out := make([]byte, 0, n)
	for len(out) < n {
		out = append(out, sum[:min(len(sum), n-len(out))]...)
	}
	return out
}

// order256 and order512 write the digest in the order of step 22: groups of three
// bytes from its three thirds, in rotation.
func order256(b, sum []byte) []byte {
	i, j, k := 0, 10, 20
	for range 10 {
		b = append64(b, uint32(sum[i])<<16|uint32(sum[j])<<8|uint32(sum[k]), 4)
		i, j, k = k+1, i+1, j+1
	}
	return append64(b, uint32(sum[31])<<8|uint32(sum[30]), 3)
}

func order512(b, sum []byte) []byte {
	i, j, k := 0, 21, 42
	for range 21 {
		b = append64(b, uint32(sum[i])<<16|uint32(sum[j])<<8|uint32(sum[k]), 4)
		i, j, k = j+1, k+1, i+1
	}
	return append64(b, uint32(sum[63]), 2)
}
