package cache

import "encoding/hex"

// appendName appends the file of a key: folders are named by the last characters of
// the file's name, "levels=1:2" gives FOLDER/c/29/b7f54b2df7773722d382f4809d65029c.
func (p *Path) appendName(b []byte, key *[keySize]byte) []byte {
	var room [2 * keySize]byte
	hex.Encode(room[:], key[:])
	b = append(b, p.Folder...)
	end := len(room)
	for _, l := range p.Levels {
		if l == 0 {
			break
		}
		b = append(b, '/')
		b = append(b, room[end-l:end]...)
		end -= l
	}
	b = append(b, '/')
	return append(b, room[:]...)
}

// keyOf reads a key from the end of a name.
func keyOf(name string) (key [keySize]byte, ok bool) {
	if len(name) < 2*keySize {
		return key, false
	}
	n, err := hex.Decode(key[:], []byte(name[len(name)-2*keySize:]))
	return key, err == nil && n == keySize
}
