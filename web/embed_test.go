package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dist is of the sources that lie here: vite.config.ts has written their hash beside it.
func TestDistIsFresh(t *testing.T) {
	paths := []string{"index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"}
	for _, dir := range []string{"src", "public"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasSuffix(path, ".test.ts") && !strings.HasSuffix(path, ".test.tsx") {
				paths = append(paths, filepath.ToSlash(path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(paths)
	sum := sha256.New()
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s\n%x\n", path, sha256.Sum256(b))
	}
	built, err := fs.ReadFile(Files(), "sources.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(built)) != hex.EncodeToString(sum.Sum(nil)) {
		t.Error("dist is older than its sources: run make web")
	}
}

// What a browser loads if it opens every page is small.
func TestDistIsSmall(t *testing.T) {
	const most = 400 << 10
	total := 0
	for name, b := range files(t) {
		if strings.HasSuffix(name, ".gz") {
			total += len(b)
		}
	}
	t.Logf("%d KiB with gzip", total>>10)
	if total == 0 || total > most {
		t.Errorf("all files have %d bytes with gzip, at most %d are fine", total, most)
	}
}

// The page has nothing that the content security policy forbids, and loads only what is there.
func TestIndex(t *testing.T) {
	all := files(t)
	r, err := gzip.NewReader(bytes.NewReader(all["index.html.gz"]))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, bad := range []string{"<style", "style=", "onload=", "http://", "https://"} {
		if strings.Contains(page, bad) {
			t.Errorf("index.html has %s", bad)
		}
	}
	if m := regexp.MustCompile(`<script[^>]*>[^<]`).FindString(page); m != "" {
		t.Errorf("index.html has a script inside: %s", m)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 3 {
		t.Errorf("index.html loads only %v", links)
	}
	for _, m := range links {
		name, below := strings.CutPrefix(m[1], "/dashboard/")
		if !below || all[name+".br"] == nil || all[name+".gz"] == nil {
			t.Errorf("index.html loads %s, which is not there", m[1])
		}
	}
}

func files(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[path], err = fs.ReadFile(Files(), path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
