package vault

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"helpline"
)

func TestTheLogSaysWhoIsWhoUpToTheRoot(t *testing.T) {
	l := aLine(t)
	for name, c := range map[string]struct {
		who   *Keyring
		roles []helpline.Role
	}{
		"the first supervisor": {l.ann, []helpline.Role{helpline.Supervisor}},
		"the second":           {l.ben, []helpline.Role{helpline.Counsellor, helpline.Supervisor}},
		"a counsellor":         {l.cas, []helpline.Role{helpline.Counsellor}},
	} {
		p, roles, err := l.vouched.Person(c.who.person)
		if err != nil || p != c.who.Public() || !slices.Equal(roles, c.roles) {
			t.Errorf("%s: %v %v", name, roles, err)
		}
	}
	_, _, err := l.vouched.Person(l.dan.person)
	wantCheck(t, err, KeyUnknown)
	if l.vouched.Generation(Supervisors) != 1 || l.vouched.Generation("doctors") != 0 {
		t.Error("the generations are not as founded")
	}
}

func TestAChangedEntryIsRefused(t *testing.T) {
	l := aLine(t)
	for i := range l.entries {
		for at := 0; at < len(l.entries[i]); at += 41 {
			changed := slices.Clone(l.entries)
			changed[i] = flipped(l.entries[i], at)
			if _, err := ReadLog(l.install, changed); CheckOf(err) == "" {
				t.Fatalf("entry %d with byte %d changed was taken", i, at)
			}
		}
	}
}

func TestALogThatWasTamperedWithIsRefused(t *testing.T) {
	l := aLine(t)
	e := l.entries
	stranger := aStranger(t, l.install)
	swap := func(i int, b []byte) [][]byte { out := slices.Clone(e); out[i] = b; return out }
	more := func(b []byte) [][]byte { return append(slices.Clone(e), b) }
	people := func(p Public, introduced []byte, roles ...helpline.Role) []byte {
		return personBody(p, roles, introduced)
	}
	annNewSeal := l.ann.Public()
	annNewSeal.Seal = stranger.Public().Seal
	borrowed := stranger.Public()
	borrowed.Sign = l.cas.Public().Sign
	borrowedSeal := stranger.Public()
	borrowedSeal.Seal = l.cas.Public().Seal
	group := must[*GroupKey](t)(newGroupKey(Supervisors, 2))
	twoSigners := func() []byte {
		s, _ := readStatement(l.signed(l.ann, saysRoles, rolesBody(l.cas.person, nil)))
		s.signers = append(s.signers, l.ben.public.Sign)
		s.signatures = append(l.ann.sign(s.signed()), l.ben.sign(s.signed())...)
		return s.bytes()
	}
	numbered := func(n uint64, previous [32]byte) []byte {
		return entry(l.install, Trust{Seen: n, Head: previous}, saysRoles, rolesBody(l.cas.person, nil), l.ann.signer)
	}
	var many []helpline.Role
	for i := range 400 {
		many = append(many, helpline.Role(fmt.Sprintf("a role of many, number %d", i)))
	}
	unsorted := bytes.ReplaceAll(rolesBody(l.cas.person, []helpline.Role{"aa", "bb"}), []byte("aa"), []byte("cc"))
	for name, c := range map[string]struct {
		entries [][]byte
		want    Check
	}{
		"nothing":                              {nil, LogShort},
		"an entry missing in the middle":       {append(slices.Clone(e[:1]), e[2:]...), LogChain},
		"two entries swapped":                  {[][]byte{e[0], e[2], e[1]}, LogChain},
		"an entry twice":                       {more(e[4]), LogChain},
		"the first entry missing":              {e[1:], LogChain},
		"a number that is not the next":        {more(numbered(6, l.log.head())), LogChain},
		"a link to an older entry":             {more(numbered(5, l.log.hashes[2])), LogChain},
		"an entry of another line":             {swap(0, aLine(t).entries[0]), LogChain},
		"an entry cut off":                     {swap(1, e[1][:len(e[1])-1]), LogForm},
		"an entry with a byte too many":        {swap(1, append(bytes.Clone(e[1]), 0)), LogForm},
		"an entry of a later version":          {swap(1, with(t, e[1], 0, []byte("keylog/v2"))), LogForm},
		"an entry longer than any":             {more(l.signed(l.ann, saysRoles, rolesBody(l.cas.person, many))), LogForm},
		"a signature of another entry":         {swap(4, with(t, e[4], 7, split(t, e[3])[7])), LogSignature},
		"a body of another entry":              {swap(4, with(t, e[4], 5, split(t, e[3])[5])), LogSignature},
		"a signer replaced by a supervisor":    {swap(4, with(t, e[4], 6, l.ben.public.Sign[:])), LogSignature},
		"no signer":                            {swap(1, with(t, with(t, e[1], 6, nil), 7, nil)), LogForm},
		"a signer without a signature":         {swap(1, with(t, e[1], 7, nil)), LogForm},
		"two signers":                          {more(twoSigners()), LogSigner},
		"a key replaced in place":              {swap(4, with(t, e[4], 5, people(stranger.Public(), stranger.introduced(), helpline.Counsellor))), LogSignature},
		"signed by a counsellor":               {more(l.signed(l.cas, saysPerson, people(stranger.Public(), stranger.introduced()))), LogSigner},
		"signed by a stranger":                 {more(l.signed(stranger, saysPerson, people(stranger.Public(), stranger.introduced(), helpline.Supervisor))), LogSigner},
		"a kind nobody knows":                  {more(l.signed(l.ann, 99, nil)), LogForm},
		"a group nobody knows":                 {more(l.signed(l.ann, saysGroup, groupBody("doctors", 1, group.public))), LogRule},
		"a generation that exists":             {more(l.signed(l.ann, saysGroup, groupBody(Supervisors, 1, group.public))), LogRule},
		"a generation jumped over":             {more(l.signed(l.ann, saysGroup, groupBody(Supervisors, 3, group.public))), LogRule},
		"a person's key as a group's":          {more(l.signed(l.ann, saysGroup, groupBody(Supervisors, 2, l.cas.public.Seal))), LogRule},
		"a group's key that is none":           {more(l.signed(l.ann, saysGroup, groupBody(Supervisors, 2, SealKey(bytes.Repeat([]byte{255}, sealKeySize))))), LogForm},
		"a person without proof of the keys":   {more(l.signed(l.ann, saysPerson, people(stranger.Public(), l.dan.introduced()))), LogForm},
		"a person with another's signing key":  {more(l.signed(l.ann, saysPerson, people(borrowed, l.cas.sign(introductionSigned(l.install, borrowed))))), LogRule},
		"a person with another's sealing key":  {more(l.signed(l.ann, saysPerson, people(borrowedSeal, stranger.sign(introductionSigned(l.install, borrowedSeal))))), LogRule},
		"a person with one new key of two":     {more(l.signed(l.ann, saysPerson, people(annNewSeal, l.ann.sign(introductionSigned(l.install, annNewSeal)), helpline.Supervisor))), LogRule},
		"roles of somebody unknown":            {more(l.signed(l.ann, saysRoles, rolesBody(stranger.person, nil))), LogRule},
		"roles out of order":                   {more(l.signed(l.ann, saysRoles, unsorted)), LogForm},
		"roles with no name":                   {more(l.signed(l.ann, saysRoles, rolesBody(l.cas.person, []helpline.Role{""}))), LogForm},
		"a person's body in a roles' entry":    {more(l.signed(l.ann, saysRoles, people(stranger.Public(), stranger.introduced()))), LogForm},
		"a roles' body in a person's entry":    {more(l.signed(l.ann, saysPerson, rolesBody(l.cas.person, nil))), LogForm},
		"the root signing a group first":       {[][]byte{entry(l.install, Trust{}, saysGroup, groupBody(Supervisors, 1, group.public), aRoot())}, LogRule},
		"the root signing no supervisor first": {[][]byte{entry(l.install, Trust{}, saysPerson, people(l.cas.Public(), l.cas.introduced(), helpline.Counsellor), aRoot())}, LogRule},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadLog(l.install, c.entries)
			wantCheck(t, err, c.want)
			if !CheckOf(err).Tampering() || helpline.KindOf(err) != helpline.Internal {
				t.Errorf("%v would not become an audit entry", err)
			}
		})
	}
}

func TestTheRootSignsOnlyOnce(t *testing.T) {
	l := aLine(t)
	body := personBody(l.ann.Public(), []helpline.Role{helpline.Supervisor}, l.ann.introduced())
	first := entry(l.install, Trust{}, saysPerson, body, aRoot())
	again := personBody(l.ben.Public(), []helpline.Role{helpline.Supervisor}, l.ben.introduced())
	second := entry(l.install, Trust{Seen: 1, Head: entryHash(first)}, saysPerson, again, aRoot())
	_, err := ReadLog(l.install, [][]byte{first, second})
	wantCheck(t, err, LogSigner)
}

func TestTheKeyringStopsALogThatIsNotTheOneItKnows(t *testing.T) {
	l := aLine(t)
	trust := l.ann.Trust()
	stranger := aStranger(t, l.install)
	// The database's writer has a supervisor's help: an entry that is genuine
	// in itself stands where another stood.
	short := must[*Log](t)(ReadLog(l.install, l.entries[:4]))
	other := must[[]byte](t)(l.ben.Vouch(&Vouched{short}, stranger.Introduce(), Fingerprint(l.install, short.root, stranger.Public())))
	forked := append(slices.Clone(l.entries[:4]), other)
	for name, c := range map[string]struct {
		entries [][]byte
		trust   Trust
		want    Check
	}{
		"rolled back":             {l.entries[:4], trust, LogShort},
		"its last entry replaced": {forked, trust, LogReplaced},
		"a root of one's own":     {aLineOf(t, l.install).entries, trust, LogRoot},
		"a keyring without root":  {l.entries, Trust{}, LogRoot},
		"a keyring that saw none": {l.entries, Trust{Root: trust.Root}, LogShort},
	} {
		t.Run(name, func(t *testing.T) {
			log := must[*Log](t)(ReadLog(l.install, c.entries))
			_, err := log.Under(c.trust)
			wantCheck(t, err, c.want)
		})
	}
	t.Run("kept in memory, then rolled back", func(t *testing.T) {
		_, err := l.log.Extend(l.entries[:4])
		wantCheck(t, err, LogShort)
	})
	t.Run("kept in memory, then replaced", func(t *testing.T) {
		_, err := l.log.Extend(forked)
		wantCheck(t, err, LogReplaced)
	})
}

// aLineOf founds another root in the same installation.
func aLineOf(t *testing.T, install helpline.ID) *staffed {
	l := &staffed{install: install, ann: aStranger(t, install)}
	l.entries = must[Founding](t)(l.ann.Found()).Entries
	return l
}

func TestALogGrowsWithoutChangingWhatWasRead(t *testing.T) {
	l := aLine(t)
	before := l.log
	l.entries = append(l.entries, must[[]byte](t)(l.ann.Assign(l.vouched, l.cas.person)))
	after := must[*Log](t)(before.Extend(l.entries))
	if len(before.persons[l.cas.person].roles) != 1 || before.trust() == after.trust() {
		t.Error("the log that was read first changed")
	}
	v := must[*Vouched](t)(after.Under(before.trust()))
	if _, roles, err := v.Person(l.cas.person); err != nil || len(roles) != 0 || !v.former(l.cas.public.Sign) {
		t.Errorf("who has left has roles %v, %v", roles, err)
	}
	bad := append(slices.Clone(l.entries), []byte("x"))
	if got, err := after.Extend(bad); got != nil || CheckOf(err) != LogForm {
		t.Errorf("half a log came out: %v", err)
	}
}

func TestASupervisorWhoHasLeftSignsNothingMore(t *testing.T) {
	l := aLine(t)
	left := must[[]byte](t)(l.ann.Assign(l.vouched, l.ben.person))
	l.entries = append(l.entries, left)
	l.read(t)
	_, err := ReadLog(l.install, append(slices.Clone(l.entries), l.signed(l.ben, saysRoles, rolesBody(l.cas.person, nil))))
	wantCheck(t, err, LogSigner)
	if _, err := l.ben.Assign(l.vouched, l.cas.person); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("got %v, want forbidden", err)
	}
	// Nor does the last one leave.
	if _, err := l.ann.Assign(l.vouched, l.ann.person); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("got %v, want conflict", err)
	}
}

func TestAPersonWithNewKeysSignsWithThemAndNoLongerWithTheOld(t *testing.T) {
	l := aLine(t)
	again := must[*Keyring](t)(NewKeyring(l.install, l.ben.person))
	if err := again.Pin(l.log); err != nil {
		t.Fatal(err)
	}
	old := l.ben
	l.vouch(t, again, helpline.Supervisor)
	if _, err := old.Assign(l.vouched, l.cas.person); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("the old keys: %v", err)
	}
	if _, err := again.Assign(l.vouched, l.cas.person); err != nil {
		t.Errorf("the new keys: %v", err)
	}
	// The old keys never come back, not even for the same person.
	if _, err := l.ann.Vouch(l.vouched, old.Introduce(), old.Fingerprint(), helpline.Supervisor); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("the old keys came back: %v", err)
	}
	if !l.vouched.onceSupervisor(old.public.Sign) {
		t.Error("what the old keys gave out is no longer believed")
	}
}

func TestVouchingAgainForTheSameKeysChangesTheRoles(t *testing.T) {
	l := aLine(t)
	l.vouch(t, l.ben, helpline.Counsellor)
	_, roles, err := l.vouched.Person(l.ben.person)
	if err != nil || !slices.Equal(roles, []helpline.Role{helpline.Counsellor}) {
		t.Errorf("roles %v, %v", roles, err)
	}
	if !l.vouched.onceSupervisor(l.ben.public.Sign) {
		t.Error("that he was a supervisor is forgotten")
	}
}
