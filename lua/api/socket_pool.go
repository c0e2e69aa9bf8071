package api

import (
	"fmt"
	"strings"
	"time"
	"unsafe"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/lua/vm"
)

// pool keeps idle connections under a key, and with a backlog limits how many there are. The counts are those of
// ngx_http_lua_socket_tcp.c: connections counts those in use that were made with the pool, and those that idle.
type pool struct {
	owner       *sockets
	key         string
	size        int
	backlog     int         // -1: no limit
	connections int         // guarded, as all below, by owner.mu
	idle        []*peerConn // last used at the end
	waiting     []*turn
}

// turn is a connect that waits for a place.
type turn struct {
	w       *vm.Wait
	granted bool
	pc      *peerConn
}

// wake says whom to wake when the turn has come.
func (t *turn) wake(w *vm.Wait) {
	t.w = w
	if t.granted {
		w.Wake()
	}
}

// poolOptions is the table that connect takes.
type poolOptions struct {
	named   bool
	name    string
	size    int
	backlog int
}

func (o *poolOptions) read(x *vm.Ctx, c *luajit.Call, i int) (why string) {
	o.backlog = -1
	list, _ := c.Flatten(i, 1)
	var size, backlog, name luajit.Value
	for k := 0; k+1 < len(list); k += 2 {
		switch list[k].Str() {
		case "pool_size":
			size = list[k+1]
		case "backlog":
			backlog = list[k+1]
		case "pool":
			name = list[k+1]
		}
	}
	if n, ok := c.State().ToNumber(size); ok {
		if o.size = int(n); o.size <= 0 {
			return fmt.Sprintf("bad \"pool_size\" option value: %d", o.size)
		}
	} else if !size.IsNil() {
		return "bad \"pool_size\" option type: " + size.Type().String()
	}
	if n, ok := c.State().ToNumber(backlog); ok {
		if o.backlog = int(n); o.backlog < 0 {
			return fmt.Sprintf("bad \"backlog\" option value: %d", o.backlog)
		}
		if o.size == 0 && x.Conf != nil {
			o.size = x.Conf.Socket.PoolSize
		}
	}
	if text, ok := name.Text(); ok {
		o.named, o.name = true, strings.Clone(text)
	} else if !name.IsNil() {
		return "bad \"pool\" option type: " + name.Type().String()
	}
	return ""
}

// pool is the pool of a key, made if the options ask for one.
func (s *sockets) pool(x *vm.Ctx, key string, o *poolOptions) *pool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pools[key]
	if p == nil && o.size > 0 {
		p = s.newPool(x, key, o.size, o.backlog)
	}
	return p
}

func (s *sockets) newPool(x *vm.Ctx, key string, size, backlog int) *pool {
	x.Debugf("lua tcp socket connection pool size: %d, backlog: %d", size, backlog)
	x.Debugf("lua tcp socket keepalive create connection pool for key \"%s\"", key)
	p := &pool{owner: s, key: key, size: size, backlog: backlog}
	s.pools[key] = p
	return p
}

// enter begins a connect: an idle connection, a turn in the queue, or neither, and the caller makes a connection.
func (p *pool) enter(op *connectOp) (pc *peerConn, t *turn, why string) {
	p.owner.mu.Lock()
	defer p.owner.mu.Unlock()
	if pc = p.pick(); pc != nil {
		return pc, nil, ""
	}
	p.connections++
	op.x.Debugf("lua tcp socket keepalive: connection pool empty")
	if p.backlog < 0 || p.connections <= p.size {
		return nil, nil, ""
	}
	if p.connections > p.size+p.backlog {
		p.connections--
		return nil, nil, "too many waiting connect operations"
	}
	op.x.Debugf("lua tcp socket queue connect operation for connection pool \"%s\", connections: %d", p.key, p.connections)
	t = &turn{}
	p.waiting = append(p.waiting, t)
	return nil, t, ""
}

// pick takes the connection used last; the loop may be faster and close it.
func (p *pool) pick() *peerConn {
	for n := len(p.idle); n > 0; n = len(p.idle) {
		pc := p.idle[n-1]
		p.idle = p.idle[:n-1]
		if !pc.ev.Unpark() {
			// Its handler runs, finds that it idles no more, and closes it.
			pc.idle = false
			p.connections--
			continue
		}
		pc.idle = false
		pc.reused++
		return pc
	}
	return nil
}

// claim ends the wait of a turn: whether it has come, and the connection it brought.
func (p *pool) claim(t *turn) (granted bool, pc *peerConn) {
	p.owner.mu.Lock()
	defer p.owner.mu.Unlock()
	if !t.granted {
		p.dequeue(t)
		p.connections--
	}
	return t.granted, t.pc
}

// leave gives up a turn, or what it brought.
func (p *pool) leave(t *turn) {
	p.owner.log.Debug(errlog.DebugHTTP, "lua tcp socket abort queueing, connection pool \"%s\"", p.key)
	granted, pc := p.claim(t)
	if pc != nil {
		pc.close()
	}
	if granted {
		p.gone()
	}
}

func (p *pool) dequeue(t *turn) {
	for i, o := range p.waiting {
		if o == t {
			p.waiting = append(p.waiting[:i], p.waiting[i+1:]...)
			return
		}
	}
}

// gone counts a connection that was closed, and lets the next one in.
func (p *pool) gone() {
	p.owner.mu.Lock()
	defer p.owner.mu.Unlock()
	p.connections--
	p.settle()
}

// settle drops a pool of no connections, or lets in who waits.
func (p *pool) settle() {
	if p.connections <= 0 && len(p.waiting) == 0 {
		if p.owner.pools[p.key] == p {
			delete(p.owner.pools, p.key)
			p.tellFreed()
		}
		return
	}
	p.admit()
}

// tellFreed words the end of a pool as OpenResty does, which names the pool's address when the pool ends with its VM.
func (p *pool) tellFreed() {
	if p.owner.vm.Own {
		p.owner.log.Debug(errlog.DebugHTTP, "lua tcp socket keepalive: free connection pool %X for \"%s\"", uintptr(unsafe.Pointer(p)), p.key)
		return
	}
	p.owner.log.Debug(errlog.DebugHTTP, "lua tcp socket keepalive: free connection pool for \"%s\"", p.key)
}

// admit gives the first turn its place: with an idle connection if there is one.
func (p *pool) admit() {
	if len(p.waiting) == 0 || p.connections-len(p.waiting) >= p.size && len(p.idle) == 0 {
		return
	}
	t := p.waiting[0]
	p.waiting = p.waiting[1:]
	if t.pc = p.pick(); t.pc != nil {
		p.connections-- // the turn was counted, and so was the connection
	}
	t.granted = true
	if t.w != nil {
		t.w.Wake()
	}
}

// keep puts a connection into the pool; counted says that the pool knows it already.
func (p *pool) keep(pc *peerConn, counted bool, timeout time.Duration) {
	p.owner.mu.Lock()
	defer p.owner.mu.Unlock()
	if len(p.idle) >= p.size && len(p.idle) > 0 {
		old := p.idle[0]
		p.idle = append(p.idle[:0], p.idle[1:]...)
		old.idle = false
		if old.ev.Unpark() {
			old.close()
		}
		if counted {
			p.connections--
		}
	} else if !counted {
		p.connections++
	}
	pc.pool, pc.idle = p, true
	p.idle = append(p.idle, pc)
	pc.until = 0
	if timeout > 0 {
		pc.until = event.Mono() + timeout
	}
	pc.ev.SetHandler(pc)
	pc.ev.Park(timeout)
	p.admit()
}

// Ready is the loop's word that an idle connection has something to read, or has idled for too long. What a TLS
// connection reads may be none of the peer's data but a session ticket.
func (pc *peerConn) Ready(c *event.Conn, why event.Why) {
	if why == event.Readable {
		pc.pool.owner.log.Debug(errlog.DebugHTTP, "lua tcp socket keepalive close handler check stale events")
	}
	if why == event.Readable && pc.stale() {
		pc.pool.owner.mu.Lock()
		if pc.idle {
			var left time.Duration
			if pc.until != 0 {
				left = max(pc.until-event.Mono(), 1)
			}
			c.Park(left)
			pc.pool.owner.mu.Unlock()
			return
		}
		pc.pool.owner.mu.Unlock()
	}
	p := pc.pool
	log := p.owner.log
	if why == event.TimedOut {
		log.Debug(errlog.DebugHTTP, "lua tcp socket keepalive max idle timeout")
	}
	log.Debug(errlog.DebugHTTP, "lua tcp socket keepalive close handler: fd:%d", c.FD())
	p.owner.mu.Lock()
	if pc.idle {
		pc.idle = false
		for i, o := range p.idle {
			if o == pc {
				p.idle = append(p.idle[:i], p.idle[i+1:]...)
				break
			}
		}
		p.connections--
		p.settle()
	}
	p.owner.mu.Unlock()
	pc.close()
}

// stale tells whether there was nothing to read after all.
func (pc *peerConn) stale() bool {
	var b [1]byte
	if pc.tls != nil {
		pc.nc.NoWait(true)
		_, err := pc.tls.Read(b[:])
		pc.nc.NoWait(false)
		return err == event.ErrAgain
	}
	_, again, _ := pc.ev.TryRead(b[:])
	return again
}
