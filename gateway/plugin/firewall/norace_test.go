//go:build !race

package firewall_test

const racing = false
