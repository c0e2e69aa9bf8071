package route

import "strings"

// Upstream is the path to ask the service for, as Kong makes it: service is the service's own path, "" for /, strip the route's
// strip_path, v1 whether its path_handling is v1. The two differ in what stands between the parts: v0 sees to it that there is
// one slash, v1 only that there are not two.
func (r *Result) Upstream(service string, strip, v1 bool) string {
	if service == "" {
		service = "/"
	}
	base, rooted := strings.CutSuffix(service, "/")
	beyond := strings.TrimPrefix(r.path, "/")
	switch {
	case !strip && (v1 || rooted):
		return service + beyond
	case !strip && beyond == "":
		return service
	case !strip:
		return service + r.path
	}
	rest := beyond
	if r.Path != "" {
		rest = withoutDots(r.Rest)
	}
	switch {
	case strings.HasPrefix(rest, "/"):
		return base + rest
	case v1:
		return service + rest
	case rest != "":
		return base + "/" + rest
	case base == "", strings.HasSuffix(r.path, "/") && (rooted || beyond != ""):
		return base + "/"
	}
	return base
}

// withoutDots: what a prefix leaves of a path may begin with dots that were none before, as /a of /a../b.
func withoutDots(rest string) string {
	switch {
	case rest == ".", rest == "..":
		return ""
	case strings.HasPrefix(rest, "./"):
		return rest[2:]
	case strings.HasPrefix(rest, "../"):
		return rest[3:]
	}
	return rest
}
