package lua

import "testing"

func TestChunkName(t *testing.T) {
	const prefix = "/p/conf/"
	for _, c := range []struct {
		file string
		line int
		want string
	}{
		{"/p/conf/nginx.conf", 40, "=content_by_lua(nginx.conf:40)"},
		{"/elsewhere/nginx.conf", 3, "=content_by_lua(nginx.conf:3)"},
		{"/p/conf/sites/a.conf", 7, "=content_by_lua(sites/a.conf:7)"},
		{"/etc/other.conf", 7, "=content_by_lua(/etc/other.conf:7)"},
		{"/tmp/12345678901234567890123456789012345.conf", 2, "=content_by_lua(...345678901234567890123456789012345.conf:2)"},
		{"/tmp/12345678901234567890123456789012345.conf", 14, "=content_by_lua(...45678901234567890123456789012345.conf:14)"},
	} {
		if got := chunkName("content_by_lua", c.file, prefix, c.line); got != c.want {
			t.Errorf("%s:%d: %s, want %s", c.file, c.line, got, c.want)
		}
	}
}
