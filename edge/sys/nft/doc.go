// Package nft writes a table of nftables that passes connections on to real servers
// by NAT: a map from addresses to a chain for each service, which chooses by turns
// or by a hash, and a chain for each destination, which counts and translates.
//
//	prerouting, output: address . protocol . port -> service's chain
//	service's chain:    turn or hash -> number of a destination -> its chain
//	destination's:      counter, dnat to 10.0.0.1:80
//
// keepalived/lvs/nftables decides what stands in it. What changes, changes in one
// batch, which the kernel takes as a whole or not at all. Connections that were
// translated once stay as they are: conntrack has them.
package nft
