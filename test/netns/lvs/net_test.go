package lvs

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// world is a client, a balancer and servers:
//
//	client --- balancer --- server 1     each link a /24 and a /64 of its own:
//	   \          \--------- server 2    10.1.0.x, 10.2.N.x, and 10.3.N.x from each
//	    \-------------------- server N   server straight to the client, for DR and TUN
type world struct {
	t        *testing.T
	prefix   string
	client   *process
	balancer *process
	servers  []*process
}

const (
	clientAddr = "10.1.0.2"
	vip        = "10.1.0.100"
	vip6       = "fd00:1::100"
)

func serverAddr(n int) string  { return fmt.Sprintf("10.2.%d.2", n) }
func serverAddr6(n int) string { return fmt.Sprintf("fd00:2:%d::2", n) }

// build makes the namespaces; they go with the test.
func build(t *testing.T, plane string, servers int) *world {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("network namespaces need ip (iproute2)")
	}
	w := &world{t: t, prefix: fmt.Sprintf("lvs%d", os.Getpid())}
	if out, err := exec.Command("ip", "netns", "add", w.prefix+"probe").CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody make a network namespace: %s", out)
	}
	exec.Command("ip", "netns", "del", w.prefix+"probe").Run()
	w.space("c")
	w.space("b")
	w.link("c", "b", "10.1.0", "fd00:1:")
	w.in("c", "ip route add default via 10.1.0.1", "ip -6 route add default via fd00:1::1")
	w.in("b", "ip addr add "+vip+"/32 dev c", "ip addr add "+vip6+"/128 dev c nodad")
	for n := 1; n <= servers; n++ {
		s := fmt.Sprintf("s%d", n)
		w.space(s)
		w.link(s, "b", fmt.Sprintf("10.2.%d", n), fmt.Sprintf("fd00:2:%d:", n))
		w.link(s, "c", fmt.Sprintf("10.3.%d", n), fmt.Sprintf("fd00:3:%d:", n))
		// As with NAT: what goes to the client goes by the balancer.
		w.in(s, fmt.Sprintf("ip route add default via 10.2.%d.1", n), fmt.Sprintf("ip -6 route add default via fd00:2:%d::1", n))
	}
	w.client = w.start("c", "client")
	for n := 1; n <= servers; n++ {
		s := w.start(fmt.Sprintf("s%d", n), "server")
		w.servers = append(w.servers, s)
		s.must("listen", fmt.Sprintf("s%d", n), nil)
		s.must("answer", serverAddr(n)+":8080", nil)
		s.must("answer", "["+serverAddr6(n)+"]:8080", nil)
	}
	w.balancer = w.start("b", "balancer")
	if plane == "nftables" || plane == "ipvs" { // whose packets go the way of all others
		w.in("b", "sysctl -qw net.ipv4.ip_forward=1", "sysctl -qw net.ipv6.conf.all.forwarding=1")
	}
	w.balancer.must("plane", plane, nil)
	return w
}

// direct makes the servers answer the client past the balancer, as the virtual
// addresses, which is what DR and TUN are for.
func (w *world) direct() {
	for i, p := range w.servers {
		n := i + 1
		s := fmt.Sprintf("s%d", n)
		w.in(s, "ip addr add "+vip+"/32 dev lo", "ip addr add "+vip6+"/128 dev lo nodad",
			fmt.Sprintf("ip route add 10.1.0.0/24 via 10.3.%d.1", n), fmt.Sprintf("ip -6 route add fd00:1::/64 via fd00:3:%d::1", n))
		p.must("answer", vip+":80", nil)
		p.must("answer", "["+vip6+"]:80", nil)
	}
}

func (w *world) space(name string) {
	w.run("ip", "netns", "add", w.prefix+name)
	w.t.Cleanup(func() { exec.Command("ip", "netns", "del", w.prefix+name).Run() })
	w.in(name, "ip link set lo up", "sysctl -qw net.ipv4.conf.all.rp_filter=0", "sysctl -qw net.ipv4.conf.default.rp_filter=0",
		"sysctl -qw net.ipv4.tcp_tw_reuse=1", "sysctl -qw net.ipv6.conf.default.accept_dad=0", "sysctl -qw net.ipv6.conf.all.accept_dad=0", "sysctl -qw net.ipv4.ip_local_port_range=20000\t60999")
}

// link joins two namespaces: the interface in each has the other's name, .1 is b's
// end and the client's.
func (w *world) link(a, b, net4, net6 string) {
	w.run("ip", "-n", w.prefix+a, "link", "add", "name", b, "type", "veth", "peer", "name", a, "netns", w.prefix+b)
	for _, e := range []struct{ in, dev, host string }{{a, b, "2"}, {b, a, "1"}} {
		w.in(e.in, "ip link set dev "+e.dev+" up", "ip addr add "+net4+"."+e.host+"/24 dev "+e.dev,
			"ip addr add "+net6+":"+e.host+"/64 dev "+e.dev+" nodad")
	}
}

// in runs commands in a namespace.
func (w *world) in(space string, commands ...string) {
	w.t.Helper()
	for _, c := range commands {
		w.run("ip", append([]string{"netns", "exec", w.prefix + space}, strings.Split(c, " ")...)...)
	}
}

func (w *world) run(name string, args ...string) {
	w.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		w.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// process is one of ours in a namespace.
type process struct {
	t   *testing.T
	who string
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

func (w *world) start(space, role string) *process {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command("ip", "netns", "exec", w.prefix+space, self)
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { in.Close(); cmd.Wait() })
	return &process{w.t, space, in, bufio.NewReaderSize(out, 1<<20), cmd}
}

// must has a process do something with name and args, which are turned to JSON;
// the answer goes to into, if that isn't nil.
func (p *process) must(do, name string, args any, into ...any) {
	p.t.Helper()
	if err := p.ask(do, name, args, into...); err != nil {
		p.t.Fatalf("%s: %s: %v", p.who, do, err)
	}
}

func (p *process) ask(do, name string, args any, into ...any) error {
	p.t.Helper()
	raw, err := json.Marshal(args)
	if err != nil {
		p.t.Fatal(err)
	}
	line, err := json.Marshal(call{Do: do, Args: raw, Names: []string{name}})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		p.t.Fatalf("%s: %v", p.who, err)
	}
	reply, err := p.out.ReadBytes('\n')
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.who, do, err)
	}
	var a answer
	if err := json.Unmarshal(reply, &a); err != nil {
		p.t.Fatalf("%s: %q: %v", p.who, reply, err)
	}
	if a.Error != "" {
		return fmt.Errorf("%s", a.Error)
	}
	for _, v := range into {
		if err := json.Unmarshal(a.Value, v); err != nil {
			p.t.Fatal(err)
		}
	}
	return nil
}
