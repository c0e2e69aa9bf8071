package directive

import "strings"

// Context is a set of places a directive may stand in.
type Context uint32

const (
	Main Context = 1 << iota
	Events
	HTTP
	Server
	Location
	ServerIf   // "if" in server
	LocationIf // "if" in location
	LimitExcept
	Upstream
	Stream
	StreamServer
	StreamUpstream
	Mail
	MailServer
	Gateway

	contexts = iota
)

// Anywhere is nginx's NGX_ANY_CONF.
const Anywhere Context = 1<<contexts - 1

// the words of nginx's documentation, in the order of the bits
var contextWords = [contexts]string{
	"main", "events", "http", "server", "location", "if in server", "if in location",
	"limit_except", "upstream", "stream", "server in stream", "upstream in stream",
	"mail", "server in mail", "gateway",
}

// Words lists the contexts as nginx's documentation words them.
func (c Context) Words() []string {
	var words []string
	for i, w := range contextWords {
		if c&(1<<i) != 0 {
			words = append(words, w)
		}
	}
	return words
}

func (c Context) String() string { return strings.Join(c.Words(), ", ") }
