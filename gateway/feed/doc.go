// Package feed carries what the gateway process knows to the workers, and what the
// workers have counted back, over a unix stream socket. It knows frames, not what is in
// them.
//
//	gateway process                                worker
//	    Server  <-- hello: secret, pid, index --   Client
//	            --- state: all there is ------->
//	            --- change, change, ... ------->
//	            <-- report, report, ... --------
//
// A worker that has lost its connection dials again and gets the whole state anew; until
// then it serves with what it has. A worker that does not take what it is sent is cut
// off when too much waits for it, so that memory stays bounded and it starts afresh.
//
// The secret is made by the master and lies in memory that only its processes have:
// whoever else can reach the socket learns nothing.
//
// The server is ordinary Go (net), for it lives in a process of its own; the client waits
// in the worker's event loop.
package feed
