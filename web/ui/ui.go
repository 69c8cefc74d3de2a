// Package ui holds the pages, styles and scripts that browsers get: no bundler, no build step, files as they are read here.
// Each side has its folder (visitor, staff) with .html, .css and .js side by side; shared holds what both use.
package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Files are all pages, styles and scripts, named folder/file.
//
//go:embed */*.html */*.css */*.js
var Files embed.FS

// Assets serves the styles and scripts of some folders below one path. The path holds a version made from the content, so that a
// browser keeps a file for good and an upgrade is seen at once; scripts import each other by relative names and so stay in one version.
type Assets struct {
	prefix  string
	version string
	files   map[string]asset
}

type asset struct {
	plain, packed []byte
	kind, tag     string
}

// NewAssets reads the .css and .js files of folders of [Files], laid flat below prefix, which begins and ends with a slash. A name that
// is in two folders is an error.
func NewAssets(prefix string, folders ...string) (*Assets, error) {
	a := &Assets{prefix: prefix, files: map[string]asset{}}
	for _, folder := range folders {
		entries, err := fs.ReadDir(Files, folder)
		if err != nil {
			return nil, fmt.Errorf("read the folder %s: %w", folder, err)
		}
		for _, e := range entries {
			kind := contentType(e.Name())
			if kind == "" {
				continue
			}
			if _, twice := a.files[e.Name()]; twice {
				return nil, fmt.Errorf("two files are called %s: rename one", e.Name())
			}
			plain, err := fs.ReadFile(Files, path.Join(folder, e.Name()))
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", e.Name(), err)
			}
			if err := a.Add(e.Name(), plain); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// Add serves another file, or another content for one. Add everything before the first [Assets.Path]: the version follows from all of it.
func (a *Assets) Add(name string, plain []byte) error {
	packed, err := Pack(plain)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	sum := sha256.Sum256(plain)
	a.files[name] = asset{plain: plain, packed: packed, kind: contentType(name), tag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		all.Write([]byte(a.files[name].tag))
	}
	a.version = hex.EncodeToString(all.Sum(nil)[:6])
	return nil
}

// Path is where a file is served, with the version in it.
func (a *Assets) Path(name string) string { return a.prefix + a.version + "/" + name }

// ServeHTTP serves prefix + version + "/" + name, for good; and prefix + name, or another version, to be asked again each time.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, found := strings.Cut(strings.TrimPrefix(r.URL.Path, a.prefix), "/")
	if !found {
		version, name = "", version
	}
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if version == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", f.tag)
	Serve(w, r, f.kind, f.plain, f.packed)
}

// Serve writes content that was packed beforehand, with gzip if the browser takes it. Content that belongs to a visitor must not go
// through here: compressed secrets can be guessed by their length.
func Serve(w http.ResponseWriter, r *http.Request, kind string, plain, packed []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	if tag := h.Get("ETag"); tag != "" && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := plain
	if packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = packed
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser went away: nothing to do
	}
}

// Pack compresses content once for [Serve].
func Pack(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return ""
}
