package admin

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// query is the arguments behind the ?; the first of each name counts.
type query map[string]string

const maxArguments = 1000

func parseQuery(raw string) (query, error) {
	if strings.Count(raw, "&") >= maxArguments {
		return nil, errors.New("too many arguments")
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errors.New("the arguments are not valid")
	}
	q := query{}
	for name, list := range values {
		q[name] = list[0]
	}
	return q, nil
}

// on says whether a switch is set: ?dry_run=1.
func (q query) on(name string) bool {
	switch strings.ToLower(q[name]) {
	case "1", "true", "on", "yes":
		return true
	}
	return false
}

func (q query) has(name string) bool {
	_, there := q[name]
	return there
}

// keep adds arguments to the path of the next page, as they are here.
func (q query) keep(path string, names ...string) string {
	for _, name := range names {
		if q.has(name) {
			path += "&" + name + "=" + url.QueryEscape(q[name])
		}
	}
	return path
}

// size is the length of a page.
func (q query) size() (int, error) {
	s, there := q["size"]
	if !there {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, invalid(schema.CodeInvalidSize, "invalid size", "size must be a number")
	}
	if n < 1 || n > 1000 { // List takes 0 for the default
		return 0, invalid(schema.CodeInvalidSize, "invalid size", "size must be an integer between 1 and 1000")
	}
	return n, nil
}

// number is another argument; 0 where there is none.
func (q query) number(name string) (uint64, error) {
	s, there := q[name]
	if !there {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, invalid(schema.CodeInvalidOptions, "invalid options", name+" must be a number")
	}
	return n, nil
}

func invalid(code int, name, text string) *schema.Error {
	return &schema.Error{Status: 400, Code: code, Name: name, Message: text}
}

// list is the page that is asked for.
func (q query) list(kind, field, parent string) (entity.Query, error) {
	out := entity.Query{Kind: kind, Field: field, Parent: parent, Offset: q["offset"]}
	var err error
	if out.Size, err = q.size(); err != nil {
		return out, err
	}
	tags, there := q["tags"]
	if !there {
		return out, nil
	}
	text := ""
	out.Tags = strings.Split(tags, ",")
	if strings.Contains(tags, "/") {
		out.AnyTag = true
		out.Tags = strings.Split(tags, "/")
	}
	switch {
	case tags == "":
		text = "cannot be null"
	case strings.Contains(tags, ",") && out.AnyTag, strings.Contains(tags, ",,"), strings.Contains(tags, "//"), strings.HasPrefix(tags, ","), strings.HasPrefix(tags, "/"):
		text = "invalid filter syntax"
	}
	// A separator at the end says nothing, as in Kong.
	if n := len(out.Tags); n > 1 && out.Tags[n-1] == "" {
		out.Tags = out.Tags[:n-1]
	}
	if len(out.Tags) > 5 {
		text = "cannot query more than 5 tags"
	}
	if text != "" {
		e := invalid(schema.CodeInvalidOptions, "invalid options", "invalid option (tags: "+text+")")
		e.Fields = map[string]any{"tags": text}
		return out, e
	}
	return out, nil
}
