package config_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/config/configtest"
)

// load reads a text as keepalived -t does, on a machine in memory.
func load(t testing.TB, text string) (*config.Config, []config.Problem) {
	t.Helper()
	f, err := conf.Read("k.conf", conf.Options{ID: "moon", Read: func(name string) ([]byte, error) {
		if name != "k.conf" {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}, Glob: func(string) ([]string, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return config.Load(f, configtest.Two(), config.Options{Test: true})
}

// shown is what -t writes.
func shown(list []config.Problem) string {
	var b strings.Builder
	for _, p := range list {
		if p.Shown {
			b.WriteString(p.Text + "\n")
		}
	}
	return b.String()
}

// clean reads a text that has nothing wrong.
func clean(t *testing.T, text string) *config.Config {
	t.Helper()
	c, list := load(t, text)
	if s := shown(list); s != "" || c == nil {
		t.Fatalf("complaints:\n%s", s)
	}
	return c
}

func TestInstance(t *testing.T) {
	c := clean(t, `
global_defs {
 script_user root
 enable_script_security
 vrrp_garp_master_repeat 3
}
vrrp_script chk {
 script "/bin/true -x 'a b'"
 interval 2
 weight -20
 rise 2
}
vrrp_instance VI_1 {
 state MASTER
 interface eth0
 virtual_router_id 51
 priority 150
 advert_int 2
 authentication {
  auth_type PASS
  auth_pass s3cret
 }
 virtual_ipaddress {
  10.0.0.100/24 dev eth1 label eth1:1
  10.0.0.101
 }
 track_script {
  chk
 }
 track_interface {
  eth1 weight 5 reverse
 }
 notify_master /bin/true
}
vrrp_instance VI_2 {
 interface eth0
 virtual_router_id 52
 nopreempt
 virtual_ipaddress {
  fe80::1
  2001:db8::1/64
 }
}
vrrp_sync_group G {
 group {
  VI_1
  VI_2
 }
 sync_group_tracking_weight
}`)
	a, b := c.Instances[0], c.Instances[1]
	if !a.Master || a.VRID != 51 || a.Priority != 150 || a.Interval != 2*time.Second || a.Version != 2 || a.Auth.Type != config.Pass || string(a.Auth.Data[:6]) != "s3cret" {
		t.Errorf("VI_1: %+v", a)
	}
	if len(a.Addrs) != 2 || a.Addrs[0].Prefix.String() != "10.0.0.100/24" || a.Addrs[0].Dev != "eth1" || a.Addrs[1].Prefix.Bits() != 32 {
		t.Errorf("addresses: %+v", a.Addrs)
	}
	if a.GARP.Repeat != 3 || a.GARP.LowerRepeat != 3 || a.GARP.Delay != 5*time.Second || a.DownTimerAdverts != 3 || !a.Accept {
		t.Errorf("defaults: %+v", a)
	}
	if a.TrackScripts[0].Weight != -20 || a.TrackInterfaces[0].Weight != 5 || !a.TrackInterfaces[0].Reverse {
		t.Errorf("tracks: %+v %+v", a.TrackScripts, a.TrackInterfaces)
	}
	if s := c.Scripts[0]; strings.Join(s.Command.Args, "|") != "/bin/true|-x|a b" || s.Timeout != 2*time.Second || !s.Tracked {
		t.Errorf("script: %+v", s)
	}
	if !b.V6 || b.Version != 3 || b.Priority != 100 || !b.NoPreempt || b.Group == nil || len(b.Group.Instances) != 2 || b.Addrs[0].Preferred == nil || b.Addrs[1].Preferred != nil {
		t.Errorf("VI_2: %+v", b)
	}
}

func TestServers(t *testing.T) {
	c := clean(t, `
virtual_server 10.0.0.1 80 {
 lb_algo wrr
 lb_kind DR
 protocol TCP
 delay_loop 6
 quorum 2
 retry 4
 virtualhost www.example.com
 sorry_server 10.0.0.9
 real_server 10.0.0.2 80 {
  weight 3
  inhibit_on_failure
  HTTP_GET {
   url {
    path /a
    status_code 200-204 301
   }
   connect_port 8080
   retry 2
  }
 }
 real_server 10.0.0.3 80 {
  TCP_CHECK {
   connect_timeout 2.5
  }
  DNS_CHECK {
   type a
  }
 }
}`)
	s := c.Servers[0]
	if s.Addr.String() != "10.0.0.1:80" || s.Scheduler != "wrr" || s.Forward.Method != "DR" || s.Protocol != "TCP" || s.Quorum != 2 || s.Sorry == nil || s.Sorry.Addr.String() != "10.0.0.9:80" {
		t.Errorf("server: %+v %+v", s, s.Sorry)
	}
	x := s.Servers[0]
	h := x.Checkers[0]
	if x.Weight != 3 || !x.Inhibit || h.Connect.String() != "10.0.0.2:8080" || h.Retry != 2 || h.RetryDelay != 3*time.Second || h.Loop != 6*time.Second || h.HTTP.VirtualHost != "www.example.com" || h.HTTP.URLs[0].Status[0] != [2]int{200, 204} {
		t.Errorf("HTTP_GET: %+v %+v", h, h.HTTP)
	}
	y := s.Servers[1].Checkers
	if y[0].Timeout != 2500*time.Millisecond || y[0].Retry != 4 || y[0].RetryDelay != time.Second || y[1].DNS.Type != "A" || y[1].Retry != 4 || y[1].RetryDelay != 6*time.Second {
		t.Errorf("checks: %+v %+v", y[0], y[1])
	}
}
