package main

import (
	"crypto/rand"
	"sync"
	"time"

	"helpline"
)

// entries are the one-use links that log in to the demonstration. They live in
// memory only, an hour at most, and there are never more than a few.
type entries struct {
	mu   sync.Mutex
	open map[string]entry
}

type entry struct {
	person helpline.ID
	until  time.Time
}

// mostEntries is how many links may be open at once; the tour makes two each
// time it is looked at.
const mostEntries = 200

// add makes a link for a person.
func (e *entries) add(person helpline.ID, now time.Time) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open == nil || len(e.open) >= mostEntries {
		e.open = make(map[string]entry)
	}
	token := rand.Text()
	e.open[token] = entry{person, now.Add(time.Hour)}
	return token
}

// look says whom a link is for without spending it.
func (e *entries) look(token string, now time.Time) (helpline.ID, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	got, ok := e.open[token]
	return got.person, ok && now.Before(got.until)
}

// spend uses a link; it works once.
func (e *entries) spend(token string, now time.Time) (helpline.ID, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	got, ok := e.open[token]
	delete(e.open, token)
	return got.person, ok && now.Before(got.until)
}
