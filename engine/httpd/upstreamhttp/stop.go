package upstreamhttp

import "sync/atomic"

// Stop ends a request to an upstream before its time. Its zero value is ready, and is for
// one request. Without one it is the client that ends a request, by going away; but a
// connection has one hook for that, so of several requests for one client at the same time
// only one would hear of it.
type Stop struct {
	now atomic.Bool
	of  atomic.Pointer[Upstream]
}

// Now ends the request, be it under way or not begun; its result is 499. Any goroutine may
// call it, at any time.
func (s *Stop) Now() {
	s.now.Store(true)
	if u := s.of.Load(); u != nil {
		u.clientGone() // who waits looks again
	}
}

// Called tells whether Now has been.
func (s *Stop) Called() bool { return s.now.Load() }

// leaving tells whether the one for whom the request is made has no more use for it.
func (u *Upstream) leaving() bool {
	switch {
	case !u.watching:
		return false
	case u.Stop != nil:
		return u.Stop.Called()
	}
	return u.R.ClientGone()
}
