package logging_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

// What lets somebody in is in no record, wherever it was shown.
func TestSecrets(t *testing.T) {
	path := t.TempDir() + "/log"
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("file-log", `{"path":"`+path+`"}`))
	g.Send("GET /a?x=1&access_token=hush&client%5Fsecret=hush&refresh_token=&password=hush&password=hush&token HTTP/1.1\r\nHost: h.test\r\nAuthorization: hush\r\nAccess-Token: hush\r\nX-Refresh-Token: hush\r\nRefresh-Token: hush\r\nX-Mine: plain\r\nConnection: close\r\n\r\n")
	var line string
	for end := time.Now().Add(5 * time.Second); !strings.HasSuffix(line, "\n"); time.Sleep(time.Millisecond) {
		b, _ := os.ReadFile(path)
		line = string(b)
		if time.Now().After(end) {
			t.Fatal("nothing is in the file")
		}
	}
	if strings.Contains(line, "hush") {
		t.Errorf("%s", line)
	}
	for _, want := range []string{`"uri":"/a?x=1\u0026access_token=REDACTED\u0026client%5Fsecret=REDACTED\u0026refresh_token=REDACTED\u0026password=REDACTED\u0026password=REDACTED\u0026token"`, `"x-mine":"plain"`, `"password":"REDACTED"`, `"access-token":"REDACTED"`} {
		if !strings.Contains(line, want) && !strings.Contains(strings.ReplaceAll(line, "&", `\u0026`), want) {
			t.Errorf("%s is not in %s", want, line)
		}
	}
}
