package script

import (
	"os"
	"testing"

	"moongate/test/scripttest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	scripttest.Clean()
	os.Exit(code)
}

func TestScripts(t *testing.T) { scripttest.Run(t, ".") }
