package release

import (
	"fmt"
	"math/bits"
	"strings"
)

// Class is what kind of client a User-Agent names; one may be several: an Android phone is android and mobile.
type Class uint16

const (
	Bot         Class = 1 << iota // crawlers
	Tool                          // curl, libraries, scripts; also a request without the header
	Mobile                        // phones
	Tablet                        // tablets
	Desktop                       // browsers on anything else
	IOS                           // an iPhone, iPod or iPad
	Android                       // Android
	WeChat                        // the browser within WeChat
	Windows                       // the system, of desktops
	MacOS                         // likewise
	Linux                         // likewise, ChromeOS and BSD too
	Web                           // a browser, on whatever
	MiniProgram                   // a mini program of WeChat, Alipay and their like
)

var classNames = [...]string{"bot", "tool", "mobile", "tablet", "desktop", "ios", "android", "wechat", "windows", "macos", "linux", "web", "mini-program"}

// ClassNames are all the names that a condition may list.
func ClassNames() []string { return classNames[:] }

func (c Class) String() string {
	var names []string
	for rest := uint(c); rest != 0; rest &= rest - 1 {
		names = append(names, classNames[bits.TrailingZeros(rest)])
	}
	return strings.Join(names, ", ")
}

func parseClasses(names []string) (Class, error) {
	var c Class
next:
	for _, name := range names {
		for i, n := range classNames {
			if n == name {
				c |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("%q is none of %s", name, strings.Join(classNames[:], ", "))
	}
	return c, nil
}

func classOf(r *Request) Class {
	if r.Values == nil {
		return Tool
	}
	ua, _ := r.Values.Header("user-agent", 0)
	return Classify(ua)
}

var (
	botWords  = []string{"bot", "spider", "crawl", "slurp", "facebookexternalhit"}
	toolWords = []string{"curl/", "wget/", "python", "go-http-client", "java/", "okhttp", "libwww", "postman", "httpie", "node-fetch", "axios/", "apachebench", "wrk"}
)

// Classify reads a User-Agent. It looks for a few words, as whoever writes such a header means it to be read.
func Classify(ua string) Class {
	if hasWord(ua, botWords) {
		return Bot
	}
	var c Class
	switch {
	case contains(ua, "iphone"), contains(ua, "ipod"):
		c = IOS | Mobile
	case contains(ua, "ipad"):
		c = IOS | Tablet
	case contains(ua, "android"):
		c = Android | Tablet
		if contains(ua, "mobile") {
			c = Android | Mobile
		}
	case contains(ua, "mobile"):
		c = Mobile
	case ua == "" || hasWord(ua, toolWords):
		return Tool
	case contains(ua, "mozilla/"), contains(ua, "opera/"):
		c = Desktop | desktop(ua)
	default:
		return Tool
	}
	switch {
	case contains(ua, "miniprogram"), contains(ua, "swan/"):
		c |= MiniProgram
	case contains(ua, "mozilla/"), contains(ua, "opera/"):
		c |= Web
	}
	if contains(ua, "micromessenger") {
		c |= WeChat
	}
	return c
}

// desktop is the system; 0 for one that is not known.
func desktop(ua string) Class {
	switch {
	case contains(ua, "windows"):
		return Windows
	case contains(ua, "macintosh"), contains(ua, "mac os"):
		return MacOS
	case contains(ua, "linux"), contains(ua, "x11"), contains(ua, "cros"):
		return Linux
	}
	return 0
}

func hasWord(s string, words []string) bool {
	for _, w := range words {
		if contains(s, w) {
			return true
		}
	}
	return false
}

// contains looks for a word in lower case, whatever the case of s.
func contains(s, word string) bool {
	first := word[0]
	for i := 0; i+len(word) <= len(s); i++ {
		if lower(s[i]) != first {
			continue
		}
		n := 1
		for n < len(word) && lower(s[i+n]) == word[n] {
			n++
		}
		if n == len(word) {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
