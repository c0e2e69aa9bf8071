package admin

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var guideLine = regexp.MustCompile(`^([A-Z]+) (\S+)(?: (.*?))?\s+# (\d+)$`)

// The requests in the guide are answered as it says.
func TestGuide(t *testing.T) {
	b, err := os.ReadFile("../../docs/guide/admin-api.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	n, inside := 0, false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			inside = line == "```http"
			continue
		}
		if !inside {
			continue
		}
		m := guideLine.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("not a request: %s", line)
			continue
		}
		n++
		rec := w.send(Admin, m[1], m[2], m[3])
		if m[4] != strconv.Itoa(rec.Code) {
			t.Errorf("%s\n%d %s", line, rec.Code, rec.Body)
		}
	}
	if n < 20 {
		t.Errorf("only %d requests were found", n)
	}
}
