// Package proxycache is the plugin proxy-cache: answers of services are kept in memory that
// all workers share, and given again. Fields, headers and the ways to purge are Kong's.
//
//	Access     looks the answer up, and gives it; of requests for the same answer that
//	           come together, one goes to the service and the others wait for it
//	Received   decides whether the service's answer may be kept
//	Body       copies it part by part while it passes: what a request holds of it is never
//	           more than one part
package proxycache

import (
	"fmt"
	"mime"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"moongate/gateway/meter"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is proxy-cache.
var Plugin = plugin.Plugin{
	Name: "proxy-cache",
	Doc:  "Keeps answers in memory or on disk and gives them again.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "response_code", Kind: schema.Array, Required: true, LenMin: 1, Default: []int{200, 301, 404}, Elem: &schema.Field{Kind: schema.Integer, Between: schema.Between(100, 900)}, Doc: "Statuses of answers that are kept."},
		{Name: "request_method", Kind: schema.Array, Required: true, Default: []string{"GET", "HEAD"}, Elem: &schema.Field{Kind: schema.String, OneOf: schema.Words("HEAD", "GET", "POST", "PATCH", "PUT")}, Doc: "Methods of requests whose answers are kept."},
		{Name: "content_type", Kind: schema.Array, Required: true, Default: []string{"text/plain", "application/json"}, Elem: &schema.Field{Kind: schema.String, Check: checkType}, Doc: "Types of answers that are kept; \"*\" stands for any, parameters must be the same."},
		{Name: "cache_ttl", Kind: schema.Integer, Default: 300, Above: schema.Above(0), Doc: "Seconds for which an answer is given."},
		{Name: "strategy", Kind: schema.String, Required: true, OneOf: schema.Words("memory", "disk"), Doc: "Where answers are kept; disk is ours."},
		{Name: "cache_control", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the Cache-Control headers of client and service count."},
		{Name: "ignore_uri_case", Kind: schema.Boolean, Default: false, Doc: "Whether paths that differ in case only are the same."},
		{Name: "storage_ttl", Kind: schema.Integer, Above: schema.Above(0), Doc: "Seconds for which it is kept, for clients that take what is stale."},
		{Name: "memory", Kind: schema.Record, Required: true, Shape: schema.Shape{Fields: []schema.Field{
			{Name: "dictionary_name", Kind: schema.String, Required: true, Default: "kong_db_cache", Doc: "Kong's; the memory is that of \"cache\" in gateway {}."},
		}}, Doc: "Of strategy memory."},
		{Name: "disk", Kind: schema.Record, Required: true, Ours: true, Shape: schema.Shape{Fields: []schema.Field{
			{Name: "name", Kind: schema.String, Check: checkFolder, Doc: "The folder, below cache/ in the gateway's data; \"answers\" where there is no zone either."},
			{Name: "zone", Kind: schema.String, LenMin: 1, Doc: "Or a cache zone that proxy_cache_path declares in nginx.conf, whose bounds and folder are those of the path."},
			{Name: "max_size", Kind: schema.Integer, Required: true, Default: 1 << 30, Between: schema.Between(1<<20, 1<<44), Doc: "Bytes of all that is in the folder; what was not used for longest goes first."},
		}, Checks: []schema.Check{{Kind: schema.MutuallyExclusive, Fields: []string{"name", "zone"}}}}, Doc: "Of strategy disk."},
		{Name: "vary_query_params", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String}, Doc: "Arguments by which answers differ; all of them when it is not set."},
		{Name: "vary_headers", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String}, Doc: "Headers of the client by which answers differ, besides those that the service names in Vary."},
		{Name: "response_headers", Kind: schema.Record, Required: true, Shape: schema.Shape{Fields: []schema.Field{
			{Name: "age", Kind: schema.Boolean, Default: true, Doc: "Whether a hit has the header Age."},
			{Name: "X-Cache-Status", Kind: schema.Boolean, Default: true, Doc: "Whether answers have X-Cache-Status."},
			{Name: "X-Cache-Key", Kind: schema.Boolean, Default: true, Doc: "Whether they have X-Cache-Key."},
		}}, Doc: "What the cache says of itself."},
		{Name: "max_size", Kind: schema.Integer, Required: true, Ours: true, Default: 1 << 20, Between: schema.Between(1, 1<<30), Doc: "Bytes of the longest body that is kept."},
		{Name: "collapse_timeout", Kind: schema.Integer, Required: true, Ours: true, Default: 5000, Between: schema.Between(0, 60000), Doc: "Milliseconds for which requests wait for an answer that another one has asked for; 0: they don't."},
	}},
	Tells: plugin.ByMemory,
	New:   newInstance,
}

// folderName can't lead elsewhere.
var folderName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func checkFolder(v any) string {
	if s, _ := v.(string); !folderName.MatchString(s) {
		return "must have letters, digits, - and _ only, 64 at most"
	}
	return ""
}

func checkType(v any) string {
	s, _ := v.(string)
	if _, err := readType(s); err != nil {
		return "invalid value: " + s
	}
	return ""
}

// mimeType is a type of config: "text/html", "text/*", "*/*".
type mimeType struct {
	main, sub string
	params    map[string]string
}

func readType(s string) (t mimeType, err error) {
	name, params, err := mime.ParseMediaType(s)
	if err != nil {
		return t, err
	}
	main, sub, ok := strings.Cut(name, "/")
	if !ok {
		return t, fmt.Errorf("%q is no type", s)
	}
	return mimeType{main, sub, params}, nil
}

// takes tells whether an answer's type is meant.
func (t *mimeType) takes(o *mimeType) bool {
	if t.main != "*" && t.main != o.main || t.sub != "*" && t.sub != o.sub || len(t.params) != len(o.params) {
		return false
	}
	for k, v := range t.params {
		if other, ok := o.params[k]; !ok || !strings.EqualFold(other, v) {
			return false
		}
	}
	return true
}

type config struct {
	Codes       []int    `json:"response_code"`
	Methods     []string `json:"request_method"`
	Types       []string `json:"content_type"`
	TTL         int64    `json:"cache_ttl"`
	Control     bool     `json:"cache_control"`
	IgnoreCase  bool     `json:"ignore_uri_case"`
	StorageTTL  int64    `json:"storage_ttl"`
	VaryParams  []string `json:"vary_query_params"`
	VaryHeaders []string `json:"vary_headers"`
	Headers     struct {
		Age    bool `json:"age"`
		Status bool `json:"X-Cache-Status"`
		Key    bool `json:"X-Cache-Key"`
	} `json:"response_headers"`
	Strategy string `json:"strategy"`
	Disk     struct {
		Name string `json:"name"`
		Zone string `json:"zone"`
		Most int64  `json:"max_size"`
	} `json:"disk"`
	MaxSize  int64 `json:"max_size"`
	Collapse int64 `json:"collapse_timeout"`
}

type instance struct {
	config
	types []mimeType
	id    string
	env   *plugin.Env
	store Store
	full  plugin.Seldom
	lost  bool // there is no such zone: requests pass by

	series meter.Series // hits and misses
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{id: c.ID, env: e, store: Store{Cache: e.Cache, Counts: e.Dict, Bells: e.Bells}}
	if err := c.Decode(&i.config); err != nil {
		return nil, err
	}
	for _, s := range i.Types {
		t, err := readType(s)
		if err != nil {
			return nil, err
		}
		i.types = append(i.types, t)
	}
	slices.Sort(i.VaryHeaders)
	switch {
	case i.Strategy != "disk":
	case i.Disk.Zone != "":
		return i, i.openZone()
	default:
		f := &Folder{Path: filepath.Join(FolderRoot(e.Data), i.folder())}
		if e.Dict != nil {
			f.Room = roomIn(e.Dict, i.folder(), i.Disk.Most)
		}
		i.store.Folder = f
	}
	return i, nil
}
