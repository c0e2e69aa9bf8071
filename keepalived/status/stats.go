package status

import (
	"fmt"
	"strings"
)

// StatsText is keepalived.stats.
func (s *Status) StatsText() string {
	var b strings.Builder
	for i := range s.Instances {
		v := &s.Instances[i]
		n := &v.Stats
		fmt.Fprintf(&b, "VRRP Instance: %s\n", v.Config.Name)
		for _, row := range []struct {
			text  string
			count uint64
		}{
			{"  Advertisements:", none}, {"    Received:", n.Received}, {"    Sent:", n.Sent},
			{"  Became master:", n.BecameMaster}, {"  Released master:", n.ReleasedMaster},
			{"  Packet Errors:", none}, {"    Length:", n.LengthErrors}, {"    TTL:", n.TTLErrors},
			{"    Invalid Type:", n.TypeErrors}, {"    Advertisement Interval:", n.IntervalErrors},
			{"    Address List:", n.AddressErrors},
			{"  Authentication Errors:", none}, {"    Invalid Type:", n.AuthTypeErrors},
			{"    Type Mismatch:", n.AuthMismatches}, {"    Failure:", n.AuthFailures},
			{"  Priority Zero:", none}, {"    Received:", n.PrioZeroRcvd}, {"    Sent:", n.PrioZeroTx},
		} {
			b.WriteString(row.text)
			if row.count != none {
				fmt.Fprintf(&b, " %d", row.count)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// none stands for no number at all.
const none = ^uint64(0)
