package daemon

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// genhash is what that tool is asked for: the MD5 of a page, for the digest of
// HTTP_GET.
type genhash struct {
	tls, sni, verbose, help bool
	server                  netip.Addr
	port                    uint16
	url, host, protocol     string
	timeout                 time.Duration
	mark                    uint32
	bad                     bool
}

type genhashFlag struct {
	short byte
	long  string
	arg   argument
	set   func(g *genhash, v string) bool
}

var genhashFlags = []genhashFlag{
	{'S', "use-ssl", none, func(g *genhash, _ string) bool { g.tls = true; return true }},
	{'I', "use-sni", none, func(g *genhash, _ string) bool { g.sni = true; return true }},
	{'s', "server", required, func(g *genhash, v string) (ok bool) { g.server, ok = address(v); return ok }},
	{'p', "port", required, func(g *genhash, v string) bool {
		n, err := strconv.ParseUint(v, 10, 16)
		g.port = uint16(n)
		return err == nil && n > 0
	}},
	{'u', "url", required, func(g *genhash, v string) bool { g.url = v; return v != "" }},
	{'V', "use-virtualhost", required, func(g *genhash, v string) bool { g.host = v; return true }},
	{'v', "verbose", none, func(g *genhash, _ string) bool { g.verbose = true; return true }},
	{'h', "help", none, func(g *genhash, _ string) bool { g.help = true; return true }},
	{'m', "fwmark", required, func(g *genhash, v string) bool {
		n, err := strconv.ParseUint(v, 0, 32)
		g.mark = uint32(n)
		return err == nil
	}},
	{'P', "protocol", required, func(g *genhash, v string) bool {
		g.protocol = strings.ToLower(v)
		return g.protocol == "1.0" || g.protocol == "1.0c" || g.protocol == "1.1"
	}},
	{'t', "timeout", required, func(g *genhash, v string) bool {
		n, err := strconv.ParseFloat(v, 64)
		g.timeout = time.Duration(n * float64(time.Second))
		return err == nil && n > 0
	}},
}

func address(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a, err == nil
}

// asGenhash runs the tool. name is how the user has called it.
func asGenhash(name string, args []string, out, errs io.Writer) int {
	g := &genhash{protocol: "1.0", timeout: 5 * time.Second}
	table := make([]flag, len(genhashFlags))
	for i, f := range genhashFlags {
		table[i] = flag{short: f.short, long: f.long, arg: f.arg}
	}
	rest := scan(table, args, func(f found) bool {
		if f.fault != "" {
			fmt.Fprintln(errs, f.fault)
			g.bad = true
			return true
		}
		for i := range table {
			if f.flag == &table[i] && !genhashFlags[i].set(g, f.value) {
				if f.flag.short == 's' {
					fmt.Fprintf(errs, "server should be an IP, not %s\n", f.value)
				} else {
					fmt.Fprintf(errs, "invalid %s '%s'\n", f.flag.long, f.value)
				}
				g.bad = true
			}
		}
		return true
	})
	if g.bad || g.help || len(rest) > 0 || !g.server.IsValid() || g.port == 0 || g.url == "" {
		fmt.Fprintf(errs, genhashUsage, name)
		return exitFailed
	}
	return g.run(out, errs)
}

// run fetches the page and prints its hash. It fails with a text and the exit
// code 0, as genhash does; scripts look whether there is a hash.
func (g *genhash) run(out, errs io.Writer) int {
	start := time.Now()
	page, err := g.fetch()
	if err != nil {
		text := err.Error()
		fmt.Fprintln(errs, strings.ToUpper(text[:1])+text[1:])
		return 0
	}
	sum := md5.Sum(page.body)
	hash := hex.EncodeToString(sum[:])
	if !g.verbose {
		fmt.Fprintln(out, hash)
		return 0
	}
	rule := func(title string) { fmt.Fprintf(out, "-----------------------[%s]-----------------------\n", title) }
	rule("    HTTP Header Buffer    ")
	io.WriteString(out, hexDump(page.header))
	rule(" HTTP Header Ascii Buffer ")
	fmt.Fprintf(out, "%s\n", strings.ReplaceAll(string(page.header), "\r", ""))
	rule("        HTML Buffer        ")
	io.WriteString(out, hexDump(page.body))
	io.WriteString(out, "\n")
	rule("    HTML hash resulting    ")
	io.WriteString(out, hexDump(sum[:]))
	rule(" HTML hash final resulting ")
	fmt.Fprintf(out, "%s\n\nGlobal response time for [%s] = %d usecs\n", hash, g.url, time.Since(start).Microseconds())
	return 0
}

// hexDump shows sixteen bytes in a line, as numbers and as letters.
func hexDump(data []byte) string {
	var b strings.Builder
	for at := 0; at < len(data); at += 16 {
		fmt.Fprintf(&b, "%04d  ", at)
		var text [16]byte
		for i := range 16 {
			text[i] = ' '
			if i == 8 {
				b.WriteString("- ")
			}
			if at+i >= len(data) {
				b.WriteString("   ")
				continue
			}
			c := data[at+i]
			fmt.Fprintf(&b, "%02x ", c)
			if text[i] = '.'; c >= 0x20 && c < 0x7f {
				text[i] = c
			}
		}
		b.WriteString("  " + string(text[:]) + "\n")
	}
	return b.String()
}

const genhashUsage = `Usage: %s COMMAND [OPTIONS]
Commands:
   -s server-address -p port -u url
   -S -s server-address -p port -u url
   -h

Options:
Either long or short options are allowed.
   --use-ssl         -S       Use SSL connection to remote server.
   --use-sni         -I       Use SNI during SSL handshake (uses virtualhost setting; see -V).
   --server          -s       Use the specified remote server address.
   --port            -p       Use the specified remote server port.
   --url             -u       Use the specified remote server url.
   --use-virtualhost -V       Use the specified virtualhost in GET query.
   --verbose         -v       Use verbose mode output.
   --help            -h       Display this short inlined help screen.
   --fwmark          -m       Use the specified FW mark.
   --protocol        -P       Use the specified HTTP protocol - '1.0', 1.0c', '1.1'.
                                1.0c means 1.0 with 'Connection: close'
   --timeout         -t       Timeout in seconds
`
