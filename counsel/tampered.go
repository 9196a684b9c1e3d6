package counsel

import (
	"context"
	"strings"
	"sync"
	"time"

	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// alarm records that a check of the vault failed: somebody changed what is
// kept. The same one is recorded once a day, so that whoever loads a damaged
// page again and again does not fill the log. The zero alarm tells nobody.
type alarm struct {
	trail Trail

	mu   sync.Mutex
	day  int
	told map[vault.Check]bool
}

// ring records what an error says about tampering, if it does. What cannot be
// recorded was refused all the same: the error stands.
func (a *alarm) ring(ctx context.Context, by By, err error) {
	check := vault.CheckOf(err)
	if a.trail == nil || !check.Tampering() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if today := retention.Day(time.Now()); today != a.day {
		a.day, a.told = today, map[vault.Check]bool{}
	}
	if a.told[check] {
		return
	}
	where, _, _ := strings.Cut(string(check), ":")
	d := audit.Deed{By: by.Person, Code: audit.KeyTampered, Details: []audit.Detail{audit.Word("where", where)}}
	if d.Check() != nil {
		d.Details = []audit.Detail{audit.Word("where", "other")}
	}
	if a.trail.Record(context.WithoutCancel(ctx), d) == nil {
		a.told[check] = true
	}
}

// Watch lets what the keys find tampered with be recorded. It is called once,
// before anybody is let in.
func (k *Keys) Watch(t Trail) { k.alarm.trail = t }
