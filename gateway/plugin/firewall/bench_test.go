package firewall

import (
	"strconv"
	"strings"
	"testing"
)

// What Coraza takes for a request at paranoia level 1, by the length of a form.
func BenchmarkInspect(b *testing.B) {
	c := config{Mode: "block", Core: true, Paranoia: 1, Inbound: 5, Outbound: 4, Methods: []string{"GET", "POST"}, RequestBody: true, RequestLimit: 4 << 20,
		RequestOver: "pass", ResponseLimit: 1000, ResponseTypes: []string{"text/plain"}}
	e := shelved.take(c.program())
	defer shelved.give(e)
	if err := e.make(); err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{0, 1 << 10, 64 << 10, 1 << 20} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			body := []byte(strings.Repeat("the+quick+brown+fox+", n/20+1)[:n])
			for b.Loop() {
				tx := e.waf.NewTransactionWithID("x")
				tx.ProcessConnection("1.2.3.4", 1, "1.1.1.1", 80)
				tx.ProcessURI("/shop/items?id=17&sort=price", "POST", "HTTP/1.1")
				for _, h := range [][2]string{{"Host", "shop.test"}, {"User-Agent", "Mozilla/5.0"}, {"Accept", "*/*"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Content-Length", strconv.Itoa(n)}} {
					tx.AddRequestHeader(h[0], h[1])
				}
				tx.ProcessRequestHeaders()
				if _, _, err := tx.WriteRequestBody(body); err != nil {
					b.Fatal(err)
				}
				if it, err := tx.ProcessRequestBody(); it != nil || err != nil {
					b.Fatal(it, err)
				}
				tx.Close()
			}
		})
	}
}
