package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"helpline"
	"helpline/chat/wire"
)

// wayOf plays frames to the two pages of a contact.
type wayOf struct {
	p       *progress
	contact helpline.ID
}

func (w wayOf) page(to wire.Side, frames ...*wire.Frame) {
	link := new(watchedLink)
	for _, f := range frames {
		w.p.seen(w.contact, to, f, link)
	}
}

func said(at int64, side wire.Side) *wire.Frame {
	return &wire.Frame{Kind: wire.Said, Entry: wire.Entry{At: at, Side: side}}
}

func TestTheTourTicksOnlyWhatReallyHappened(t *testing.T) {
	p, err := newProgress(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := func(ids ...string) {
		t.Helper()
		if got := p.list(); !slices.Equal(got, append([]string{}, ids...)) {
			t.Fatalf("done is %v, want %v", got, ids)
		}
	}
	w := wayOf{p, helpline.NewID()}
	talking, synced := &wire.Frame{Kind: wire.Stage, Stage: "talking"}, &wire.Frame{Kind: wire.Synced}

	w.page(wire.Visitor, talking, said(1, wire.Visitor), said(2, wire.Counsellor))
	want() // a simulated visitor's conversation counts for nothing
	p.toDesk(&wire.Frame{Kind: wire.Board}, new(watchedLink), false)
	want() // a desk that is not on duty
	p.toDesk(&wire.Frame{Kind: wire.Board, On: true}, new(watchedLink), false)
	want("duty")
	p.started(w.contact)
	want("duty", "start")
	if !p.human() {
		t.Error("nobody is said to wait")
	}
	w.page(wire.Visitor, talking, synced, said(1, wire.Visitor))
	want("duty", "start", "accept")
	if p.human() {
		t.Error("a visitor who talks is said to wait")
	}
	w.page(wire.Counsellor, synced, said(1, wire.Visitor))
	want("duty", "start", "accept")
	w.page(wire.Visitor, synced, said(2, wire.Counsellor))
	want("duty", "start", "accept", "words") // a new link after a cut line is no reload
	w.page(wire.Visitor, said(1, wire.Visitor), said(2, wire.Counsellor), synced)
	want("duty", "start", "accept", "words", "reload")
	w.page(wire.Visitor, &wire.Frame{Kind: wire.Closed})
	want("duty", "start", "accept", "words", "reload", "close")
	p.toDesk(&wire.Frame{Kind: wire.Board}, new(watchedLink), true)
	want("duty", "start", "accept", "words", "reload", "close", "board")
}

func TestLeavingWhileWaitingIsNotTheEndOfATalk(t *testing.T) {
	p, err := newProgress(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	contact := helpline.NewID()
	p.started(contact)
	p.left(contact)
	if slices.Contains(p.list(), "close") || p.human() {
		t.Errorf("done is %v, somebody waits: %v", p.list(), p.human())
	}
}

func TestTheTourGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	p, err := newProgress(dir)
	if err != nil {
		t.Fatal(err)
	}
	p.tick("duty")
	p.tick("nothing like this")
	again, err := newProgress(dir)
	if err != nil || !slices.Equal(again.list(), []string{"duty"}) {
		t.Errorf("after a restart done is %v, %v", again.list(), err)
	}
	if !isDemo(dir) || isDemo(t.TempDir()) {
		t.Error("the folder is not known as the demonstration's, or another one is")
	}
	if err := os.WriteFile(filepath.Join(dir, demoMark), []byte("{torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if torn, err := newProgress(dir); err != nil || len(torn.list()) > 0 || !isDemo(dir) {
		t.Errorf("a torn file gives %v, %v", torn, err)
	}
}

func TestDemonstrationFolders(t *testing.T) {
	dir := t.TempDir()
	if _, err := demoFolder(dir); err != nil {
		t.Errorf("an empty folder is refused: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "helpline.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := demoFolder(dir); err == nil {
		t.Error("a folder with a line in it was taken for a demonstration")
	}
	if _, err := newProgress(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := demoFolder(dir); err != nil {
		t.Errorf("a folder of the demonstration is refused: %v", err)
	}
}
