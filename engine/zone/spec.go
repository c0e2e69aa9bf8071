package zone

import (
	"fmt"
	"os"
	"strings"

	"moongate/core/config/directive"
)

// ParseSpec reads the "zone=NAME:SIZE" of limit_req_zone and its kin. The errors
// are nginx's, without their place.
func ParseSpec(arg string) (name string, size int64, err error) {
	name, text, found := strings.Cut(strings.TrimPrefix(arg, "zone="), ":")
	size, ok := directive.ParseSize(text)
	if !found || !ok {
		return "", 0, fmt.Errorf("invalid zone size \"%s\"", arg)
	}
	if size < int64(8*os.Getpagesize()) {
		return "", 0, fmt.Errorf("zone \"%s\" is too small", arg)
	}
	return name, size, nil
}
