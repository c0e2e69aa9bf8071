package plugin

import (
	"strings"

	"moongate/engine/httpd"
)

// Vary says by which headers of the client there are other answers.
func Vary(o *httpd.HeadersOut, names []string) {
	for _, name := range names {
		if !varies(o, name) {
			o.Add("Vary", name)
		}
	}
}

func varies(o *httpd.HeadersOut, name string) bool {
	for k := range o.List {
		if !strings.EqualFold(o.List[k].Name, "Vary") {
			continue
		}
		for word := range strings.SplitSeq(o.List[k].Value, ",") {
			if word = strings.TrimSpace(word); word == "*" || strings.EqualFold(word, name) {
				return true
			}
		}
	}
	return false
}
