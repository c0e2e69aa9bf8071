package cache

import (
	"math"
	"testing"
	"time"
)

func TestParsePath(t *testing.T) {
	full := func(s string) string { return "/prefix/" + s }
	p, err := ParsePath("proxy_cache_path", []string{"cache/", "levels=1:2", "keys_zone=one:10m", "inactive=60m", "max_size=1g", "min_free=10k",
		"use_temp_path=off", "loader_files=7", "loader_sleep=60ms", "loader_threshold=3s", "manager_files=8", "manager_sleep=70ms", "manager_threshold=4s"}, full)
	if err != nil {
		t.Fatal(err)
	}
	want := Path{"/prefix/cache", [3]int{1, 2, 0}, false, "one", 10 << 20, time.Hour, 1 << 30, 10 << 10,
		Pace{8, 70 * time.Millisecond, 4 * time.Second}, Pace{7, 60 * time.Millisecond, 3 * time.Second}}
	if *p != want {
		t.Errorf("%+v\nwant %+v", *p, want)
	}
	p, err = ParsePath("proxy_cache_path", []string{"cache", "keys_zone=one:10m"}, full)
	pace := Pace{100, 50 * time.Millisecond, 200 * time.Millisecond}
	want = Path{"/prefix/cache", [3]int{}, true, "one", 10 << 20, 10 * time.Minute, math.MaxInt64, 0, pace, pace}
	if err != nil || *p != want {
		t.Errorf("%v %+v\nwant %+v", err, *p, want)
	}
}

// The texts are those that nginx 1.22 prints for the same words.
func TestParsePathFaults(t *testing.T) {
	for arg, want := range map[string]string{
		"levels=3":            `invalid "levels" "levels=3"`,
		"levels=1:":           `invalid "levels" "levels=1:"`,
		"levels=1:2:1:2":      `invalid "levels" "levels=1:2:1:2"`,
		"use_temp_path=no":    `invalid use_temp_path value "use_temp_path=no", it must be "on" or "off"`,
		"keys_zone=one":       `invalid keys zone size "keys_zone=one"`,
		"keys_zone=one:x":     `invalid keys zone size "keys_zone=one:x"`,
		"keys_zone=one:4k":    `keys zone "keys_zone=one:4k" is too small`,
		"inactive=x":          `invalid inactive value "inactive=x"`,
		"max_size=x":          `invalid max_size value "max_size=x"`,
		"min_free=x":          `invalid min_free value "min_free=x"`,
		"loader_files=x":      `invalid loader_files value "loader_files=x"`,
		"loader_sleep=x":      `invalid loader_sleep value "loader_sleep=x"`,
		"loader_threshold=x":  `invalid loader_threshold value "loader_threshold=x"`,
		"manager_files=x":     `invalid manager_files value "manager_files=x"`,
		"manager_sleep=x":     `invalid manager_sleep value "manager_sleep=x"`,
		"manager_threshold=x": `invalid manager_threshold value "manager_threshold=x"`,
		"purger=on":           `invalid parameter "purger=on"`,
		"levels":              `invalid parameter "levels"`,
		"inactive=1m":         `"proxy_cache_path" must have "keys_zone" parameter`,
		"keys_zone=:10m":      `"proxy_cache_path" must have "keys_zone" parameter`,
	} {
		_, err := ParsePath("proxy_cache_path", []string{"/d", arg}, func(s string) string { return s })
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", arg, err, want)
		}
	}
}
