// Package flood tries in network namespaces what a flood of forged adverts does to a
// master: the address must stay, our own adverts must go out in their time, and answers
// must be few. It needs root and ip; without them it skips.
//
// FLOOD=100000 has each flood be of so many adverts a second, and go on for longer.
package flood
