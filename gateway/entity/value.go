package entity

// Checks of values that plugins have in their configurations as well.

// IPOrCIDR says what is wrong with an address or network.
func IPOrCIDR(v any) string { return text(checkCIDR)(v) }

// HeaderName says what is wrong with the name of a header.
func HeaderName(v any) string { return text(checkHeaderName)(v) }

// Host says what is wrong with a host name or address.
func Host(s string) string { return checkHost(s) }

// RouteHost says what is wrong with a host that may have a wildcard label and a port.
func RouteHost(s string) string { return checkRouteHost(s) }

// Address says what is wrong with a host that may have a port.
func Address(s string) string {
	if _, ok := parseAddress(s); !ok {
		return "invalid value: " + s
	}
	return ""
}
