package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpline/counsel/vault"
)

// TestTheDoctorNamesAKeyLogThatThisHostDoesNotKnow: visitors read no more than that
// their words are refused.
func TestTheDoctorNamesAKeyLogThatThisHostDoesNotKnow(t *testing.T) {
	d := newLetterDesk(t)
	g := &ground{conf: d.conf, now: time.Now(), db: d.db}
	file := filepath.Join(d.conf.Data, "keys", "log.head")
	for _, c := range []struct {
		spoil func() error
		want  verdict
		says  string
	}{
		{func() error { return nil }, fine, "is the one"},
		{func() error { return d.db.HostKeys().KeepVouchedHead(vault.Trust{Root: vault.SignKey{1}, Seen: 1}) }, wrong, "is not the one"},
		{func() error { return os.WriteFile(file, []byte("x"), 0o600) }, wrong, "cannot be read"},
		{func() error { return os.Remove(file) }, look, "nobody has vouched"},
	} {
		if err := c.spoil(); err != nil {
			t.Fatal(err)
		}
		f := lookAtHead(t.Context(), g)
		if len(f) != 1 || f[0].State != c.want || !strings.Contains(f[0].Says, c.says) || c.want != fine && f[0].Do == "" {
			t.Errorf("%s: %+v", c.says, f)
		}
	}
}
