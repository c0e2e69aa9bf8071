package syntax

import "strings"

// Quote writes a word so that the parser reads the same word back, plainly
// when it can.
func Quote(word string) string {
	if plain(word) {
		return word
	}
	if strings.Contains(word, `"`) && !strings.Contains(word, `'`) {
		return quoteWith(word, '\'')
	}
	return quoteWith(word, '"')
}

// plain says whether the word can stand without quotes: nothing in it ends a
// word, begins a quoted one, or is a backslash (which the lexer treats alike
// in and out of quotes, but is easier to read within).
func plain(word string) bool {
	if word == "" || strings.ContainsAny(word, " \t\r\n;\\") {
		return false
	}
	switch word[0] {
	case '"', '\'', '#', '{', '}':
		return false
	}
	for i := 1; i < len(word); i++ {
		// "${" does not open a block, any other "{" does
		if word[i] == '{' && word[i-1] != '$' && !braceAfterVariable(word[:i]) {
			return false
		}
	}
	return true
}

// braceAfterVariable says whether a "{" behind text is still taken as the
// one of "${": the lexer forgets the "$" only at a character that is no "{".
func braceAfterVariable(text string) bool {
	text = strings.TrimRight(text, "{")
	return strings.HasSuffix(text, "$")
}

// quoteWith escapes as little as possible: a backslash means itself unless
// the lexer would see an escape in it and the character behind.
func quoteWith(word string, quote byte) string {
	var out strings.Builder
	out.WriteByte(quote)
	for i := 0; i < len(word); i++ {
		ch := word[i]
		if ch == quote || ch == '\\' && needsEscape(word[i+1:]) {
			out.WriteByte('\\')
		}
		out.WriteByte(ch)
	}
	out.WriteByte(quote)
	return out.String()
}

func needsEscape(rest string) bool {
	return rest == "" || strings.IndexByte(`"'\trn`, rest[0]) >= 0
}
