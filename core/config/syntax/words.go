package syntax

// Words splits text into words as the parser would.
func Words(text string) []string {
	l := newLexer([]byte(text+" ;"), "", true)
	words, _, _ := l.next()
	return words
}
