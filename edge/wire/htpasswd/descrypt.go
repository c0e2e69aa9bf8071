package htpasswd

import "strings"

// desCrypt is crypt() of Unix's seventh edition: 25 rounds of DES on a block of
// zeros, the password as the key, with the salt swapping rows of the expansion.
// Bits are bytes here, which is plain and fast enough: a tenth of a millisecond.
func desCrypt(password, hash string) (string, bool) {
	if len(hash) < 2 {
		return "", false
	}
	expand := desE
	for i := range 2 {
		c := strings.IndexByte(itoa64, hash[i])
		if c < 0 {
			return "", false
		}
		for j := range 6 {
			if c>>j&1 != 0 {
				at := 6*i + j
				expand[at], expand[at+24] = expand[at+24], expand[at]
			}
		}
	}
	var key [64]byte
	for i := 0; i < len(password) && i < 8 && password[i] != 0; i++ {
		for j := range 7 {
			key[8*i+j] = password[i] >> (6 - j) & 1
		}
	}
	keys := desKeys(&key)
	var block [66]byte // two bits more than DES has, for the last character
	for range 25 {
		desBlock(&block, &keys, &expand)
	}
	out := []byte(hash[:2])
	for i := 0; i < 66; i += 6 {
		c := 0
		for _, bit := range block[i : i+6] {
			c = c<<1 | int(bit)
		}
		out = append(out, itoa64[c])
	}
	return string(out), true
}

// desKeys is the key schedule of FIPS 46-3.
func desKeys(key *[64]byte) (keys [16][48]byte) {
	var cd [56]byte
	for i, at := range desPC1 {
		cd[i] = key[at-1]
	}
	for round, shift := range desShifts {
		for range shift {
			for _, half := range [...][]byte{cd[:28], cd[28:]} {
				first := half[0]
				copy(half, half[1:])
				half[27] = first
			}
		}
		for i, at := range desPC2 {
			keys[round][i] = cd[at-1]
		}
	}
	return keys
}

// desBlock enciphers a block in place.
func desBlock(block *[66]byte, keys *[16][48]byte, expand *[48]byte) {
	var lr [64]byte
	for i, at := range desIP {
		lr[i] = block[at-1]
	}
	left, right := lr[:32], lr[32:]
	for round := range keys {
		var x [48]byte
		for i, at := range expand {
			x[i] = right[at-1] ^ keys[round][i]
		}
		var f [32]byte
		for s := range desS {
			b := x[6*s : 6*s+6]
			row, col := b[0]<<1|b[5], b[1]<<3|b[2]<<2|b[3]<<1|b[4]
			v := desS[s][row<<4|col]
			for j := range 4 {
				f[4*s+j] = v >> (3 - j) & 1
			}
		}
		for i, at := range desP {
			left[i] ^= f[at-1]
		}
		left, right = right, left
	}
	// The last round does not swap; the inverse of IP.
	for i, at := range desIP {
		if i < 32 {
			block[at-1] = right[i]
		} else {
			block[at-1] = left[i-32]
		}
	}
}
