// Package static holds the styles and scripts of the pages, built into the
// program. All of it is served under one address that carries a hash of the
// whole, so a browser may keep it for good and a new build is never mixed with
// an old one: a module's imports are relative and stay inside its own hash.
//
// There is no build step. What is served is the source with whole-line
// comments and indentation taken off, each file compressed when somebody first
// asks for it: a start should not wait for what nobody may ever load.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed css js icon
var files embed.FS

// Prefix is where the assets live; the route is "GET " + Prefix + "{hash}/{name...}".
const Prefix = "/a/"

// asset is one file, ready to be sent.
type asset struct {
	kind  string
	plain []byte
	zip   func() []byte // compressed; it is made once
}

// shelf is all of them.
type shelf struct {
	hash   string
	assets map[string]asset
}

// stock reads the shelf once. What is built into the program cannot be
// unreadable, so a failure here is a broken build and stops it.
var stock = sync.OnceValue(func() *shelf {
	s, err := fill(files)
	if err != nil {
		panic("static: " + err.Error())
	}
	return s
})

// Hash is the hash over the names and bytes of all assets.
func Hash() string { return stock().hash }

// Path is the address of an asset by its name, such as css/app.css. A name
// that does not exist gets an address that answers 404; a test walks the
// templates for them.
func Path(name string) string { return Prefix + Hash() + "/" + name }

// Has says whether there is an asset of that name.
func Has(name string) bool {
	_, ok := stock().assets[name]
	return ok
}

// Size is how many bytes an asset takes on the wire, compressed; 0 for none.
func Size(name string) int {
	if a, ok := stock().assets[name]; ok {
		return len(a.zip())
	}
	return 0
}

// Icons are the names of the icons a tab can have, the plainest first. Each of
// them says nothing.
func Icons() []string { return []string{"square", "page", "cloud"} }

// ServeHTTP answers requests under Prefix. Another hash than ours is 404: it
// is an older or newer build's, and the page that asks for it must be loaded
// again.
func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := stock()
	rest, ok := strings.CutPrefix(r.URL.Path, Prefix+s.hash+"/")
	a, found := s.assets[rest]
	if !ok || !found {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zip()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone; there is nobody to tell
	}
}

func fill(from fs.FS) (*shelf, error) {
	s := &shelf{assets: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		plain := Slim(path.Ext(name), text)
		s.assets[name] = asset{kind: kind(name), plain: plain, zip: sync.OnceValue(func() []byte { return squeeze(plain) })}
		_, _ = io.WriteString(sum, name+"\x00"+strconv.Itoa(len(plain))+"\x00")
		_, _ = sum.Write(plain)
		return nil
	})
	s.hash = hex.EncodeToString(sum.Sum(nil)[:8])
	return s, err
}

func kind(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// squeeze compresses into memory, which cannot fail.
func squeeze(plain []byte) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(plain)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic("static: " + err.Error())
	}
	return out.Bytes()
}

// Text is an asset as it is served; nil when there is none of that name.
func Text(name string) []byte { return bytes.Clone(stock().assets[name].plain) }
