package directive

import (
	"strconv"
	"strings"
	"time"
)

// FormatSize is the shortest text ParseSize reads back as n.
func FormatSize(n int64) string {
	switch {
	case n != 0 && n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + "m"
	case n != 0 && n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + "k"
	}
	return strconv.FormatInt(n, 10)
}

// FormatOffset is the shortest text ParseOffset reads back as n.
func FormatOffset(n int64) string {
	if n != 0 && n%(1<<30) == 0 {
		return strconv.FormatInt(n>>30, 10) + "g"
	}
	return FormatSize(n)
}

// FormatTime writes a duration with nginx's units: "1d", "1h30m", "500ms".
func FormatTime(d time.Duration) string {
	if d < time.Millisecond {
		return "0"
	}
	var text strings.Builder
	for _, u := range []struct {
		name string
		d    time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if n := d / u.d; n > 0 {
			text.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
			d -= n * u.d
		}
	}
	return text.String()
}
