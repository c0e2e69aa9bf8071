package http2

import (
	"strings"
	"sync"

	"golang.org/x/net/http2/hpack"
)

// Huffman decodes the code of RFC 7541 appendix B four bits at a time. A state
// is a place in the tree of codes; the shortest code has five bits, so a step
// completes one symbol at most.
//
//	table[state<<4|nibble] = next state, and the symbol if one was completed
type huffmanStep struct {
	next  uint16 // huffmanBad: no code begins so
	sym   byte
	emits bool
}

type Huffman struct {
	table []huffmanStep
	// ends says of a state whether a string may end there: on nothing but ones.
	// nginx takes a whole byte of them, where section 5.2 allows seven bits.
	ends []bool
}

const (
	huffmanBad     = 0xffff
	huffmanPadding = 8
)

// TheHuffman is made when the first header comes. The codes are learned from
// the encoder: eight times a symbol is as many bytes as its code has bits.
var TheHuffman = sync.OnceValue(func() *Huffman {
	type node struct {
		kid  [2]int // 0: none
		sym  int    // -1: inside the tree
		ones bool
		deep int
	}
	tree := []node{{sym: -1, ones: true}}
	for sym := range 256 {
		s := string([]byte{byte(sym)})
		bits := int(hpack.HuffmanEncodeLength(strings.Repeat(s, 8)))
		code := hpack.AppendHuffmanString(nil, s)
		at := 0
		for i := range bits {
			bit := code[i/8] >> (7 - i%8) & 1
			if tree[at].kid[bit] == 0 {
				tree[at].kid[bit] = len(tree)
				tree = append(tree, node{sym: -1, ones: tree[at].ones && bit == 1, deep: tree[at].deep + 1})
			}
			at = tree[at].kid[bit]
		}
		tree[at].sym = sym
	}
	h := &Huffman{table: make([]huffmanStep, len(tree)<<4), ends: make([]bool, len(tree))}
	for from := range tree {
		h.ends[from] = tree[from].ones && tree[from].deep <= huffmanPadding
		for nibble := range 16 {
			step, at := huffmanStep{}, from
			for i := 3; i >= 0; i-- {
				if at = tree[at].kid[nibble>>i&1]; at == 0 {
					step = huffmanStep{next: huffmanBad}
					break
				}
				if tree[at].sym >= 0 {
					step.sym, step.emits, at = byte(tree[at].sym), true, 0
				}
			}
			if step.next != huffmanBad {
				step.next = uint16(at)
			}
			h.table[from<<4|nibble] = step
		}
	}
	return h
})

// Ends tells whether a string may end in a state.
func (h *Huffman) Ends(state uint16) bool { return h.ends[state] }

// Decode appends what p stands for; state goes from piece to piece, 0 at first.
func (h *Huffman) Decode(dst, p []byte, state uint16) ([]byte, uint16, bool) {
	for _, c := range p {
		for _, nibble := range [2]byte{c >> 4, c & 15} {
			s := h.table[int(state)<<4|int(nibble)]
			if s.next == huffmanBad {
				return dst, 0, false
			}
			if s.emits {
				dst = append(dst, s.sym)
			}
			state = s.next
		}
	}
	return dst, state, true
}
