package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

var names = Names{Real: "[10.0.0.2]:tcp:80", Service: "[10.0.0.1]:tcp:80"}

// The lines and mails were written by keepalived 2.2.7 for the same outcomes.
func TestLines(t *testing.T) {
	bad := func(why string) outcome { return outcome{why: why} }
	good := outcome{good: true}
	exit := func(n string) outcome { return outcome{why: "failed", how: " (exited with status " + n + ")"} }
	for _, c := range []struct {
		name  string
		conf  config.Checker
		tries []outcome
		want  string
	}{
		{"tcp", config.Checker{Kind: "TCP_CHECK", Retry: 2, LogAll: true}, []outcome{good, good, bad("failed"), bad("timeout"), bad("failed"), bad("failed"), good}, `
TCP connection to [10.0.0.2]:tcp:80 success.
UP => TCP CHECK succeed on service <=
TCP connection to [10.0.0.2]:tcp:80 failed.
TCP connection to [10.0.0.2]:tcp:80 timeout.
TCP connection to [10.0.0.2]:tcp:80 failed.
TCP_CHECK on service [10.0.0.2]:tcp:80 failed after 2 retries.
DOWN => TCP CHECK failed on service <=
TCP connection to [10.0.0.2]:tcp:80 success.
UP => TCP CHECK succeed on service <=`},
		{"tcp at first", config.Checker{Kind: "TCP_CHECK", Retry: 2, LogAll: true}, []outcome{bad("failed"), bad("failed")}, `
TCP connection to [10.0.0.2]:tcp:80 failed.
TCP_CHECK on service [10.0.0.2]:tcp:80 failed.
DOWN => TCP CHECK failed on service <=`},
		{"tcp with alpha", config.Checker{Kind: "TCP_CHECK", Retry: 2, LogAll: true, Alpha: true}, []outcome{bad("failed"), bad("failed"), good}, `
TCP_CHECK on service [10.0.0.2]:tcp:80 failed.
DOWN => TCP CHECK failed on service <=
TCP connection to [10.0.0.2]:tcp:80 success.
UP => TCP CHECK succeed on service <=`},
		{"tcp put off", config.Checker{Kind: "TCP_CHECK"}, []outcome{{off: true, note: []string{"Checker bind failed: Cannot assign requested address"}, why: "TCP socket bind failed. Rescheduling."}}, `
Checker bind failed: Cannot assign requested address
TCP socket bind failed. Rescheduling.`},
		{"http", config.Checker{Kind: "HTTP_GET", Retry: 2, LogAll: true, HTTP: &config.HTTPCheck{URLs: []config.URL{{Path: "/"}}}},
			[]outcome{good, bad("Connection failed"), bad("Read, no data received from "), bad("HTTP status code error to"), bad("x"),
				{good: true, part: true, partly: "HTTP status code success to [10.0.0.2]:tcp:80 url(/)"},
				{good: true, partly: "HTTP status code success to [10.0.0.2]:tcp:80 url(/)"}, {good: true, partly: "not said"}}, `
Remote Web server [10.0.0.2]:tcp:80 succeed on service.
UP => CHECK succeed on service <=
Connection failed server [10.0.0.2]:tcp:80.
Read, no data received from  server [10.0.0.2]:tcp:80.
HTTP status code error to server [10.0.0.2]:tcp:80.
HTTP_CHECK on service [10.0.0.2]:tcp:80 failed after 2 retries.
DOWN => CHECK failed on service : HTTP request failed <=
HTTP status code success to [10.0.0.2]:tcp:80 url(/)
HTTP status code success to [10.0.0.2]:tcp:80 url(/)
Remote Web server [10.0.0.2]:tcp:80 succeed on service.
UP => CHECK succeed on service <=`},
		{"http at first", config.Checker{Kind: "HTTP_GET", Retry: 2, HTTP: &config.HTTPCheck{URLs: []config.URL{{Path: "/"}}}}, []outcome{bad("Connection failed")}, `
HTTP_CHECK on service [10.0.0.2]:tcp:80 failed after 2 retries.
DOWN => CHECK failed on service : HTTP request failed <=`},
		{"http with alpha", config.Checker{Kind: "HTTP_GET", Alpha: true, HTTP: &config.HTTPCheck{URLs: []config.URL{{Path: "/"}}}}, []outcome{bad("Connection failed")}, `
DOWN => CHECK failed on service : HTTP request failed <=`},
		{"smtp", config.Checker{Kind: "SMTP_CHECK", Retry: 1}, []outcome{bad("x"), bad("Could not connect to server [10.0.0.2]:25"), bad("y"), good}, `
SMTP_CHECK Could not connect to server [10.0.0.2]:25
DOWN => CHECK failed on service : Could not connect to server [10.0.0.2]:25 <=
Remote SMTP server [10.0.0.2]:tcp:80 succeed on service.
UP => CHECK succeed on service <=`},
		{"smtp with alpha", config.Checker{Kind: "SMTP_CHECK", Retry: 1, Alpha: true, LogAll: true}, []outcome{bad("x"), bad("y"), bad("z")}, `
SMTP_CHECK x
SMTP_CHECK y
DOWN => CHECK failed on service : y <=`},
		{"dns", config.Checker{Kind: "DNS_CHECK", Retry: 1, LogAll: true}, []outcome{bad("read timeout from socket"), good, bad("a"), bad("b")}, `
DNS_CHECK ([10.0.0.2]:tcp:80) read timeout from socket
DOWN => DNS_CHECK: failed on service <=
UP => DNS_CHECK: succeed on service <=
DNS_CHECK ([10.0.0.2]:tcp:80) a
DNS_CHECK ([10.0.0.2]:tcp:80) b after 1 retries
DOWN => DNS_CHECK: failed on service <=`},
		{"udp", config.Checker{Kind: "UDP_CHECK", Retry: 1, LogAll: true, UDP: &config.UDPCheck{}}, []outcome{bad(mismatch), good, bad("failed"), bad("failed")}, `
UDP check to [10.0.0.2]:tcp:80 reply data mismatch.
UDP_CHECK on service [10.0.0.2]:tcp:80 failed.
DOWN => UDP CHECK failed on service <=
UDP connection to [10.0.0.2]:tcp:80 success.
UP => UDP CHECK succeed on service <=
UDP connection to [10.0.0.2]:tcp:80 failed.
UDP connection to [10.0.0.2]:tcp:80 failed.
UDP_CHECK on service [10.0.0.2]:tcp:80 failed after 1 retries.
DOWN => UDP CHECK failed on service <=`},
		{"ping", config.Checker{Kind: "PING_CHECK", Retry: 1, LogAll: true}, []outcome{bad("timeout"), good, bad("failed"), bad("timeout")}, `
ICMP connection to address [10.0.0.2]:tcp:80 timeout.
ICMP CHECK on service [10.0.0.2]:tcp:80 failed.
DOWN => ICMP CHECK failed on service <=
ICMP connection to [10.0.0.2]:tcp:80 success.
UP => ICMP CHECK succeed on service <=
ICMP connection to [10.0.0.2]:tcp:80 of [10.0.0.1]:tcp:80 failed.
ICMP connection to address [10.0.0.2]:tcp:80 timeout.
ICMP CHECK on service [10.0.0.2]:tcp:80 of [10.0.0.1]:tcp:80 failed after 1 retries.
DOWN => ICMP CHECK failed on service <=`},
		{"misc", config.Checker{Kind: "MISC_CHECK", Retry: 3, LogAll: true, Misc: &config.MiscCheck{Command: config.Command{Args: []string{"/x.sh", "a"}}}},
			[]outcome{good, exit("1"), exit("1"), exit("1"), {why: "timed out"}, good}, `
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] succeeded.
UP => MISC CHECK succeeded on service <=
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] failed, will do 3 retries (exited with status 1).
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] failed on retry 1/3 (exited with status 1).
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] failed on retry 2/3 (exited with status 1).
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] timed out after 3 retries.
DOWN => MISC CHECK timed out on service <=
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] succeeded.
UP => MISC CHECK succeeded on service <=`},
		{"misc at first", config.Checker{Kind: "MISC_CHECK", Retry: 1, Misc: &config.MiscCheck{Command: config.Command{Args: []string{"/x.sh"}}}}, []outcome{exit("3")}, `
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] failed after 1 retry (exited with status 3).
DOWN => MISC CHECK failed on service <=`},
		{"misc without retry", config.Checker{Kind: "MISC_CHECK", Alpha: true, Misc: &config.MiscCheck{Command: config.Command{Args: []string{"/x.sh"}}}}, []outcome{exit("3")}, `
Misc check for [[10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80] by [/x.sh] failed with retry disabled (exited with status 3).
DOWN => MISC CHECK failed on service <=`},
		{"bfd", config.Checker{Kind: "BFD_CHECK", BFD: "b1"}, []outcome{bad(""), good}, `
BFD check of [b1] RS([10.0.0.2]:tcp:80) is DOWN
DOWN => BFD CHECK b1 DOWN on service <=
BFD check of [b1] RS([10.0.0.2]:tcp:80) is UP
UP => BFD CHECK b1 UP on service <=`},
	} {
		conf := c.conf
		conf.Loop, conf.RetryDelay = time.Minute, time.Second
		check, err := New(&conf, names, &Env{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{""}
		for _, o := range c.tries {
			e, _ := check.judge(&o)
			got = append(got, e.Lines...)
			if e.Settled {
				got = append(got, map[bool]string{true: "UP ", false: "DOWN "}[e.Up]+e.Mail)
			}
		}
		if want := strings.Split(c.want, "\n"); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), c.want)
		}
	}
}

// A program's status is the weight; when the check goes down its say is forgotten.
func TestDynamicWeight(t *testing.T) {
	conf := config.Checker{Kind: "MISC_CHECK", Misc: &config.MiscCheck{Dynamic: true, Command: config.Command{Args: []string{"/x"}}}}
	check, err := New(&conf, names, &Env{Weight: 4}, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := check.kind.(*misc)
	for i, step := range []struct {
		status  int
		up      bool
		weighed bool
		weight  int // of the server
	}{
		{0, true, false, 4}, {5, true, true, 3}, {5, true, false, 3}, {1, false, false, 4}, {3, true, true, 1}, {2, true, true, 0}, {255, true, true, 253}, {0, true, true, 4},
	} {
		o := k.judge(exited(step.status))
		e, _ := check.judge(&o)
		s := check.State()
		if s.Up != step.up || e.Weighed != step.weighed || 4+s.Weight != step.weight {
			t.Errorf("step %d: %+v, event %+v; want %+v", i, s, e, step)
		}
	}
}

// The same sequence of URLs as keepalived's: after a failure first the one that
// failed, then all.
func TestTour(t *testing.T) {
	tour := newTour(3)
	var got strings.Builder
	for _, r := range "+++++-++++++" {
		got.WriteByte(byte('a' + tour.at))
		if r == '-' {
			tour.bad()
			got.WriteByte('!')
		} else if tour.good() {
			got.WriteByte('*')
		}
	}
	if want := "abc*a*b*c!cabc*a*b*"; got.String() != want {
		t.Errorf("%s, want %s", got.String(), want)
	}
	// Also a single one must be good twice.
	tour = newTour(1)
	tour.bad()
	if tour.good() || !tour.good() || !tour.good() {
		t.Error("one URL comes up otherwise than after two successes")
	}
}
