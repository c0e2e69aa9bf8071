package setmisc

import (
	"fmt"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

func localToday(*httpd.Request, []string) (string, bool) {
	return event.Now().Local().Format(time.DateOnly), true
}

func formattedLocal(_ *httpd.Request, texts []string) (string, bool) {
	return string(appendTime(nil, texts[0], event.Now().Local())), true
}

func formattedGMT(_ *httpd.Request, texts []string) (string, bool) {
	return string(appendTime(nil, texts[0], event.Now().UTC())), true
}

// layouts are the conversions of strftime(3), in the C locale, that Go has a layout
// for.
var layouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'm': "01",
	'M': "04", 'p': "PM", 'P': "pm", 'S': "05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST", 'j': "002",
	'c': "Mon Jan _2 15:04:05 2006", 'D': "01/02/06", 'F': "2006-01-02", 'r': "03:04:05 PM", 'R': "15:04", 'T': "15:04:05",
	'x': "01/02/06", 'X': "15:04:05",
}

// appendTime is strftime.
func appendTime(b []byte, format string, t time.Time) []byte {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b = append(b, format[i])
			continue
		}
		i++
		c := format[i]
		if l := layouts[c]; l != "" {
			if c == 'Z' && t.Location() == time.UTC {
				b = append(b, "GMT"...) // as gmtime(3) has it
				continue
			}
			b = t.AppendFormat(b, l)
			continue
		}
		year, week := t.ISOWeek()
		switch c {
		case '%':
			b = append(b, '%')
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'C':
			b = fmt.Appendf(b, "%02d", t.Year()/100)
		case 'g':
			b = fmt.Appendf(b, "%02d", year%100)
		case 'G':
			b = fmt.Appendf(b, "%d", year)
		case 'V':
			b = fmt.Appendf(b, "%02d", week)
		case 'k':
			b = fmt.Appendf(b, "%2d", t.Hour())
		case 'l':
			b = fmt.Appendf(b, "%2d", (t.Hour()+11)%12+1)
		case 's':
			b = fmt.Appendf(b, "%d", t.Unix())
		case 'u':
			b = fmt.Appendf(b, "%d", (int(t.Weekday())+6)%7+1)
		case 'w':
			b = fmt.Appendf(b, "%d", t.Weekday())
		case 'U':
			b = fmt.Appendf(b, "%02d", (t.YearDay()+6-int(t.Weekday()))/7)
		case 'W':
			b = fmt.Appendf(b, "%02d", (t.YearDay()+6-(int(t.Weekday())+6)%7)/7)
		default: // unknown ones stay
			b = append(b, '%', c)
		}
	}
	return b
}
