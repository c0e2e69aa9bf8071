package notify

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// postOffice is a mail server: it keeps what it is told, and may answer a command
// with something else than OK.
type postOffice struct {
	l     net.Listener
	odd   map[string]string // by the first word: the answer; "" ends the connection
	mails chan string       // each dialogue, as the client has said it
}

func newPostOffice(t *testing.T, odd map[string]string) *postOffice {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &postOffice{l: l, odd: odd, mails: make(chan string, 256)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.serve(c)
		}
	}()
	return p
}

func (p *postOffice) serve(c net.Conn) {
	defer c.Close()
	var said strings.Builder
	defer func() { p.mails <- said.String() }()
	if greeting, has := p.odd["greeting"]; has {
		c.Write([]byte(greeting))
		if greeting == "" {
			return
		}
	} else {
		c.Write([]byte("220-mail.example.org\r\n220 ready\r\n"))
	}
	in := bufio.NewReader(c)
	inData := false
	for {
		line, err := in.ReadString('\n')
		said.WriteString(line)
		if err != nil {
			return
		}
		word := strings.ToUpper(strings.Fields(line + " .")[0])
		if inData {
			if line != ".\r\n" {
				continue
			}
			inData, word = false, "BODY"
		}
		answer := map[string]string{"DATA": "354 go on\r\n", "QUIT": "221 bye\r\n"}[word]
		if answer == "" {
			answer = "250 OK\r\n"
		}
		if odd, has := p.odd[word]; has {
			answer = odd
		}
		inData = word == "DATA" && strings.HasPrefix(answer, "354")
		if answer == "" {
			return
		}
		c.Write([]byte(answer))
		if word == "QUIT" {
			return
		}
	}
}

func (p *postOffice) settings() *config.Global {
	return &config.Global{RouterID: "lvs1", Mail: config.Mail{To: []string{"a@b.c", "d@e.f"}, From: "x@y.z", Server: p.l.Addr().String(),
		Helo: "here", Timeout: 10 * time.Second}}
}

func TestMail(t *testing.T) {
	p := newPostOffice(t, nil)
	j := newJournal()
	n := New(role.VRRP, p.settings(), j.log)
	c := &config.Notify{Mail: true}
	n.VRRP(Change{Name: "VI_1", Event: Master, Priority: 150, Notify: c})
	n.VRRP(Change{Group: true, Name: "G1", Event: Backup, Notify: c})
	n.VRRP(Change{Name: "VI_1", Event: MasterPriority, Notify: c})
	n.Server(Server{Service: "[10.0.0.1]:tcp:80", Real: "[10.0.0.2]:tcp:80", Mail: true, Text: "=> TCP CHECK failed on service <="})
	n.Server(Server{Service: "[10.0.0.1]:tcp:80", Up: true, Mail: true, Text: "=> Gained quorum 1+0=1 <= 1 <="})
	n.Close()
	for _, want := range []struct{ subject, body string }{
		{"[lvs1] VRRP Instance VI_1 - Entering MASTER state", "=> VRRP Instance is now owning VRRP VIPs <="},
		{"[lvs1] VRRP Group G1 - Entering BACKUP state", "=> All VRRP group instances are now in BACKUP state <="},
		{"[lvs1] Realserver [10.0.0.2]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - DOWN", "=> TCP CHECK failed on service <="},
		{"[lvs1] Virtualserver [10.0.0.1]:tcp:80 - UP", "=> Gained quorum 1+0=1 <= 1 <="},
	} {
		got := <-p.mails
		before, date, _ := strings.Cut(got, "Date: ")
		date, after, _ := strings.Cut(date, "\r\n")
		if before != "HELO here\r\nMAIL FROM:<x@y.z>\r\nRCPT TO:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n" {
			t.Errorf("begins with %q", before)
		}
		if at, err := time.Parse(time.RFC1123Z, date); err != nil || time.Since(at) > time.Minute {
			t.Errorf("date %q", date)
		}
		if want := "From: x@y.z\r\nSubject: " + want.subject + "\r\nX-Mailer: Keepalived\r\nTo: a@b.c, d@e.f\r\n\r\n" + want.body + "\r\n\r\n.\r\nQUIT\r\n"; after != want {
			t.Errorf("got %q, want %q", after, want)
		}
	}
	if got := strings.Count(j.text(), "SMTP alert successfully sent."); got != 4 || !strings.Contains(j.text(), "Remote SMTP server [127.0.0.1]:") {
		t.Errorf("logged %s", j.text())
	}
}

func TestMailTroubles(t *testing.T) {
	for _, c := range []struct {
		odd  map[string]string
		want string
	}{
		{map[string]string{"greeting": "554 no\r\n"}, "Error processing connection cmd on SMTP server NAME. SMTP status code = 554"},
		{map[string]string{"greeting": ""}, "Remote SMTP server NAME has closed the connection."},
		{map[string]string{"HELO": "501 who?\r\n"}, "Error processing HELO cmd on SMTP server NAME. SMTP status code = 501"},
		{map[string]string{"RCPT": "550 nobody\r\n"}, "Error processing RCPT cmd on SMTP server NAME. SMTP status code = 550"},
		{map[string]string{"DATA": "451 later\r\n"}, "Error processing DATA cmd on SMTP server NAME. SMTP status code = 451"},
		{map[string]string{"BODY": "552 too much\r\n"}, "Error processing BODY cmd on SMTP server NAME. SMTP status code = 552"},
		{map[string]string{"MAIL": ""}, "Remote SMTP server NAME has closed the connection."},
		{map[string]string{"QUIT": ""}, "SMTP alert successfully sent."},
	} {
		p := newPostOffice(t, c.odd)
		j := newJournal()
		m := newMessage(p.settings(), "s", "b", time.Now())
		send(m, j.log)
		if want := strings.ReplaceAll(c.want, "NAME", serverName(p.l.Addr().String(), nil)); !strings.HasSuffix(j.text(), want) {
			t.Errorf("%v: logged %q, want %q", c.odd, j.text(), want)
		}
	}
}

func TestMailServerThatIsNotThere(t *testing.T) {
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	addr := l.Addr().String()
	l.Close()
	j := newJournal()
	g := &config.Global{Mail: config.Mail{To: []string{"a"}, Server: addr, Timeout: time.Second}}
	send(newMessage(g, "s", "b", time.Now()), j.log)
	if want := "SMTP connection ERROR to " + serverName(addr, nil) + "."; j.text() != want {
		t.Errorf("logged %q, want %q", j.text(), want)
	}
	// One that does not answer holds nobody up for longer than the timeout.
	l, _ = net.Listen("tcp", "127.0.0.1:0")
	defer l.Close()
	g.Mail.Server, g.Mail.Timeout = l.Addr().String(), 20*time.Millisecond
	j = newJournal()
	send(newMessage(g, "s", "b", time.Now()), j.log)
	if !strings.Contains(j.text(), "Timeout reading data to remote SMTP server") {
		t.Errorf("logged %q", j.text())
	}
}

// Mails that nobody takes do not pile up without end, and the process ends all the same.
func TestTooManyMails(t *testing.T) {
	j := newJournal()
	m := newMailer(j.log)
	gate := make(chan struct{})
	sent := make(chan string, maxMails+8)
	m.send = func(mail *message, _ role.Logf) bool { <-gate; sent <- mail.from; return true }
	m.add(&message{from: "first"})
	for taken := false; !taken; {
		m.mu.Lock()
		taken = len(m.waiting) == 0
		m.mu.Unlock()
	}
	for range maxMails {
		m.add(&message{from: "old"})
	}
	m.add(&message{from: "new"})
	start := time.Now()
	m.finish(start.Add(20 * time.Millisecond))
	if time.Since(start) > 5*time.Second {
		t.Error("the end waits for mails")
	}
	close(gate)
	m.finish(time.Now().Add(10 * time.Second))
	close(sent)
	count, last := 0, ""
	for last = range sent {
		count++
	}
	if count != maxMails+1 || last != "new" || !strings.Contains(j.text(), "the oldest are left out") {
		t.Errorf("sent %d, the last is %q, logged %q", count, last, j.text())
	}
}
