// Package upstream is the upstream{} block: its servers, how they are balanced, which
// connections are kept, and the $upstream_* variables. nginx has a module for each
// balancing method; here they are rows of one table, since there is nothing to a
// method but its Balancer in engine/upstream/balance.
package upstream
