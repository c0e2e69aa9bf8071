// Package web has the dashboard inside: a React application whose sources are src and
// whose build, dist, is checked in, so that Go builds without Node. "make web" builds it
// anew. gateway/admin serves it below /dashboard/, beside the Admin API that it uses.
package web
