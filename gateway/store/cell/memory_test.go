package cell

import (
	"testing"

	"moongate/gateway/store/storetest"
)

func TestMemory(t *testing.T) { storetest.RunCell(t, new(Memory)) }
