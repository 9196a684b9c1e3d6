package main

import "testing"

// A machine may have been off at midnight: what expired meanwhile goes before
// anybody is let in.
func TestALineThatStartsRemovesWhatHasExpired(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	s.stop()
	s.change(`UPDATE note SET day = day - 91, ends = ends - 91`)
	again := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", s.file)
	var notes int
	s.query(`SELECT count(*) FROM note`, &notes)
	if notes != 0 {
		t.Errorf("%d notes stand there after the start", notes)
	}
	if code := again.stop(); code != exitDone {
		t.Errorf("the line ended with %d", code)
	}
}
