package keepalived

import (
	"os"
	"strings"
	"testing"
)

// The guide shows the files of the example, which a script in test/netns runs.
func TestGuide(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	guide := read("../docs/guide/high-availability.md")
	for word, name := range map[string]string{"nginx": "nginx.conf", "keepalived": "keepalived.conf"} {
		if !strings.Contains(guide, "```"+word+"\n"+read("../examples/ha/conf/"+name)+"```\n") {
			t.Errorf("the guide does not show examples/ha/conf/%s as it is", name)
		}
	}
}
