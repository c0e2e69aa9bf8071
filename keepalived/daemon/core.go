package daemon

import (
	"os"
	"runtime/debug"

	"moongate/edge/sys/proc"
	"moongate/keepalived/role"
)

// corePattern is where the kernel reads how core files are called.
const corePattern = "/proc/sys/kernel/core_pattern"

// coreDumps is -m and -M: a process that crashes leaves a core file.
func (o *options) coreDumps(log role.Logf) {
	if !o.CoreDump {
		return
	}
	debug.SetTraceback("crash") // else the runtime just exits
	if err := proc.SetLimit(proc.Core, ^uint64(0)); err != nil {
		log(role.Info, "Failed to set core file size: %s", err)
	}
	if o.CorePattern == "" {
		return
	}
	if err := os.WriteFile(corePattern, []byte(o.CorePattern), 0o644); err != nil {
		log(role.Info, "Unable to set core_pattern: %s", err)
	}
}
