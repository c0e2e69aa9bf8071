package snmp

import (
	"time"

	"moongate/edge/wire/agentx"
)

// most is how many variables an answer has at most, whatever a GetBulk asks for.
const most = 2000

// answer does what snmpd asks for.
func (l *Link) answer(p *agentx.PDU) error {
	r := &agentx.PDU{Header: agentx.Header{Type: agentx.Response, Session: p.Session, Transaction: p.Transaction, Packet: p.Packet}}
	switch p.Type {
	case agentx.Response:
		return nil // to a trap or a ping
	case agentx.CleanupSet: // is not answered
		delete(l.pending, p.Transaction)
		return nil
	case agentx.Get, agentx.GetNext, agentx.GetBulk:
		l.read(p, r)
	case agentx.TestSet:
		l.test(p, r)
	case agentx.CommitSet:
		for _, c := range l.pending[p.Transaction] {
			c.write.set(c.new)
		}
		l.view = nil
	case agentx.UndoSet:
		for _, c := range l.pending[p.Transaction] {
			c.write.set(c.old)
		}
		delete(l.pending, p.Transaction)
		l.view = nil
	case agentx.Ping:
	default:
		r.Error = agentx.ProcessingError
	}
	err := l.put(r)
	if err == agentx.ErrLong {
		r.Vars, r.Error = nil, agentx.GenErr
		err = l.put(r)
	}
	return err
}

// current is the view, a fresh one if it is time.
func (l *Link) current() *view {
	if now := time.Now(); l.view == nil || now.Sub(l.made) >= lifeOfMap {
		l.view, l.made = l.build(l), now
	}
	return l.view
}

func (l *Link) read(p, r *agentx.PDU) {
	if p.Context != nil {
		r.Error = agentx.UnsupportedContext
		return
	}
	v := l.current()
	if v == nil {
		r.Error, r.Index = agentx.GenErr, 1
		return
	}
	switch p.Type {
	case agentx.Get:
		for _, q := range p.Ranges {
			r.Vars = append(r.Vars, agentx.Variable{Name: q.Start, Value: v.get(q.Start)})
		}
	case agentx.GetNext:
		for _, q := range p.Ranges {
			r.Vars = append(r.Vars, v.next(q))
		}
	case agentx.GetBulk:
		r.Vars = v.bulk(p)
	}
}

// bulk is what a GetBulk asks for: once each of the first ranges, and many of the others
// in turns (RFC 3416 section 4.2.3).
func (v *view) bulk(p *agentx.PDU) []agentx.Variable {
	once := min(int(p.NonRepeaters), len(p.Ranges))
	var list []agentx.Variable
	for _, q := range p.Ranges[:once] {
		list = append(list, v.next(q))
	}
	many := append([]agentx.Range(nil), p.Ranges[once:]...)
	for range p.MaxRepetitions {
		left := false
		for i := range many {
			if len(list) == most {
				return list
			}
			one := v.next(many[i])
			list = append(list, one)
			many[i].Start, many[i].Include = one.Name, false
			left = left || one.Value.Kind != agentx.EndOfMIBView
		}
		if !left {
			break
		}
	}
	return list
}

// test looks whether all variables can be written, and keeps what to do. A transaction
// that is tested again begins anew.
func (l *Link) test(p, r *agentx.PDU) {
	if p.Context != nil {
		r.Error = agentx.UnsupportedContext
		return
	}
	v := l.current()
	var list []change
	for i := range p.Vars {
		c, err := v.change(&p.Vars[i])
		if err != agentx.NoError {
			r.Error, r.Index = err, uint16(i+1)
			return
		}
		list = append(list, c)
	}
	if l.pending == nil || len(l.pending) > most {
		l.pending = map[uint32][]change{}
	}
	l.pending[p.Transaction] = list
}

func (v *view) change(to *agentx.Variable) (change, agentx.Error) {
	if v == nil {
		return change{}, agentx.ResourceUnavailable
	}
	i, ok := v.at(to.Name)
	switch {
	case !ok && v.known(to.Name):
		return change{}, agentx.NoCreation
	case !ok || v.vars[i].write == nil:
		return change{}, agentx.NotWritable
	case to.Value.Kind != agentx.Integer:
		return change{}, agentx.WrongType
	}
	c := change{v.vars[i].write, to.Value.Int(), v.vars[i].value.Int()}
	if c.new < c.write.low || c.new > c.write.high {
		return change{}, agentx.WrongValue
	}
	return c, agentx.NoError
}
