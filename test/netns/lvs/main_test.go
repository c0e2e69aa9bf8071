// Package lvs tries the data planes of keepalived/lvs in network namespaces: a
// client, a balancer and real servers, each a process of this test binary that is
// told what to do by lines of JSON. It needs root and ip; without them it skips.
package lvs

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

const roleVar = "MOONGATE_LVS_ROLE"

// roles are what a process of the test can be in its namespace.
var roles = map[string]func() role{"client": newClient, "server": newServer, "balancer": newBalancer}

// role answers what it is asked.
type role interface{ do(call) answer }

// call is a line to a process; what it means stands with the roles.
type call struct {
	Do    string
	Args  json.RawMessage
	Names []string
}

type answer struct {
	Error string          `json:",omitempty"`
	Value json.RawMessage `json:",omitempty"`
}

func value(v any) answer {
	b, err := json.Marshal(v)
	if err != nil {
		return failure(err)
	}
	return answer{Value: b}
}

func failure(err error) answer {
	if err == nil {
		return answer{}
	}
	return answer{Error: err.Error()}
}

func TestMain(m *testing.M) {
	name := os.Getenv(roleVar)
	if name == "" {
		os.Exit(m.Run())
	}
	r := roles[name]()
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c call
		a := answer{}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			a = failure(fmt.Errorf("call: %w", err))
		} else {
			a = r.do(c)
		}
		if err := out.Encode(a); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(0)
}
