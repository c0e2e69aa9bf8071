package certs

import (
	"slices"
	"strings"
)

// DefaultCiphers is NGX_DEFAULT_CIPHERS.
const DefaultCiphers = "HIGH:!aNULL:!MD5"

// expandCiphers turns an OpenSSL cipher string (ciphers(1)) into the suites
// crypto/tls has, in the order it asks for. It works on a list of active
// suites, as ssl_create_cipher_list does:
//
//	X    append what matches X and is not dead        -X  take out, may come back
//	!X   take out for good                            +X  move to the end
//	A+B  both; @STRENGTH sorts; @SECLEVEL=n is passed over
func expandCiphers(list string) ([]uint16, error) {
	const call = `SSL_CTX_set_cipher_list("%s") failed`
	var active []*suite
	dead := map[uint16]bool{}
	words := strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(": ;,", r) })
	for _, w := range words {
		if w[0] == '@' {
			switch {
			case w == "@STRENGTH":
				slices.SortStableFunc(active, func(a, b *suite) int { return b.bits - a.bits })
			case strings.HasPrefix(w, "@SECLEVEL=") && len(w) == len("@SECLEVEL=0"):
				if w[10] < '0' || w[10] > '5' {
					return nil, sslError(call, "0A000118:SSL routines::invalid command", list)
				}
			default:
				return nil, sslError(call, "0A000118:SSL routines::invalid command", list)
			}
			continue
		}
		op := byte(0)
		if strings.IndexByte("!-+", w[0]) >= 0 {
			op, w = w[0], w[1:]
		}
		if w == "DEFAULT" && op == 0 {
			active = appendMatching(active, dead, func(s *suite) bool { return s.bits >= 128 })
			continue
		}
		hit := func(s *suite) bool { return matchCipher(s, w) }
		switch op {
		case 0:
			active = appendMatching(active, dead, hit)
		case '!':
			for i := range suites {
				if hit(&suites[i]) {
					dead[suites[i].id] = true
				}
			}
			active = slices.DeleteFunc(active, hit)
		case '-':
			active = slices.DeleteFunc(active, hit)
		case '+':
			var moved []*suite
			active = slices.DeleteFunc(active, func(s *suite) bool {
				if hit(s) {
					moved = append(moved, s)
					return true
				}
				return false
			})
			active = append(active, moved...)
		}
	}
	if len(active) == 0 {
		return nil, sslError(call, "0A0000B9:SSL routines::no cipher match", list)
	}
	ids := make([]uint16, len(active))
	for i, s := range active {
		ids[i] = s.id
	}
	return ids, nil
}

func appendMatching(active []*suite, dead map[uint16]bool, hit func(*suite) bool) []*suite {
	for i := range suites {
		s := &suites[i]
		if hit(s) && !dead[s.id] && !slices.Contains(active, s) {
			active = append(active, s)
		}
	}
	return active
}

// matchCipher says whether s has all properties of a word such as
// ECDHE+AESGCM. Words that OpenSSL knows but no suite here has (aNULL, MD5,
// CAMELLIA, DHE...) match nothing, as unknown words do there too.
func matchCipher(s *suite, word string) bool {
	if s.name == word {
		return true
	}
	for _, p := range strings.Split(word, "+") {
		if !s.has(p) {
			return false
		}
	}
	return true
}

func (s *suite) has(p string) bool {
	switch p {
	case "ALL", "COMPLEMENTOFDEFAULT":
		return p == "ALL" || s.bits < 128
	case "HIGH":
		return s.bits >= 128
	case "MEDIUM":
		return s.bits == 112 || s.bits == 64
	case "ECDHE", "kECDHE", "EECDH", "kEECDH", "ECDH":
		return s.kx == "ECDH"
	case "RSA", "kRSA": // RSA is both kx and auth (ssl_ciph.c)
		return s.kx == "RSA"
	case "aRSA":
		return s.auth == "RSA"
	case "ECDSA", "aECDSA":
		return s.auth == "ECDSA"
	case "AES":
		return s.enc == "AES" || s.enc == "AESGCM"
	case "AES128":
		return s.bits == 128 && strings.HasPrefix(s.enc, "AES")
	case "AES256":
		return s.bits == 256 && strings.HasPrefix(s.enc, "AES")
	case "AESGCM", "CHACHA20", "3DES", "RC4":
		return s.enc == p
	case "SHA", "SHA1":
		return s.mac == "SHA1"
	case "SHA256", "SHA384":
		return s.mac == p
	case "TLSv1.2":
		return s.min == 0x0303
	case "TLSv1", "TLSv1.0", "SSLv3":
		return s.min == 0x0301
	case "FIPS", "SUITEB128", "SUITEB192":
		return s.enc == "AESGCM" && s.kx == "ECDH"
	}
	return s.name == p
}
