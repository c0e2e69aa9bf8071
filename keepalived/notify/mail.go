package notify

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// maxMails is how many mails wait to be sent.
const maxMails = 128

// message is a mail, and where it goes.
type message struct {
	server  string // host:port
	helo    string
	from    string
	to      []string
	timeout time.Duration
	text    string // header and body, lines ended by "\n"
}

// mailer sends mails one after the other.
type mailer struct {
	log  role.Logf
	send func(*message, role.Logf) bool

	mu      sync.Mutex
	waiting []*message
	lost    int
	busy    bool
	idle    chan struct{}
}

func newMailer(log role.Logf) *mailer { return &mailer{log: log, send: send} }

// mail sends a mail to those whom notification_email names, if there is a server.
func (n *Notifier) mail(subject, body string) {
	n.mu.Lock()
	g, closed := n.global, n.closed
	n.mu.Unlock()
	if closed || g.Mail.Server == "" || len(g.Mail.To) == 0 {
		return
	}
	n.mails.add(newMessage(g, subject, body, time.Now()))
}

func newMessage(g *config.Global, subject, body string, now time.Time) *message {
	host, _ := os.Hostname()
	m := &message{server: g.Mail.Server, helo: g.Mail.Helo, from: g.Mail.From, to: g.Mail.To, timeout: g.Mail.Timeout}
	if m.helo == "" {
		m.helo = host
	}
	if m.from == "" {
		m.from = "root@" + host
	}
	if m.timeout == 0 {
		m.timeout = 30 * time.Second
	}
	id := g.RouterID
	if id == "" {
		id = host
	}
	m.text = fmt.Sprintf("Date: %s\nFrom: %s\nSubject: [%s] %s\nX-Mailer: Keepalived\nTo: %s\n\n%s\n\n",
		now.Format("Mon, 02 Jan 2006 15:04:05 -0700"), m.from, id, subject, strings.Join(m.to, ", "), body)
	return m
}

func (m *mailer) add(mail *message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == maxMails {
		m.waiting = m.waiting[1:]
		if m.lost++; m.lost == 1 {
			m.log(role.Warning, "more than %d mails wait to be sent, the oldest are left out", maxMails)
		}
	}
	m.waiting = append(m.waiting, mail)
	if !m.busy {
		m.busy, m.idle = true, make(chan struct{})
		go m.work()
	}
}

func (m *mailer) work() {
	for {
		m.mu.Lock()
		if len(m.waiting) == 0 {
			m.busy, m.lost = false, 0
			close(m.idle)
			m.mu.Unlock()
			return
		}
		mail := m.waiting[0]
		m.waiting = m.waiting[1:]
		m.mu.Unlock()
		m.send(mail, m.log)
	}
}

// finish waits until all is sent, but not beyond the deadline.
func (m *mailer) finish(deadline time.Time) {
	m.mu.Lock()
	busy, idle := m.busy, m.idle
	m.mu.Unlock()
	if busy {
		select {
		case <-idle:
		case <-time.After(time.Until(deadline)):
		}
	}
}
