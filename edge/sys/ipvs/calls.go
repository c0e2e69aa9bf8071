package ipvs

import (
	"fmt"
	"time"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

func (k Key) String() string {
	switch {
	case k.FwMark != 0:
		return fmt.Sprintf("mark %d", k.FwMark)
	case k.Addr.Is6():
		return fmt.Sprintf("[%v]:%d", k.Addr, k.Port)
	}
	return fmt.Sprintf("%v:%d", k.Addr, k.Port)
}

func (c *Client) withService(cmd uint8, op string, s *Service) error {
	c.begin(cmd, unix.NLM_F_ACK)
	c.service(s)
	return c.run(op+" service "+s.Key.String(), nil)
}

// NewService adds a service.
func (c *Client) NewService(s *Service) error { return c.withService(cmdNewService, "add", s) }

// SetService changes one.
func (c *Client) SetService(s *Service) error { return c.withService(cmdSetService, "change", s) }

// DelService deletes one with its destinations.
func (c *Client) DelService(k Key) error {
	c.begin(cmdDelService, unix.NLM_F_ACK)
	c.key(k)
	c.b.Close()
	return c.run("delete service "+k.String(), nil)
}

// Services lists them all.
func (c *Client) Services() (all []Service, err error) {
	c.begin(cmdGetService, unix.NLM_F_DUMP)
	err = c.run("list services", func(_ uint8, attrs []byte) error {
		for kind, v := range nlmsg.Attrs(attrs) {
			if kind == attrService {
				s, err := parseService(v)
				if err != nil {
					return err
				}
				all = append(all, s)
			}
		}
		return nil
	})
	return all, err
}

func (c *Client) withDest(cmd uint8, op string, k Key, d *Dest) error {
	c.begin(cmd, unix.NLM_F_ACK)
	c.key(k)
	c.b.Close()
	c.dest(d, cmd != cmdDelDest)
	return c.run(fmt.Sprintf("%s destination %v of service %v", op, d.Addr, k), nil)
}

// NewDest adds a destination.
func (c *Client) NewDest(k Key, d *Dest) error { return c.withDest(cmdNewDest, "add", k, d) }

// SetDest changes one.
func (c *Client) SetDest(k Key, d *Dest) error { return c.withDest(cmdSetDest, "change", k, d) }

// DelDest deletes one. Its connections are dropped as their packets come.
func (c *Client) DelDest(k Key, d *Dest) error { return c.withDest(cmdDelDest, "delete", k, d) }

// Dests lists those of a service.
func (c *Client) Dests(k Key) (all []Dest, err error) {
	c.begin(cmdGetDest, unix.NLM_F_DUMP)
	c.key(k)
	c.b.Close()
	err = c.run("list destinations of service "+k.String(), func(_ uint8, attrs []byte) error {
		for kind, v := range nlmsg.Attrs(attrs) {
			if kind == attrDest {
				d, err := parseDest(v, k.is6())
				if err != nil {
					return err
				}
				all = append(all, d)
			}
		}
		return nil
	})
	return all, err
}

// Flush deletes all services.
func (c *Client) Flush() error {
	c.begin(cmdFlush, unix.NLM_F_ACK)
	return c.run("flush services", nil)
}

// Zero sets the statistics of all services to 0.
func (c *Client) Zero() error {
	c.begin(cmdZero, unix.NLM_F_ACK)
	return c.run("zero statistics", nil)
}

// SetConfig sets timeouts.
func (c *Client) SetConfig(g Config) error {
	c.begin(cmdSetConfig, unix.NLM_F_ACK)
	for kind, d := range []time.Duration{attrTimeoutTCP: g.TCP, attrTimeoutFin: g.TCPFin, attrTimeoutUDP: g.UDP} {
		if d > 0 {
			c.b.Uint32(uint16(kind), uint32((d+time.Second-1)/time.Second))
		}
	}
	return c.run("set timeouts", nil)
}

// Config reads the timeouts.
func (c *Client) Config() (g Config, err error) {
	c.begin(cmdGetConfig, unix.NLM_F_ACK)
	err = c.run("read timeouts", func(_ uint8, attrs []byte) error {
		for kind, v := range nlmsg.Attrs(attrs) {
			switch d := time.Duration(nlmsg.Uint32(v)) * time.Second; kind {
			case attrTimeoutTCP:
				g.TCP = d
			case attrTimeoutFin:
				g.TCPFin = d
			case attrTimeoutUDP:
				g.UDP = d
			}
		}
		return nil
	})
	return g, err
}

// Info asks what the kernel's IPVS is.
func (c *Client) Info() (i Info, err error) {
	c.begin(cmdGetInfo, unix.NLM_F_ACK)
	err = c.run("read version", func(_ uint8, attrs []byte) error {
		for kind, v := range nlmsg.Attrs(attrs) {
			switch n := int(nlmsg.Uint32(v)); kind {
			case infoVersion:
				i.Major, i.Minor, i.Patch = n>>16, n>>8&0xff, n&0xff
			case infoTableSize:
				i.TableSize = n
			}
		}
		return nil
	})
	return i, err
}

// NewDaemon starts a daemon.
func (c *Client) NewDaemon(d *Daemon) error {
	c.begin(cmdNewDaemon, unix.NLM_F_ACK)
	c.b.Open(attrDaemon | nlmsg.Nested)
	c.b.Uint32(daemonState, d.State)
	c.b.String(daemonInterface, d.Interface)
	c.b.Uint32(daemonID, d.ID)
	if d.MaxLen != 0 {
		c.b.Uint16(daemonMaxLen, d.MaxLen)
	}
	switch {
	case d.Group.Is4():
		c.b.Attr(daemonGroup, d.Group.AsSlice())
	case d.Group.Is6():
		c.b.Attr(daemonGroup6, d.Group.AsSlice())
	}
	if d.Port != 0 {
		c.b.Uint16(daemonPort, d.Port)
	}
	if d.TTL != 0 {
		c.b.Uint8(daemonTTL, d.TTL)
	}
	c.b.Close()
	return c.run("start sync daemon", nil)
}

// DelDaemon stops the daemon of a state.
func (c *Client) DelDaemon(state uint32) error {
	c.begin(cmdDelDaemon, unix.NLM_F_ACK)
	c.b.Open(attrDaemon | nlmsg.Nested)
	c.b.Uint32(daemonState, state)
	c.b.Close()
	return c.run("stop sync daemon", nil)
}

// Daemons lists those that run.
func (c *Client) Daemons() (all []Daemon, err error) {
	c.begin(cmdGetDaemon, unix.NLM_F_DUMP)
	err = c.run("list sync daemons", func(_ uint8, attrs []byte) error {
		for kind, v := range nlmsg.Attrs(attrs) {
			if kind == attrDaemon {
				all = append(all, parseDaemon(v))
			}
		}
		return nil
	})
	return all, err
}
