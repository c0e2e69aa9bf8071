package autoindex

import (
	"strconv"
	"time"

	"moongate/edge/wire/http1"
)

func (e *entry) kind() string {
	switch {
	case e.dir:
		return "directory"
	case e.file:
		return "file"
	}
	return "other"
}

// appendJSON is ngx_http_autoindex_json; a callback makes it JSONP.
func appendJSON(b []byte, list []entry, callback string) []byte {
	if callback != "" {
		b = append(b, "/* callback */\r\n"...)
		b = append(b, callback...)
		b = append(b, '(')
	}
	b = append(b, '[')
	for i := range list {
		e := &list[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\r\n{ \"name\":\""...)
		b = http1.AppendJSON(b, e.name)
		b = append(b, "\", \"type\":\""...)
		b = append(b, e.kind()...)
		b = append(b, "\", \"mtime\":\""...)
		b = http1.AppendDate(b, e.mtime)
		b = append(b, '"')
		if e.file {
			b = append(b, ", \"size\":"...)
			b = strconv.AppendInt(b, e.size, 10)
		}
		b = append(b, " }"...)
	}
	b = append(b, "\r\n]"...)
	if callback != "" {
		b = append(b, ");"...)
	}
	return b
}

// appendXML is ngx_http_autoindex_xml.
func appendXML(b []byte, list []entry) []byte {
	b = append(b, "<?xml version=\"1.0\"?>\r\n<list>\r\n"...)
	for i := range list {
		e := &list[i]
		b = append(b, '<')
		b = append(b, e.kind()...)
		b = append(b, " mtime=\""...)
		b = time.Unix(e.mtime, 0).UTC().AppendFormat(b, "2006-01-02T15:04:05Z")
		if e.file {
			b = append(b, "\" size=\""...)
			b = strconv.AppendInt(b, e.size, 10)
		}
		b = append(b, "\">"...)
		b = http1.AppendHTML(b, e.name)
		b = append(b, "</"...)
		b = append(b, e.kind()...)
		b = append(b, ">\r\n"...)
	}
	return append(b, "</list>\r\n"...)
}
