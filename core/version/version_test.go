package version

import (
	"fmt"
	"testing"
)

func TestNginxNumber(t *testing.T) {
	if s := fmt.Sprintf("%d.%d.%d", NginxNumber/1_000_000, NginxNumber/1000%1000, NginxNumber%1000); s != Nginx {
		t.Errorf("%s is not %s", s, Nginx)
	}
}
