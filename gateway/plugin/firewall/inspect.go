package firewall

import (
	"cmp"
	"sync"
	"time"

	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// inspection is a request that Coraza looks at, until its end. Texts that it has are the
// request's.
type inspection struct {
	tx    types.Transaction
	spent time.Duration
	r     *httpd.Request
	end   func() // finish, bound once
}

var (
	slot        = httpd.NewSlot[inspection]()
	inspections sync.Pool
)

// begin has Coraza look at a request from now on.
func (e *engine) begin(r *httpd.Request) *inspection {
	n, _ := inspections.Get().(*inspection)
	if n == nil {
		n = new(inspection)
		n.end = n.finish
	}
	id, _, _ := r.LookupVar("request_id")
	n.tx, n.r, n.spent = e.waf.NewTransactionWithID(cmp.Or(id, "-")), r, 0
	slot.Put(r, n)
	r.AtEnd(n.end)
	return n
}

func (n *inspection) finish() {
	if err := n.tx.Close(); err != nil {
		n.r.Logf(errlog.Error, "gateway: firewall: %v", err)
	}
	n.tx, n.r = nil, nil
	inspections.Put(n)
}

// variables are what Coraza knows of the request.
func (n *inspection) variables() plugintypes.TransactionVariables {
	return n.tx.(plugintypes.TransactionState).Variables()
}

// judge runs rules and gives what they decide: also in detect mode, where Coraza itself lets
// all pass.
func (n *inspection) judge(rules func() *types.Interruption) *types.Interruption {
	start := time.Now()
	it := rules()
	n.spent += time.Since(start)
	if would, ok := n.tx.(interface {
		DetectionOnlyInterruption() *types.Interruption
	}); it == nil && ok {
		it = would.DetectionOnlyInterruption()
	}
	return it
}

// head shows the request line and the header.
func head(tx types.Transaction, q *asked, uri, protocol, host string, port, server int) {
	addr := ""
	if q.addr.IsValid() {
		addr = q.addr.Unmap().String()
	}
	tx.ProcessConnection(addr, port, "", server)
	tx.ProcessURI(uri, q.method, protocol)
	named := false
	for k := range q.headers {
		h := &q.headers[k]
		named = named || http1.EqualFold(h.Name, "Host")
		tx.AddRequestHeader(h.Name, h.Value)
	}
	if !named && host != "" { // HTTP/2 has it elsewhere
		tx.AddRequestHeader("Host", host)
	}
	tx.SetServerName(host)
}

// ask has Coraza judge the request. It computes for long, so others have the loop.
func (i *instance) ask(x *plugin.Context, q *asked) plugin.Result {
	event.Block()
	r := x.R
	n := i.engine.begin(r)
	host := r.Host
	if h, ok := r.In.Known(http1.Host); ok {
		host = h
	}
	head(n.tx, q, r.UnparsedURI, r.Proto, host, int(r.Conn.RemoteAddr().Port()), plugin.Port(r))
	it := n.judge(n.tx.ProcessRequestHeaders)
	if it == nil || i.detects() {
		v, res := i.readBody(x, n)
		if res != plugin.Next {
			return res
		}
		if v != nil {
			return i.decide(x, v)
		}
		it = n.judge(func() *types.Interruption {
			it, err := n.tx.ProcessRequestBody()
			return orFailed(r, it, err)
		})
	}
	if i.Responses {
		// What is compressed nobody can read. The client may still get it so: from gzip.
		r.AcceptsGzip()
		r.In.Del("Accept-Encoding")
	}
	return i.concluded(x, n, it)
}

// orFailed is it, or a refusal where Coraza could not go on.
func orFailed(r *httpd.Request, it *types.Interruption, err error) *types.Interruption {
	if err == nil || it != nil {
		return it
	}
	if r != nil {
		r.Logf(errlog.Error, "gateway: firewall: a body can't be inspected: %v", err)
	}
	return &types.Interruption{Action: "deny", Status: 500}
}

// readBody shows the body, as far as it is inspected. Those that no rule looks at are left
// where they are, and may go to the service while they come.
func (i *instance) readBody(x *plugin.Context, n *inspection) (*verdict, plugin.Result) {
	r := x.R
	if !r.HasBody() || !n.tx.IsRequestBodyAccessible() || n.variables().RequestBodyProcessor().Get() == "" && !i.engine.forces {
		return nil, plugin.Next
	}
	if i.rejects() && r.In.ContentLength > i.RequestLimit {
		return i.tooLong(), plugin.Next
	}
	if res := r.ReadBody(); res != httpd.OK {
		return nil, res
	}
	event.Block()
	b := &r.Body
	if i.rejects() && b.Len > i.RequestLimit {
		return i.tooLong(), plugin.Next
	}
	err := n.show(b.Mem, i.RequestLimit)
	if b.File != nil && err == nil {
		err = n.showFile(b.File, i.RequestLimit-int64(len(b.Mem)))
	}
	if err != nil {
		r.Logf(errlog.Error, "gateway: firewall: a body can't be inspected: %v", err)
		return nil, 500
	}
	return nil, plugin.Next
}

// show shows a part of the body, of which at most so much is to be seen. With the last byte
// that is to be seen Coraza judges already.
func (n *inspection) show(p []byte, most int64) error {
	start := time.Now()
	_, _, err := n.tx.WriteRequestBody(p[:max(0, min(int64(len(p)), most))])
	n.spent += time.Since(start)
	return err
}

const pieces = 64 << 10

func (n *inspection) showFile(f *httpd.File, most int64) error {
	buf := make([]byte, min(pieces, f.Size))
	for at := int64(0); at < min(f.Size, most); {
		k, err := f.ReadAt(buf[:min(int64(len(buf)), f.Size-at)], at)
		if err != nil {
			return err
		}
		if err := n.show(buf[:k], most-at); err != nil {
			return err
		}
		at += int64(k)
	}
	return nil
}
