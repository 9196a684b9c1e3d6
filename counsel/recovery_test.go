package counsel

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

const fresh = "zeven gele fietsen op zolder"

// in is a new login of a person.
func (h *house) in(by By, token string) By {
	by.Token = token
	return by
}

func TestAChangedPassphraseOpensTheSameNotesAndTheOldOneNothing(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	second := h.in(h.robin, "another window")
	h.unlock(second)
	ctx := HoldStretch(t.Context())
	if err := h.rec.ChangePassphrase(ctx, h.robin, passOf(h.person(h.robin)), staff.NewPassphrase(fresh)); err != nil {
		t.Fatal(err)
	}
	if len(h.box.ended) == 0 || h.box.ended[0] != h.robin.Person {
		t.Error("the other logins did not end")
	}
	for _, by := range []By{h.robin, second} {
		if h.keys.Unlocked(by) {
			t.Error("a keyring stayed unlocked")
		}
	}
	third := h.in(h.robin, "the renewed login")
	if err := h.keys.Unlock(ctx, third, staff.Passphrase{}); err != nil { // with the key that was left
		t.Fatal(err)
	}
	if n, err := h.notes.Open(t.Context(), third, id, ""); err != nil || n.Text != "words" {
		t.Errorf("after the change: %v", err)
	}
	wantErr(t, h.keys.Unlock(t.Context(), second, passOf(h.person(h.robin))), helpline.Forbidden, nil)
	if err := h.keys.Unlock(t.Context(), second, staff.NewPassphrase(fresh)); err != nil {
		t.Error(err)
	}
}

func TestAPassphraseIsChangedOnlyByWhoKnowsItAndToAGoodOne(t *testing.T) {
	h := ready(t)
	old := passOf(h.person(h.robin))
	h.unlock(h.robin) // the keyring has seen the newest entry, and is not wrapped again for that
	before := h.rings[h.robin.Person]
	for name, c := range map[string]struct {
		old, pass string
		kind      helpline.Kind
		why       error
	}{
		"a wrong old one":         {"another", fresh, helpline.Forbidden, nil},
		"none":                    {"", fresh, helpline.Forbidden, nil},
		"a short new one":         {old.Reveal(), "short", helpline.Invalid, staff.TooShort},
		"the same once more":      {fresh, fresh, helpline.Invalid, SamePassphrase},
		"a new one to be guessed": {old.Reveal(), "aaaaaaaaaaaaaaaaaaaaaaa", helpline.Invalid, staff.Guessable},
	} {
		t.Run(name, func(t *testing.T) {
			wantErr(t, h.rec.ChangePassphrase(t.Context(), h.robin, staff.NewPassphrase(c.old), staff.NewPassphrase(c.pass)), c.kind, c.why)
		})
	}
	h.box.breaks = helpline.Errorf(helpline.Unavailable, "the disk is full")
	wantErr(t, h.rec.ChangePassphrase(t.Context(), h.robin, old, staff.NewPassphrase(fresh)), helpline.Unavailable, nil)
	if !bytes.Equal(before.Wrapped, h.rings[h.robin.Person].Wrapped) {
		t.Error("something was changed")
	}
	h.unlock(h.robin)
}

func code(t *testing.T, h *house, by By) vault.Code {
	t.Helper()
	c, err := h.rec.MakeCode(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.rec.ConfirmCode(t.Context(), by, " "+strings.ToUpper(strings.ReplaceAll(c.Reveal(), "-", " ")+"\n")); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestALostPassphraseIsReplacedByThePrintedCodeOnce(t *testing.T) {
	h := ready(t)
	id := h.save(h.robin, "words")
	c := code(t, h, h.robin)
	if has, err := h.rec.HasCode(t.Context(), h.robin.Person); err != nil || !has {
		t.Fatal(has, err)
	}
	h.restart()
	ctx := HoldStretch(t.Context())
	p, err := h.rec.EnterByCode(ctx, "Robin", c.Reveal())
	if err != nil || p.ID != h.robin.Person || !p.Renew || !h.person(h.robin).Renew {
		t.Fatalf("%v, must choose a new passphrase: %v", err, p.Renew)
	}
	by := h.in(h.robin, "by code")
	if err := h.keys.Unlock(ctx, by, staff.Passphrase{}); err != nil {
		t.Fatal(err)
	}
	if h.rec.NeedsOld(by) || !h.rec.NeedsOld(h.robin) {
		t.Error("who came by the code is asked for the old passphrase, or who did not is not")
	}
	if err := h.rec.ChangePassphrase(ctx, by, staff.Passphrase{}, staff.NewPassphrase(fresh)); err != nil {
		t.Fatal(err)
	}
	if h.person(h.robin).Renew {
		t.Error("still asked for a new passphrase")
	}
	if err := h.keys.Unlock(t.Context(), by, staff.NewPassphrase(fresh)); err != nil {
		t.Fatal(err)
	}
	if n, err := h.notes.Open(t.Context(), by, id, ""); err != nil || n.Text != "words" {
		t.Errorf("the note: %v", err)
	}
	_, err = h.rec.EnterByCode(HoldStretch(t.Context()), "Robin", c.Reveal())
	wantErr(t, err, helpline.Forbidden, nil)
}

func TestAPrintedCodeOpensNothingBeforeItIsTypedBack(t *testing.T) {
	h := ready(t)
	first := code(t, h, h.robin)
	second, err := h.rec.MakeCode(t.Context(), h.robin)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.rec.EnterByCode(HoldStretch(t.Context()), "Robin", second.Reveal())
	wantErr(t, err, helpline.Forbidden, nil)
	if _, err := h.rec.EnterByCode(HoldStretch(t.Context()), "Robin", first.Reveal()); err != nil {
		t.Errorf("the code that works: %v", err)
	}
	wantErr(t, h.rec.ConfirmCode(t.Context(), h.robin, first.Reveal()), helpline.Forbidden, nil)
	wantErr(t, h.rec.ConfirmCode(t.Context(), h.lou, first.Reveal()), helpline.NotFound, nil)
	if err := h.rec.ConfirmCode(t.Context(), h.robin, second.Reveal()); err != nil {
		t.Fatal(err)
	}
	_, err = h.rec.EnterByCode(HoldStretch(t.Context()), "Robin", first.Reveal())
	wantErr(t, err, helpline.Forbidden, nil)
	locked := h.in(h.robin, "a locked login")
	_, err = h.rec.MakeCode(t.Context(), locked)
	wantErr(t, err, helpline.Forbidden, ErrLocked)
}

func TestAPrintedCodeIsWeighedLikeAPassphrase(t *testing.T) {
	h := ready(t)
	c := code(t, h, h.robin)
	for name, who := range map[string]string{"another's": "Lou", "nobody's": "Nobody", "the wrong letters": "robin "} {
		_, err := h.rec.EnterByCode(HoldStretch(t.Context()), who, c.Reveal())
		if helpline.KindOf(err) != helpline.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := h.rec.EnterByCode(HoldStretch(t.Context()), "Robin", c.Reveal()[1:])
	if s, ok := errors.AsType[vault.Slip](err); !ok || s.What != "number" || helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("a slip: %v", err)
	}
	// The row of a code moved to somebody else, and one that is cheaper to guess.
	moved := *h.box.codes[h.robin.Person]
	moved[1].Person = h.lou.Person
	h.box.codes[h.lou.Person] = &moved
	_, err = h.rec.EnterByCode(HoldStretch(t.Context()), "Lou", c.Reveal())
	wantErr(t, err, helpline.Forbidden, nil)
	h.box.codes[h.robin.Person][1].Costs.MemoryKiB = 32
	_, err = h.rec.EnterByCode(HoldStretch(t.Context()), "Robin", c.Reveal())
	wantErr(t, err, helpline.Internal, staff.LowCosts)
}

// custody lets Sam make a key, and every custodian write the share down. It
// gives the words by custodian.
func (h *house) custody(needed int, who ...By) map[helpline.ID]string {
	h.t.Helper()
	var ids []helpline.ID
	for _, by := range who {
		ids = append(ids, by.Person)
	}
	if err := h.rec.MakeKey(h.t.Context(), h.sam, needed, ids); err != nil {
		h.t.Fatal(err)
	}
	papers := map[helpline.ID]string{}
	for _, by := range who {
		s, err := h.rec.OwnShare(h.t.Context(), by)
		if err != nil {
			h.t.Fatal(err)
		}
		words := s.Share.Words()
		papers[by.Person] = strings.Join(words, " ")
		wantErr(h.t, h.rec.WroteShare(h.t.Context(), by, [2]string{words[s.Asked[0]-1], "bodu"}), helpline.Forbidden, nil)
		if err := h.rec.WroteShare(h.t.Context(), by, [2]string{words[s.Asked[0]-1], words[s.Asked[1]-1]}); err != nil {
			h.t.Fatal(err)
		}
		_, err = h.rec.OwnShare(h.t.Context(), by)
		wantErr(h.t, err, helpline.NotFound, nil)
	}
	return papers
}

func (h *house) lack(want Lack) {
	h.t.Helper()
	s, err := h.rec.State(h.t.Context())
	if err != nil || s.Lack != want {
		h.t.Errorf("missing is %q, %v, want %q", s.Lack, err, want)
	}
}

// asked is Robin's rescue, approved by Sam.
func (h *house) asked() (token string, id helpline.ID) {
	h.t.Helper()
	token, err := h.rec.AskRescue(h.t.Context(), "Robin")
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := h.rec.Pleading(h.t.Context(), token)
	if err != nil || p.Approved || p.Ready() {
		h.t.Fatal(p, err)
	}
	all, err := h.rec.Rescues(h.t.Context(), h.sam)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range all {
		if r.Words == p.Words && r.Name == "Robin" {
			if err := h.rec.ApproveRescue(h.t.Context(), h.sam, r.ID, p.Words); err != nil {
				h.t.Fatal(err)
			}
			return token, r.ID
		}
	}
	h.t.Fatalf("nobody reads %q in %v", p.Words, all)
	return "", helpline.ID{}
}

func TestPromiseALostPassphraseLosesNothingWithTwoShares(t *testing.T) {
	h := ready(t)
	h.lack(NoKey)
	note := h.save(h.robin, "words")
	papers := h.custody(2, h.sam, h.kim, h.lou)
	h.lack(Unsealed)
	h.unlock(h.robin, h.kim, h.lou)
	h.lack("")
	h.restart() // Robin has lost passphrase and code
	h.unlock(h.sam, h.kim, h.lou)

	token, id := h.asked()
	pass := staff.NewPassphrase(fresh)
	_, err := h.rec.FinishRescue(t.Context(), token, pass)
	wantErr(t, err, helpline.Unavailable, nil)
	if err := h.rec.GiveShare(t.Context(), h.lou, id, papers[h.lou.Person]); err != nil {
		t.Fatal(err)
	}
	_, err = h.rec.FinishRescue(t.Context(), token, pass) // one share instead of two
	wantErr(t, err, helpline.Unavailable, nil)
	wantErr(t, h.rec.GiveShare(t.Context(), h.lou, id, papers[h.lou.Person]), helpline.Conflict, nil)
	h.restart() // what was entered survives
	h.unlock(h.kim)
	if err := h.rec.GiveShare(t.Context(), h.kim, id, strings.ToUpper(strings.ReplaceAll(papers[h.kim.Person], " ", "\n - "))); err != nil {
		t.Fatal(err)
	}
	if p, err := h.rec.Pleading(t.Context(), token); err != nil || !p.Ready() {
		t.Fatalf("%+v %v", p, err)
	}
	_, err = h.rec.FinishRescue(t.Context(), token, staff.NewPassphrase("short"))
	wantErr(t, err, helpline.Invalid, staff.TooShort)
	ctx := HoldStretch(t.Context())
	if p, err := h.rec.FinishRescue(ctx, token, pass); err != nil || p.ID != h.robin.Person {
		t.Fatal(err)
	}
	if err := h.keys.Unlock(ctx, h.robin, staff.Passphrase{}); err != nil {
		t.Fatal(err)
	}
	if n, err := h.notes.Open(t.Context(), h.robin, note, ""); err != nil || n.Text != "words" {
		t.Errorf("the note: %v", err)
	}
	h.lack(KeyUsed)
	_, err = h.rec.FinishRescue(t.Context(), token, pass)
	wantErr(t, err, helpline.NotFound, nil)
	if len(h.box.rescues) != 0 {
		t.Error("the rescue stands")
	}
}

func TestWhatIsAskedForANameThatIsNotKnownLooksTheSame(t *testing.T) {
	h := ready(t)
	h.custody(2, h.sam, h.kim)
	for _, name := range []string{"Robin", "Nobody", "nobody"} {
		token, err := h.rec.AskRescue(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.rec.Pleading(t.Context(), token)
		if err != nil || len(strings.Fields(p.Words)) != 6 || p.Approved || p.Needed != 0 || p.Given != 0 {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
	all, err := h.rec.Rescues(t.Context(), h.sam)
	if err != nil || len(all) != 1 || all[0].Name != "Robin" {
		t.Errorf("the supervisor sees %v, %v", all, err)
	}
	wantErr(t, h.rec.ApproveRescue(t.Context(), h.sam, h.box.rescues[1].ID, "six words of nobody at all here"), helpline.NotFound, nil)
	if one, again := h.box.rescues[1].Person, h.box.rescues[2].Person; one.IsZero() || one != again {
		t.Errorf("under one unknown name stand %v and %v", one, again)
	}
	// Both kinds give way to newer ones alike.
	first := map[string]string{}
	for _, name := range []string{"Robin", "Nobody"} {
		for i := range mostAsked + 1 {
			token, err := h.rec.AskRescue(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first[name] = token
			}
		}
		_, err := h.rec.Pleading(t.Context(), first[name])
		wantErr(t, err, helpline.NotFound, nil)
	}
}

func TestOfTwoAskersAtOnceTheOneWhoWasHeardIsHelped(t *testing.T) {
	h := ready(t)
	papers := h.custody(2, h.sam, h.kim)
	h.unlock(h.robin)
	thief, err := h.rec.AskRescue(t.Context(), "Robin")
	if err != nil {
		t.Fatal(err)
	}
	token, id := h.asked()
	p, err := h.rec.Pleading(t.Context(), thief)
	if err != nil || p.Approved {
		t.Fatal("the other asker was approved too", err)
	}
	for _, r := range h.box.rescues {
		if r.ID != id {
			wantErr(t, h.rec.ApproveRescue(t.Context(), h.sam, r.ID, p.Words), helpline.Conflict, nil)
			wantErr(t, h.rec.GiveShare(t.Context(), h.kim, r.ID, papers[h.kim.Person]), helpline.NotFound, nil)
		}
	}
	for _, by := range []By{h.sam, h.kim} {
		if err := h.rec.GiveShare(t.Context(), by, id, papers[by.Person]); err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.rec.FinishRescue(t.Context(), thief, staff.NewPassphrase(fresh))
	wantErr(t, err, helpline.Unavailable, nil)
	if _, err := h.rec.FinishRescue(t.Context(), token, staff.NewPassphrase(fresh)); err != nil {
		t.Error(err)
	}
}

func TestOnlyTheRightShareIsTaken(t *testing.T) {
	h := ready(t)
	old := h.custody(2, h.sam, h.kim)
	papers := h.custody(2, h.sam, h.kim, h.lou)
	other := ready(t)
	foreign := other.custody(2, other.sam, other.kim)
	h.unlock(h.robin)
	_, id := h.asked()
	mine := strings.Fields(papers[h.kim.Person])
	changed := func(at int, word string) string {
		out := append([]string(nil), mine...)
		out[at] = word
		return strings.Join(out, " ")
	}
	swap := func(w string) string { // one letter read wrong
		for _, c := range "bdfgklmnprstvz" {
			if next := string(c) + w[1:]; next != w {
				return next
			}
		}
		return w
	}
	for name, c := range map[string]struct {
		by    By
		words string
		want  vault.Slip
	}{
		"of an older key":       {h.kim, old[h.kim.Person], vault.Slip{What: "older"}},
		"of another line":       {h.kim, foreign[other.kim.Person], vault.Slip{What: "line"}},
		"of another custodian":  {h.kim, papers[h.lou.Person], vault.Slip{What: "other"}},
		"no custodian at all":   {h.robin, papers[h.kim.Person], vault.Slip{}},
		"a word too few":        {h.kim, strings.Join(mine[1:], " "), vault.Slip{What: "number", Want: vault.ShareWords}},
		"a word of no list":     {h.kim, changed(6, "helpline"), vault.Slip{What: "unknown", At: 7}},
		"a letter read wrong":   {h.kim, changed(9, swap(mine[9])), vault.Slip{What: "check", At: 10}},
		"nothing":               {h.kim, "", vault.Slip{What: "number", Want: vault.ShareWords}},
		"a whole book of words": {h.kim, strings.Repeat("bodu ", 5000), vault.Slip{What: "number", Want: vault.ShareWords}},
	} {
		t.Run(name, func(t *testing.T) {
			err := h.rec.GiveShare(t.Context(), c.by, id, c.words)
			got, slipped := errors.AsType[vault.Slip](err)
			if c.want == (vault.Slip{}) {
				if err == nil {
					t.Error("it was taken")
				}
				return
			}
			if name == "a letter read wrong" && got.What == "unknown" {
				got = vault.Slip{What: "check", At: got.At} // not every wrong letter gives a word
			}
			if !slipped || got != c.want || helpline.KindOf(err) != helpline.Invalid {
				t.Errorf("got %v %+v, want %+v", err, got, c.want)
			}
		})
	}
	if len(h.box.rescues[0].Pieces) != 0 {
		t.Error("a wrong share was kept")
	}
}

func TestOldSharesHelpUntilSomebodyIsSealedAnewAndThenOpenNothing(t *testing.T) {
	h := ready(t)
	old := h.custody(2, h.sam, h.kim)
	h.unlock(h.robin)
	papers := h.custody(2, h.sam, h.kim) // Robin has not unlocked since
	_, id := h.asked()
	slipOf := func(err error) string { s, _ := errors.AsType[vault.Slip](err); return s.What }
	if got := slipOf(h.rec.GiveShare(t.Context(), h.kim, id, papers[h.kim.Person])); got != "line" && got != "older" {
		t.Errorf("a share that cannot help was answered %q", got)
	}
	if err := h.rec.GiveShare(t.Context(), h.kim, id, old[h.kim.Person]); err != nil {
		t.Fatal(err)
	}
	h.box.rescues = nil
	h.unlock(h.robin)
	if rows := h.box.escrows[h.robin.Person]; len(rows) != 1 || rows[0].Generation != 2 {
		t.Fatalf("in escrow: %d rows", len(rows))
	}
	_, id = h.asked()
	if got := slipOf(h.rec.GiveShare(t.Context(), h.kim, id, old[h.kim.Person])); got != "older" {
		t.Errorf("an old share was answered %q", got)
	}
	if err := h.rec.GiveShare(t.Context(), h.kim, id, papers[h.kim.Person]); err != nil {
		t.Error(err)
	}
}

func TestOnlyASupervisorWhoHeardTheWordsApproves(t *testing.T) {
	h := ready(t)
	h.custody(2, h.sam, h.kim)
	h.unlock(h.robin)
	token, err := h.rec.AskRescue(t.Context(), "Robin")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.rec.Pleading(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	id := h.box.rescues[0].ID
	wantErr(t, h.rec.ApproveRescue(t.Context(), h.lou, id, p.Words), helpline.Forbidden, nil)
	wantErr(t, h.rec.ApproveRescue(t.Context(), h.sam, id, "six words that were never read"), helpline.Conflict, vault.IntroWords)
	lou := h.lou
	lou.Roles = append(lou.Roles, helpline.Supervisor) // by the login, not by the log
	wantErr(t, h.rec.ApproveRescue(t.Context(), lou, id, p.Words), helpline.Forbidden, nil)
	if all, err := h.rec.Rescues(t.Context(), h.lou); err != nil || len(all) != 0 {
		t.Errorf("a counsellor without a share sees %v, %v", all, err)
	}
	// Nobody approves their own.
	own, err := h.rec.AskRescue(t.Context(), "Sam")
	if err != nil {
		t.Fatal(err)
	}
	if p, err = h.rec.Pleading(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	wantErr(t, h.rec.ApproveRescue(t.Context(), h.sam, h.box.rescues[1].ID, p.Words), helpline.Forbidden, nil)
}

func TestWhoeverCanWriteTheDatabaseGainsNothingFromRecovery(t *testing.T) {
	setting := func(t *testing.T) (*house, map[helpline.ID]string, string, helpline.ID) {
		h := ready(t)
		papers := h.custody(2, h.sam, h.kim)
		h.unlock(h.robin, h.lou)
		token, id := h.asked()
		return h, papers, token, id
	}
	give := func(h *house, papers map[helpline.ID]string, id helpline.ID) error {
		return errors.Join(h.rec.GiveShare(h.t.Context(), h.sam, id, papers[h.sam.Person]), h.rec.GiveShare(h.t.Context(), h.kim, id, papers[h.kim.Person]))
	}
	thief, err := vault.NewRescue(installation, "the thief's own token")
	if err != nil {
		t.Fatal(err)
	}
	key := thief.Public()
	for name, c := range map[string]struct {
		tamper func(h *house, r *RescueRow)
		check  vault.Check
	}{
		"the shares are to be sealed to the thief": {func(_ *house, r *RescueRow) { r.Key = key[:] }, vault.RescueSigned},
		"the approval is moved to another person":  {func(h *house, r *RescueRow) { r.Person = h.lou.Person }, vault.RescueSigned},
		"the hour is made longer":                  {func(_ *house, r *RescueRow) { r.Expires = r.Expires.Add(RescueLasts) }, vault.RescueSigned},
		"the approval is cut":                      {func(_ *house, r *RescueRow) { r.Approval = r.Approval[:40] }, vault.RescueForm},
		"somebody else's keyring is put in escrow": {func(h *house, _ *RescueRow) {
			h.box.escrows[h.robin.Person][0].Sealed = h.box.escrows[h.lou.Person][0].Sealed
		}, vault.EscrowPlace},
		"another keyring is put in escrow": {func(h *house, _ *RescueRow) {
			e := &h.box.escrows[h.robin.Person][0]
			e.Sealed = bytes.Clone(e.Sealed)
			e.Sealed[len(e.Sealed)-100] ^= 1
		}, vault.EscrowSigned},
	} {
		t.Run(name, func(t *testing.T) {
			h, papers, token, id := setting(t)
			c.tamper(h, &h.box.rescues[0])
			if err := give(h, papers, id); vault.CheckOf(err) != c.check {
				t.Errorf("the custodians are told %v", err)
			}
			if _, err := h.rec.FinishRescue(t.Context(), token, staff.NewPassphrase(fresh)); err == nil {
				t.Error("it opened")
			}
		})
	}
	t.Run("the recovery key in the log is replaced", func(t *testing.T) {
		h, papers, _, id := setting(t)
		for i, e := range h.log {
			if bytes.Contains(e, []byte("keylog/recovery/v1")) {
				h.log[i] = bytes.Clone(e)
				h.log[i][bytes.Index(e, []byte("keylog/recovery/v1"))+60] ^= 1
			}
		}
		err := give(h, papers, id)
		if c := vault.CheckOf(err); c != vault.LogReplaced {
			t.Errorf("got %v", err)
		}
		h.restart()
		if err := h.keys.Unlock(t.Context(), h.sam, passOf(h.person(h.sam))); vault.CheckOf(err) != vault.LogSignature && vault.CheckOf(err) != vault.LogForm {
			t.Errorf("after a restart: %v", err)
		}
	})
	t.Run("a share waits for the wrong custodian", func(t *testing.T) {
		h := ready(t)
		if err := h.rec.MakeKey(t.Context(), h.sam, 2, []helpline.ID{h.sam.Person, h.kim.Person}); err != nil {
			t.Fatal(err)
		}
		h.box.custody[0].Shares[0].Person = h.lou.Person
		_, err := h.rec.OwnShare(t.Context(), h.lou)
		if vault.CheckOf(err) != vault.SharePlace {
			t.Errorf("got %v", err)
		}
		h.box.custody[0].Shares[1].Sealed = h.box.custody[0].Shares[0].Sealed
		_, err = h.rec.OwnShare(t.Context(), h.kim)
		if vault.CheckOf(err) != vault.SharePlace {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheKeyIsMadeByASupervisorForPeopleOfTheLine(t *testing.T) {
	h := ready(t)
	ids := func(by ...By) (out []helpline.ID) {
		for _, b := range by {
			out = append(out, b.Person)
		}
		return out
	}
	stranger := By{Actor: helpline.Actor{Person: helpline.NewID()}}
	for name, c := range map[string]struct {
		by     By
		needed int
		who    []helpline.ID
		kind   helpline.Kind
	}{
		"by a counsellor":      {h.robin, 2, ids(h.sam, h.kim), helpline.Forbidden},
		"for one custodian":    {h.sam, 1, ids(h.sam), helpline.Conflict},
		"one share is enough":  {h.sam, 1, ids(h.sam, h.kim), helpline.Conflict},
		"more than there are":  {h.sam, 3, ids(h.sam, h.kim), helpline.Conflict},
		"the same twice":       {h.sam, 2, ids(h.sam, h.sam), helpline.Conflict},
		"nobody of the line's": {h.sam, 2, ids(h.sam, stranger), helpline.Conflict},
		"six":                  {h.sam, 2, ids(h.sam, h.kim, h.robin, h.lou, h.sam, h.kim), helpline.Conflict},
		"none":                 {h.sam, 2, nil, helpline.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			wantErr(t, h.rec.MakeKey(t.Context(), c.by, c.needed, c.who), c.kind, nil)
		})
	}
	if len(h.box.custody) != 0 {
		t.Error("a key was made")
	}
	h.lack(NoKey)
	if err := h.rec.MakeKey(t.Context(), h.sam, 2, ids(h.robin, h.kim, h.lou)); err != nil {
		t.Fatal(err)
	}
	h.lack(Unwritten)
	// Before every share is written down the key helps nobody.
	h.unlock(h.robin)
	token, err := h.rec.AskRescue(t.Context(), "Robin")
	if err != nil {
		t.Fatal(err)
	}
	p, _ := h.rec.Pleading(t.Context(), token)
	wantErr(t, h.rec.ApproveRescue(t.Context(), h.sam, h.box.rescues[0].ID, p.Words), helpline.Unavailable, ErrNotHeld)
}
