package notify

import "moongate/keepalived/config"

// Server is a change of a virtual server, or of a real server behind one.
type Server struct {
	Service string // "[10.0.0.1]:tcp:80"
	Real    string // empty: the virtual server itself has gained or lost its quorum
	Up      bool
	Script  *config.Command // notify_up, notify_down, quorum_up, quorum_down
	Mail    bool
	Text    string // of the mail: "=> TCP CHECK failed on service <="
}

// Server tells of a change: the script, the FIFOs, a mail.
func (n *Notifier) Server(s Server) {
	state := "DOWN"
	if s.Up {
		state = "UP"
	}
	if s.Script != nil && s.Script.Set() {
		n.run("RS "+s.Real+" "+s.Service, s.Script)
	}
	if s.Real == "" {
		n.write("VS " + s.Service + " " + state + "\n")
	} else {
		n.write("RS " + s.Real + " " + s.Service + " " + state + "\n")
	}
	if s.Mail {
		n.mailServer(&s, state)
	}
}

// Mail sends a mail of a checker that does not change its server.
func (n *Notifier) Mail(s Server) {
	state := "DOWN"
	if s.Up {
		state = "UP"
	}
	n.mailServer(&s, state)
}

func (n *Notifier) mailServer(s *Server, state string) {
	if s.Real == "" {
		n.mail("Virtualserver "+s.Service+" - "+state, s.Text)
		return
	}
	n.mail("Realserver "+s.Real+" of virtual server "+s.Service+" - "+state, s.Text)
}
