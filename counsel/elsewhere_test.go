package counsel

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

func TestAContactByPhoneMailOrVisitHasTheSameNote(t *testing.T) {
	h := ready(t)
	for _, channel := range []string{"phone", "mail", "visit"} {
		contact, err := h.notes.Begin(t.Context(), h.robin)
		if err != nil {
			t.Fatal(err)
		}
		if ids, err := h.notes.Drafts(t.Context(), h.robin); err != nil || len(ids) != 0 {
			t.Errorf("before a word was written there are drafts: %v, %v", ids, err)
		}
		c := Closing{Contact: contact, Outcome: Outcome{"level": {"support"}}, Text: "half"}
		if err := h.notes.Draft(t.Context(), h.robin, c); err != nil {
			t.Fatal(err)
		}
		c.Elsewhere = true // which the draft says by itself
		if got, err := h.notes.OpenDraft(t.Context(), h.robin, contact); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("the draft is another one, %v", err)
		}
		raised, keys := len(h.counted), len(h.safe.keys)
		c.Outcome, c.Text = good(), "by "+channel
		c.Outcome["channel"] = []string{channel}
		if err := h.notes.Save(t.Context(), h.robin, c); err != nil {
			t.Fatal(err)
		}
		for _, want := range []Coded{{Field: "channel", Code: channel, Daily: true}, {Field: "group+channel", Code: "own+" + channel}} {
			if !slices.Contains(h.counted[raised:], want) {
				t.Errorf("%v was not counted", want)
			}
		}
		if len(h.safe.keys) != keys {
			t.Error("the note has another shred key than its draft")
		}
		wantErr(t, h.notes.Save(t.Context(), h.robin, c), helpline.Conflict, nil)
	}
	list, err := h.notes.List(t.Context(), h.sam)
	if err != nil || len(list) != 3 || len(h.safe.notes) != 3 || len(h.holders) != 0 {
		t.Errorf("a supervisor sees %d notes, %v", len(list), err)
	}
	for _, head := range list {
		if n, err := h.notes.Open(t.Context(), h.sam, head.ID, "quality"); err != nil || !n.Outcome.Elsewhere() {
			t.Errorf("the note opens as %v, %v", n.Outcome, err)
		}
	}
}

func TestAContactElsewhereBelongsToWhoBeganIt(t *testing.T) {
	h := ready(t)
	contact, err := h.notes.Begin(t.Context(), h.robin)
	if err != nil {
		t.Fatal(err)
	}
	c := Closing{Contact: contact, Outcome: good(), Text: "of a colleague"}
	wantErr(t, h.notes.Draft(t.Context(), h.lou, c), helpline.NotFound, nil)
	wantErr(t, h.notes.Save(t.Context(), h.lou, c), helpline.NotFound, nil)
	c.Outcome["channel"] = []string{"phone"}
	wantErr(t, h.notes.Save(t.Context(), h.lou, c), helpline.NotFound, nil) // to Lou it is nobody's call
	made := Closing{Contact: helpline.NewID(), Outcome: c.Outcome, Text: "a number made up by a page"}
	wantErr(t, h.notes.Draft(t.Context(), h.robin, made), helpline.NotFound, nil)
	_, err = h.notes.Begin(t.Context(), h.sam)
	wantErr(t, err, helpline.Forbidden, nil)
	if len(h.safe.notes)+len(h.counted) != 0 {
		t.Error("something was kept")
	}
}

func TestTheChannelIsTheOneTheContactCameBy(t *testing.T) {
	h := ready(t)
	for name, c := range map[string]struct {
		elsewhere bool
		channel   []string
		want      string // Fault.Code; empty: taken
	}{
		"a chat":                      {false, []string{"chat"}, ""},
		"a chat that does not say so": {false, nil, ""},
		"a chat that came by phone":   {false, []string{"phone"}, "phone"},
		"a call":                      {true, []string{"phone"}, ""},
		"a call that came by chat":    {true, []string{"chat"}, "chat"},
		"a letter that was answered":  {true, []string{"inbox"}, ""},
		"a call that does not say so": {true, nil, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			contact := h.contact(h.robin)
			if c.elsewhere {
				var err error
				if contact, err = h.notes.Begin(t.Context(), h.robin); err != nil {
					t.Fatal(err)
				}
			}
			o := good()
			if c.channel != nil {
				o["channel"] = c.channel
			}
			raised := len(h.counted)
			err := h.notes.Save(t.Context(), h.robin, Closing{Contact: contact, Outcome: o, Text: "x"})
			got, is := errors.AsType[Fault](err)
			if c.want == "" && err != nil || c.want != "" && (!is || got != (Fault{"channel", c.want})) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if c.want != "" && len(h.counted) != raised {
				t.Error("what was refused was counted")
			}
		})
	}
}

func TestWhatWasBegunAndLeftGoesWithItsDay(t *testing.T) {
	h := ready(t)
	if _, err := h.notes.Begin(t.Context(), h.robin); err != nil {
		t.Fatal(err)
	}
	p := Purge{Rows: h.safe, Shreds: h.safe}
	today := retention.Midnight(retention.Day(time.Now()))
	if gone, err := p.Run(t.Context(), today.Add((DraftDays-1)*24*time.Hour)); err != nil || gone != (Purged{}) {
		t.Errorf("a day later went %+v, %v", gone, err)
	}
	if gone, err := p.Run(t.Context(), today.Add(DraftDays*24*time.Hour)); err != nil || gone != (Purged{Drafts: 1, Keys: 1}) || len(h.safe.drafts)+len(h.safe.keys) != 0 {
		t.Errorf("in the end went %+v, %v", gone, err)
	}
}
