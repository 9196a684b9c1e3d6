package vault

import (
	"bytes"
	"testing"

	"helpline"
)

func TestADraftIsSealedWhileLockedAndReadAfterTheUnlock(t *testing.T) {
	l := aLine(t)
	u := must[*Unlocked](t)(l.cas.SealFor("token"))
	at := Draft{Install: l.install, Contact: helpline.NewID()}
	kept := u.Public()
	u.Drop()
	draft := must[[]byte](t)(SealDraft(kept, at, someContents, Key{3}))
	if bytes.Contains(draft, []byte("Monday")) {
		t.Error("the draft shows its words")
	}
	got, err := l.cas.OpenDraft(at, draft, Key{3})
	if err != nil || got.Text != someContents.Text {
		t.Errorf("opened %v", err)
	}
}

func TestADraftThatIsNotOnesOwnOrWasTamperedWithIsRefused(t *testing.T) {
	l := aLine(t)
	at := Draft{Install: l.install, Contact: helpline.NewID()}
	elsewhere := Draft{Install: l.install, Contact: helpline.NewID()}
	draft := must[[]byte](t)(SealDraft(l.cas.Public(), at, someContents, Key{3}))
	other := must[[]byte](t)(SealDraft(l.cas.Public(), at, someContents, Key{3}))
	note := l.note(t, l.cas, 1, at.Contact)
	of := func(b []byte, i int) []byte { return split(t, b)[i] }
	for name, c := range map[string]struct {
		who   *Keyring
		at    Draft
		draft []byte
		shred Key
		want  Check
	}{
		"nothing":                     {l.cas, at, nil, Key{3}, DraftForm},
		"cut off":                     {l.cas, at, draft[:len(draft)-1], Key{3}, DraftForm},
		"a byte too many":             {l.cas, at, append(bytes.Clone(draft), 0), Key{3}, DraftForm},
		"21 KiB":                      {l.cas, at, make([]byte, 21<<10), Key{3}, DraftForm},
		"a note in its place":         {l.cas, at, note.Note, Key{3}, DraftForm},
		"in another contact":          {l.cas, elsewhere, draft, Key{3}, DraftPlace},
		"in another line":             {l.cas, Draft{helpline.NewID(), at.Contact}, draft, Key{3}, DraftPlace},
		"renamed to another contact":  {l.cas, elsewhere, with(t, draft, 1, elsewhere.aad(l.cas.Public())), Key{3}, DraftOpen},
		"opened by a colleague":       {l.ben, at, draft, Key{3}, DraftPlace},
		"renamed to a colleague":      {l.ben, at, with(t, draft, 1, at.aad(l.ben.Public())), Key{3}, DraftOpen},
		"the ciphertext of another":   {l.cas, at, with(t, draft, 3, of(other, 3)), Key{3}, DraftOpen},
		"the key of another":          {l.cas, at, with(t, draft, 2, of(other, 2)), Key{3}, DraftOpen},
		"one bit changed":             {l.cas, at, flipped(draft, len(draft)-1), Key{3}, DraftOpen},
		"after its shred key is gone": {l.cas, at, draft, Key{}, DraftOpen},
		"with another shred key":      {l.cas, at, draft, Key{4}, DraftOpen},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.who.OpenDraft(c.at, c.draft, c.shred)
			wantCheck(t, err, c.want)
		})
	}
	t.Run("with the same keys in another line", func(t *testing.T) {
		elsewhere := *l.cas
		elsewhere.install[0] ^= 1
		_, err := elsewhere.OpenDraft(at, draft, Key{3})
		wantCheck(t, err, DraftPlace)
	})
}

func TestADraftNeedsAPlaceAndAShredKey(t *testing.T) {
	l := aLine(t)
	at := Draft{Install: l.install, Contact: helpline.NewID()}
	for name, c := range map[string]struct {
		at    Draft
		c     Contents
		shred Key
		want  helpline.Kind
	}{
		"no shred key": {at, someContents, Key{}, helpline.Internal},
		"no contact":   {Draft{Install: l.install}, someContents, Key{1}, helpline.Internal},
		"no line":      {Draft{Contact: at.Contact}, someContents, Key{1}, helpline.Internal},
		"no outcome":   {at, Contents{Text: "x"}, Key{1}, helpline.Invalid},
	} {
		if _, err := SealDraft(l.cas.Public(), c.at, c.c, c.shred); helpline.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
