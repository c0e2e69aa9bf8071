package autoindex

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"moongate/edge/wire/http1"
)

// nameWidth is how wide the column of names is in HTML.
const nameWidth = 50

// appendHTML is ngx_http_autoindex_html.
func appendHTML(b []byte, list []entry, cf *conf, uri string, utf bool) []byte {
	b = append(b, "<html>\r\n<head><title>Index of "...)
	b = http1.AppendHTML(b, uri)
	b = append(b, "</title></head>\r\n<body>\r\n<h1>Index of "...)
	b = http1.AppendHTML(b, uri)
	b = append(b, "</h1><hr><pre><a href=\"../\">../</a>\r\n"...)
	for i := range list {
		e := &list[i]
		b = append(b, "<a href=\""...)
		b = http1.AppendEscaped(b, e.name, http1.EscapeComponent)
		if e.dir {
			b = append(b, '/')
		}
		b = append(b, "\">"...)
		b = appendName(b, e, utf)
		b = append(b, ' ')
		when := time.Unix(e.mtime, 0)
		if !cf.local.V {
			when = when.UTC()
		}
		b = when.AppendFormat(b, "02-Jan-2006 15:04 ")
		b = appendSize(b, e, cf.exact.V)
		b = append(b, "\r\n"...)
	}
	return append(b, "</pre><hr></body>\r\n</html>\r\n"...)
}

// appendName writes the text of a link, cut or filled to the column's width.
func appendName(b []byte, e *entry, utf bool) []byte {
	n := len(e.name)
	if utf && utf8.ValidString(e.name) {
		n = utf8.RuneCountInString(e.name)
	}
	if n > nameWidth {
		b = http1.AppendHTML(b, cutName(e.name, n))
		return append(b, "..&gt;</a>"...)
	}
	b = http1.AppendHTML(b, e.name)
	if e.dir && n < nameWidth {
		b = append(b, '/')
		n++
	}
	b = append(b, "</a>"...)
	return append(b, strings.Repeat(" ", nameWidth-n)...)
}

// cutName leaves place for the dots; n is the name's length in characters.
func cutName(name string, n int) string {
	if n == len(name) {
		return name[:nameWidth-3]
	}
	count := 0
	for i := range name {
		if count == nameWidth-3 {
			return name[:i]
		}
		count++
	}
	return name
}

func appendSize(b []byte, e *entry, exact bool) []byte {
	switch {
	case exact && e.dir:
		return append(b, "                  -"...)
	case exact:
		return fmt.Appendf(b, "%19d", e.size)
	case e.dir:
		return append(b, "      -"...)
	}
	const k, m, g = 1 << 10, 1 << 20, 1 << 30
	switch n := e.size; {
	case n >= g:
		return fmt.Appendf(b, "%6dG", rounded(n, g))
	case n >= m:
		return fmt.Appendf(b, "%6dM", rounded(n, m))
	case n > 9999:
		return fmt.Appendf(b, "%6dK", rounded(n, k))
	default:
		return fmt.Appendf(b, " %6d", n)
	}
}

func rounded(n, unit int64) int64 {
	q := n / unit
	if n%unit >= unit/2 {
		q++
	}
	return q
}
