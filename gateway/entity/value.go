package entity

// Checks of values that plugins have in their configurations as well.

// IPOrCIDR says what is wrong with an address or network.
func IPOrCIDR(v any) string { return text(checkCIDR)(v) }

// HeaderName says what is wrong with the name of a header.
func HeaderName(v any) string { return text(checkHeaderName)(v) }
