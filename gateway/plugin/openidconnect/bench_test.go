package openidconnect_test

import (
	"fmt"
	"net/url"
	"testing"
)

// What a request costs that comes with a session, through the whole gateway; beside it one
// that is refused before anything is looked at.
func BenchmarkSession(b *testing.B) {
	w := newWorld(b, usual)
	who := w.browser()
	w.loggedIn(who)
	u, _ := url.Parse(gateway)
	cookie := ""
	for _, c := range who.Jar.Cookies(u) {
		cookie += "; " + c.Name + "=" + c.Value
	}
	for name, header := range map[string]string{"session": "Cookie: a=b" + cookie, "refused": "X-Requested-With: x"} {
		b.Run(name, func(b *testing.B) {
			c := w.g.Dial()
			buf := make([]byte, 65536)
			for n := 1; b.Loop(); n++ {
				if n%900 == 0 { // of the thousand that a connection may have
					c.Close()
					c = w.g.Dial()
				}
				fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: gw.test\r\n%s\r\n\r\n", header)
				if n, err := c.Read(buf); err != nil || n < 100 {
					b.Fatal(n, err)
				}
			}
			c.Close()
		})
	}
}
