package luaplugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strconv"

	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

// kind is what Lua is told of a sort of entities.
type kind struct {
	Name    string   `json:"name"`
	Uniques []string `json:"uniques"` // fields by which one is found
	Refs    []string `json:"refs"`    // fields that name another entity
	Key     []string `json:"key"`     // what a cache key is made of
}

// Kong's cache_key of those whose is not their one unique field.
var cacheKeys = map[string][]string{
	"acls": {"consumer", "group"}, "targets": {"upstream", "target"}, "plugins": {"name", "route", "service", "consumer"},
	"basicauth_credentials": {"username"}, "hmacauth_credentials": {"username"}, "jwt_secrets": {"key"}, "keyauth_credentials": {"key"},
}

func kinds() []kind {
	var list []kind
	for _, k := range entity.NewModel(entity.Outside{}).Kinds() {
		d := kind{Name: k.Name, Uniques: k.UniqueFields(), Key: cacheKeys[k.Name]}
		for _, r := range k.Refs {
			if !r.List {
				d.Refs = append(d.Refs, r.Field)
			}
		}
		if d.Key == nil {
			d.Key = []string{"id"}
		}
		list = append(list, d)
	}
	return list
}

var errNoEntities = errors.New("kong.db is for workers, and is not there where schemas are judged")

// stored are the functions of kong.db: documents as the gateway knows them now.
func (p *Plugins) stored() []httpd.HostFunc {
	with := func(n int, do func(s *entity.State, args []string) (string, bool, error)) func(*httpd.Request, []string) (string, bool, error) {
		return func(_ *httpd.Request, args []string) (string, bool, error) {
			if p.Known == nil {
				return "", false, errNoEntities
			}
			if len(args) < n {
				return "", false, errArgs
			}
			s := p.Known().Entities()
			if s == nil { // nothing is known yet
				return "", false, nil
			}
			return do(s, args)
		}
	}
	return []httpd.HostFunc{
		{Name: "db_kinds", Run: func(*httpd.Request, []string) (string, bool, error) { return encode(kinds()) }},
		{Name: "db_get", Run: with(2, func(s *entity.State, args []string) (string, bool, error) {
			d := s.Get(args[0], args[1])
			if d == nil {
				return "", false, nil
			}
			return string(d.Raw), true, nil
		})},
		{Name: "db_find", Run: with(3, func(s *entity.State, args []string) (string, bool, error) {
			all := s.All(args[0])
			if id, ok := indexed(p.Known(), args[0]+"."+args[1], args[2]); ok {
				all = func(yield func(*entity.Document) bool) {
					if d := s.Get(args[0], id); d != nil {
						yield(d)
					}
				}
			}
			for d := range having(all, args[1], args[2]) {
				return string(d.Raw), true, nil
			}
			return "", false, nil
		})},
		{Name: "db_page", Run: with(5, func(s *entity.State, args []string) (string, bool, error) {
			size, err := strconv.Atoi(args[1])
			if err != nil {
				return "", false, err
			}
			return page(s, args[0], size, args[2], args[3], args[4])
		})},
	}
}

// indexed finds the ids of those that requests are looked up by all the time; ok is false for
// all others.
func indexed(known plugin.Known, field, value string) (id string, ok bool) {
	switch field {
	case "consumers.username", "consumers.custom_id":
		if c := known.ConsumerNamed(value); c != nil {
			// A name may be one consumer's username and another's custom_id.
			return c.ID, field == "consumers.username" || c.CustomID == value
		}
	case "keyauth_credentials.key":
		if e := known.KeyAuth(value); e != nil {
			return e.ID, true
		}
	case "basicauth_credentials.username":
		if e := known.BasicAuth(value); e != nil {
			return e.ID, true
		}
	case "hmacauth_credentials.username":
		if e := known.HMACAuth(value); e != nil {
			return e.ID, true
		}
	case "jwt_secrets.key":
		if e := known.JWTSecret(value); e != nil {
			return e.ID, true
		}
	default:
		return "", false
	}
	return "", true
}

// page is so many documents that come after an id; with a field those whose field names a
// parent.
func page(s *entity.State, kind string, size int, after, field, parent string) (string, bool, error) {
	var out struct {
		Data   []json.RawMessage `json:"data"`
		Offset string            `json:"offset,omitempty"`
	}
	all := s.AllAfter(kind, after)
	if field != "" {
		all = having(all, field, parent)
	}
	last := ""
	for d := range all {
		if len(out.Data) == size {
			out.Offset = last
			break
		}
		out.Data, last = append(out.Data, d.Raw), d.ID
	}
	return encode(out)
}

// having are the documents of which a field is a text, or names the entity of that id. Workers
// have no index of them: most are told by their bytes without being read.
func having(all iter.Seq[*entity.Document], field, value string) iter.Seq[*entity.Document] {
	text, err := json.Marshal(value)
	return func(yield func(*entity.Document) bool) {
		for d := range all {
			if err != nil || plain(value) && !bytes.Contains(d.Raw, text) {
				continue
			}
			v := d.Fields()[field]
			if ref, ok := v.(map[string]any); ok {
				v = ref["id"]
			}
			if v == value && !yield(d) {
				return
			}
		}
	}
}

// plain says that JSON has a text only in one way.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '/' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}
