package vm

import (
	"strconv"
	"strings"
)

var glue = strings.ReplaceAll(glueSource, "YIELDABLE", strconv.Itoa(int(Yieldable)))

// openContexts keeps the array of ngx.ctx tables.
func openContexts(v *VM) error {
	r, err := v.Function("return moongate.contexts", "=contexts")
	v.slots.tables = r
	return err
}
