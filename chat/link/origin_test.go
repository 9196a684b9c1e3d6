package link_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"helpline/chat/link"
)

// FuzzOrigin: nothing but exactly one Origin that is exactly ours passes.
func FuzzOrigin(f *testing.F) {
	const ours = "https://talk.example:8443"
	for _, o := range []string{
		ours, "", "null", "HTTPS://talk.example:8443", ours + "/", ours + ".evil.example", "https://talk.example", " " + ours, ours + "\x00",
		"https://talk.example:8443@evil.example", "https://evil.example/https://talk.example:8443", "https://t\u0430lk.example:8443",
	} {
		f.Add(o, "", false)
		f.Add(o, ours, true)
	}
	s := &link.Sockets{Origins: []string{ours, "https://other.example"}}
	f.Fuzz(func(t *testing.T, first, second string, two bool) {
		r := httptest.NewRequest("GET", "/en/talk/link", nil)
		r.Header["Origin"] = []string{first}
		if two {
			r.Header["Origin"] = []string{first, second}
		}
		for name, value := range map[string]string{
			"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Version": "13", "Sec-Websocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
		} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		if _, err := s.Upgrade(w, r); err == nil {
			t.Fatal("a recorder was upgraded")
		}
		// Past the check the recorder, which is no connection, is what fails.
		refused := w.Code == http.StatusForbidden
		if good := !two && (first == ours || first == "https://other.example"); good == refused {
			t.Fatalf("%q is answered %d", r.Header["Origin"], w.Code)
		}
	})
}
