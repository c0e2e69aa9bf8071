package shape

import "strconv"

// Valid tells whether bytes are one JSON value.
func Valid(doc []byte) bool {
	_, ok := Trim(doc)
	return ok
}

// Trim is the one JSON value that the bytes are, without white space around it.
func Trim(doc []byte) ([]byte, bool) {
	doc = blank(doc)
	n, ok := skip(doc)
	if !ok || len(blank(doc[n:])) > 0 {
		return nil, false
	}
	return doc[:n], true
}

// blank takes white space off the front.
func blank(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\t' || b[0] == '\r') {
		b = b[1:]
	}
	return b
}

// skip is how long the value is that b begins with.
func skip(b []byte) (int, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var s scanner
	n, done, err := s.feed(b)
	return n, err == nil && (done || s.ended())
}

// Find looks for a value in a document that is valid; names are those of Split, and in an
// array the number of an element, from 0. Of several members with one name it is the first.
func Find(doc []byte, names []string) ([]byte, bool) {
	doc = blank(doc)
	for _, name := range names {
		var ok bool
		if doc, ok = inside(doc, name); !ok {
			return nil, false
		}
	}
	n, ok := skip(doc)
	return doc[:n], ok
}

// inside is where the value of a name begins.
func inside(doc []byte, name string) ([]byte, bool) {
	if len(doc) == 0 || doc[0] != '{' && doc[0] != '[' {
		return nil, false
	}
	object := doc[0] == '{'
	left := -1
	if !object {
		n, err := strconv.ParseUint(name, 10, 31)
		if err != nil {
			return nil, false
		}
		left = int(n)
	}
	doc = blank(doc[1:])
	for len(doc) > 0 && doc[0] != '}' && doc[0] != ']' {
		here := left == 0
		left--
		if object {
			n, ok := skip(doc)
			if !ok || doc[0] != '"' {
				return nil, false
			}
			here = string(unquote(nil, doc[1:n-1])) == name
			if doc = blank(doc[n:]); len(doc) == 0 {
				return nil, false
			}
			doc = blank(doc[1:]) // the colon
		}
		if here {
			return doc, true
		}
		n, ok := skip(doc)
		if !ok {
			return nil, false
		}
		if doc = blank(doc[n:]); len(doc) > 0 && doc[0] == ',' {
			doc = blank(doc[1:])
		}
	}
	return nil, false
}

// Text is a value as people write it: a string decoded, anything else as it is. null is
// nothing.
func Text(value []byte) (string, bool) {
	switch {
	case len(value) == 0 || value[0] == 'n':
		return "", false
	case value[0] == '"':
		return string(unquote(nil, value[1:len(value)-1])), true
	}
	return string(value), true
}
