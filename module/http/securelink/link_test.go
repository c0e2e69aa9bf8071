package securelink

import (
	"crypto/md5"
	"encoding/hex"
	"testing"
)

func TestPrefixed(t *testing.T) {
	sum := md5.Sum([]byte("file?xsecret"))
	hash := hex.EncodeToString(sum[:])
	for uri, want := range map[string]string{
		"/p/" + hash + "/file?x": "file?x",
		"/p/" + hash + "/other":  "",
		"/p/" + hash + "/":       "",
		"/p/" + hash:             "",
		"/p/abc/file?x":          "",
		"/":                      "",
		"":                       "",
	} {
		got, ok := prefixed(uri, "secret")
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", uri, got, ok)
		}
	}
}
