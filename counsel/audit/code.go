package audit

import (
	"slices"
	"strconv"
	"strings"

	"helpline"
)

// Code says what was done.
type Code string

// The codes. What each may say stands in forms.
const (
	LogFirst   Code = "log.first"
	LogKey     Code = "log.key"
	LogRepair  Code = "log.repair"
	LogRestart Code = "log.restart"
	LogClock   Code = "log.clock"
	LogCut     Code = "log.cut"
	LogExport  Code = "log.export"
	LogCheck   Code = "log.check"

	KeyTampered Code = "key.tampered"
	KeysNew     Code = "keys.new" // the host's keys, after a compromise
	KeysTold    Code = "keys.told"
	KeysHead    Code = "keys.head" // another key log is the one to go by, after a database was put back by hand
	Settings    Code = "settings.changed"

	NoteOpen  Code = "note.open"
	NoteAllow Code = "note.allow"
	NoteHold  Code = "note.hold"
	NoteFree  Code = "note.free"

	ThreadTake  Code = "thread.take"  // from a colleague
	ThreadErase Code = "thread.erase" // by its visitor, with what belonged to it
	WrongOpen   Code = "wrong.open"
	MeetNod     Code = "meet.nod" // to a counsellor who meets one person often

	PersonInvite   Code = "person.invite"
	PersonWithdraw Code = "person.withdraw"
	PersonJoin     Code = "person.join"
	PersonVouch    Code = "person.vouch"
	PersonRoles    Code = "person.roles"
	PersonChange   Code = "person.change"
	PersonRemove   Code = "person.remove"
	PersonLogout   Code = "person.logout"
	PersonImport   Code = "person.import"
	GroupAsk       Code = "group.ask"
	GroupNew       Code = "group.new"
	GroupRegrant   Code = "group.regrant"
	PassChange     Code = "passphrase.change"
	FactorAdd      Code = "factor.add"
	FactorRemove   Code = "factor.remove"
	FactorReset    Code = "factor.reset"
	RotaLogin      Code = "rota.login"
	RotaLoginEnd   Code = "rota.end"
	RotaFeed       Code = "rota.feed" // a calendar of own shifts
	RotaFeedEnd    Code = "rota.feedend"
	RotaImport     Code = "rota.import"
	RotaFill       Code = "rota.fill"
	RotaHours      Code = "rota.hours"
	RotaPublish    Code = "rota.publish"
	RotaAccept     Code = "rota.accept" // an advisory breach
	RotaBehalf     Code = "rota.behalf" // a step for somebody else
	RotaStep       Code = "rota.step"   // one that supervisors alone may take
	RotaCancel     Code = "rota.cancel" // a published shift
	RotaAsk        Code = "rota.ask"    // several at once
	RotaLeft       Code = "rota.left"   // by somebody who was removed
	RotaSetup      Code = "rota.setup"  // what counts without being published
	RecoveryCode   Code = "recovery.code"
	RecoveryMake   Code = "recovery.make"
	RecoveryShare  Code = "recovery.share"
	RecoveryAsk    Code = "recovery.ask"
	RecoveryGive   Code = "recovery.give"
	RecoveryDone   Code = "recovery.done"
	RecoveryStop   Code = "recovery.stop"

	Approve         Code = "line.approve" // a text was found right before the line opens
	LineHand        Code = "line.hand"    // paused, closed early, open for longer, messages first
	LineFree        Code = "line.free"    // that was taken back
	Export          Code = "export"
	DirectoryImport Code = "directory.import"
	DirectoryCheck  Code = "directory.check"
	DirectoryHide   Code = "directory.hide"
	DirectoryShow   Code = "directory.show"
	RetentionChange Code = "retention.change"
	Purged          Code = "purge.run"
	BackupMake      Code = "backup.make"
	BackupVerify    Code = "backup.verify"
	BackupRestore   Code = "backup.restore"
)

// Reasons why a note of somebody else is opened.
func Reasons() []string {
	return []string{"quality", "handover", "concern", "visitor", "complaint", "law"}
}

// HandReasons are why the line is paused, closed or held open by hand.
func HandReasons() []string {
	return []string{"ill", "crowd", "incident", "rest", "technical", "waiting"}
}

// RotaReasons are why an advisory breach of the rota is accepted.
func RotaReasons() []string { return []string{"agreed", "once", "quiet", "reach", "known"} }

// rotaSteps are what is done with the rota for somebody else, or by a
// supervisor alone.
func rotaSteps() []string {
	return []string{
		"offer", "exchange", "drop", "claim", "approve", "refuse", "withdraw", "expire", "assign", "mind", "move", "cancel", "publish",
		"take", "no-show", "came", "unsure", "leave", "wishes", "stop",
	}
}

// RotaParts are what a rota is made of and counts without being published: what
// opens, closes or reshapes the line.
func RotaParts() []string {
	return []string{"rota", "template", "cover", "closed", "oncall", "standing", "terms", "skills", "accepted"}
}

// shape is the form of a detail's value.
type shape int

const (
	counted shape = iota // a whole number
	somebody
	hash    // 32 bytes in hexadecimal: a hash or a public key
	word    // one out of of
	listing // names of the program's own with commas between, or "none"; out of of where it has some
)

// field is a detail that a code may have, and must have unless optional.
type field struct {
	name     string
	shape    shape
	of       []string
	optional bool
}

// form is what an entry of a code looks like.
type form struct {
	code   Code
	object Kind
	fields []field
}

func counts(name string) field               { return field{name: name, shape: counted} }
func names(name string, of ...string) field  { return field{name: name, shape: listing, of: of} }
func hashes(name string) field               { return field{name: name, shape: hash} }
func whom(name string) field                 { return field{name: name, shape: somebody} }
func one(name string, of ...string) field    { return field{name: name, shape: word, of: of} }
func maybe(f field) field                    { f.optional = true; return f }
func record(c Code, k Kind, f ...field) form { return form{c, k, f} }

// forms is the table of codes. A code is added here and nowhere else, with its
// sentence in the catalogues (audit.say.CODE).
func forms() []form {
	factor := func() field { return one("factor", "totp", "passkey", "code") }
	group := func() field { return one("group", "counsellors", "supervisors", "safeguarding") }
	return []form{
		record(LogFirst, "", whom("install"), hashes("next")),
		record(LogKey, "", hashes("next"), one("at", "start", "hour", "stop", "repair", "cut")),
		record(LogRepair, "", one("found", "unused", "used")),
		record(LogRestart, "", hashes("next"), one("why", "lost", "restored"), maybe(counts("known"))),
		record(LogClock, "", counts("days")),
		record(LogCut, "", counts("from"), hashes("hash")),
		record(LogExport, "", one("form", "csv", "jsonl"), counts("entries")),
		record(LogCheck, "", one("found", "good", "fault"), maybe(counts("at"))),

		record(KeyTampered, "", one("where", "log", "keyring", "key", "introduction", "seat", "note", "grant", "draft", "group", "recovery", "code", "other")),
		record(KeysNew, "", maybe(names("which"))),
		record(KeysTold, ""),
		record(KeysHead, "", one("found", "short", "replaced", "unknown"), counts("entries"), counts("lost")),
		record(Settings, "", names("which")),

		record(NoteOpen, NoteKind, whom("author"), one("reason", Reasons()...)),
		record(NoteAllow, PersonKind, counts("more")),
		record(NoteHold, NoteKind, whom("author"), one("step", "ask", "set"), one("reason", Reasons()...)),
		record(NoteFree, NoteKind, whom("author"), maybe(one("step", "ask", "set"))),
		record(ThreadTake, RecordKind, whom("holder"), one("reason", Reasons()...)),
		record(ThreadErase, "", counts("notes"), counts("kept")),
		record(WrongOpen, RecordKind),

		record(PersonInvite, PersonKind, maybe(names("roles"))),
		record(PersonWithdraw, PersonKind),
		record(PersonJoin, PersonKind),
		record(MeetNod, PersonKind),
		record(PersonVouch, PersonKind, maybe(names("roles"))),
		record(PersonRoles, PersonKind, names("roles")),
		record(PersonChange, PersonKind, maybe(names("which"))),
		record(PersonRemove, PersonKind),
		record(PersonLogout, PersonKind, maybe(counts("logins"))),
		record(PersonImport, "", counts("people")),
		record(GroupAsk, "", group(), counts("members")),
		record(GroupNew, "", group(), counts("generation")),
		record(GroupRegrant, "", group(), counts("records")),
		record(PassChange, PersonKind, maybe(one("by", "self", "code", "shares"))),
		record(FactorAdd, PersonKind, factor()),
		record(FactorRemove, PersonKind, factor()),
		record(FactorReset, PersonKind),
		record(RotaLogin, PersonKind),
		record(RotaLoginEnd, PersonKind),
		record(RotaFeed, PersonKind),
		record(RotaFeedEnd, PersonKind),
		record(RotaImport, "", counts("shifts"), counts("places")),
		record(RotaFill, "", counts("places"), counts("gone")),
		record(RotaHours, "", counts("openings"), counts("closed")),
		record(RotaPublish, "", counts("shifts"), counts("places"), counts("gaps")),
		record(RotaAccept, "", names("rule"), one("reason", RotaReasons()...), maybe(counts("times"))),
		record(RotaBehalf, PersonKind, one("step", rotaSteps()...)),
		record(RotaStep, "", one("step", rotaSteps()...), maybe(whom("person")), maybe(counts("times"))),
		record(RotaCancel, "", counts("people")),
		record(RotaAsk, "", counts("people")),
		record(RotaLeft, PersonKind, counts("places")),
		record(RotaSetup, "", names("parts", RotaParts()...), one("did", "set", "end", "both", "undo"), maybe(whom("person")), maybe(counts("closed"))),
		record(RecoveryCode, PersonKind),
		record(RecoveryMake, "", counts("needed"), counts("shares")),
		record(RecoveryShare, PersonKind, maybe(counts("share"))),
		record(RecoveryAsk, PersonKind),
		record(RecoveryGive, PersonKind),
		record(RecoveryDone, PersonKind),
		record(RecoveryStop, PersonKind),

		record(Approve, "", one("text", "promise", "lines")),
		record(LineHand, "", one("word", "open", "pause", "close", "first"), one("reason", HandReasons()...)),
		record(LineFree, "", one("word", "open", "pause", "close", "first")),
		record(Export, "", one("what", "directory", "report", "papers", "staff", "config", "rota", "hours"), maybe(counts("records"))),
		record(DirectoryImport, "", counts("entries")),
		record(DirectoryCheck, ProviderKind),
		record(DirectoryHide, ProviderKind),
		record(DirectoryShow, ProviderKind),
		record(RetentionChange, "", one("class", "notes", "inbox", "cards", "shifts", "signins", "audit", "concerns"), counts("days")),
		record(Purged, "", maybe(counts("notes")), maybe(counts("drafts")), maybe(counts("keys")), maybe(counts("entries")), maybe(counts("other"))),
		record(BackupMake, "", maybe(one("set", "main", "shred", "both"))),
		record(BackupVerify, "", maybe(one("set", "main", "shred", "both"))),
		record(BackupRestore, "", maybe(one("set", "main", "shred", "both")), maybe(one("forced", "yes", "no"))),
	}
}

// Codes lists all codes, for the pages and for tests that walk them.
func Codes() []Code {
	var out []Code
	for _, f := range forms() {
		out = append(out, f.code)
	}
	return out
}

// Group is what a code is about, for choosing on a page: one of Groups.
func (c Code) Group() string {
	first, _, _ := strings.Cut(string(c), ".")
	switch first {
	case "note", "thread", "wrong":
		return "notes"
	case "person", "passphrase", "factor":
		return "people"
	case "rota", "line":
		switch c {
		case RotaLogin, RotaLoginEnd, RotaFeed, RotaFeedEnd: // ways in, though to little
			return "people"
		case Approve: // a text
			return "upkeep"
		}
		return "rota"
	case "key", "keys", "group", "recovery":
		return "keys"
	case "directory", "export":
		return "directory"
	case "log":
		return "log"
	}
	return "upkeep"
}

// Groups lists what codes are about.
func Groups() []string {
	return []string{"notes", "people", "rota", "keys", "directory", "upkeep", "log"}
}

// ObjectOf is the kind of object that entries of a code have; empty for none.
func ObjectOf(c Code) Kind {
	f, _ := formOf(c)
	return f.object
}

func formOf(c Code) (form, bool) {
	all := forms()
	i := slices.IndexFunc(all, func(f form) bool { return f.code == c })
	if i < 0 {
		return form{}, false
	}
	return all[i], true
}

func (f form) field(name string) (field, bool) {
	if name == "result" {
		return field{name: name, shape: word, of: []string{"failed"}, optional: true}, true
	}
	i := slices.IndexFunc(f.fields, func(w field) bool { return w.name == name })
	if i < 0 {
		return field{}, false
	}
	return f.fields[i], true
}

// mostNames is how many names a listing has at most.
const mostNames = 64

func made(v, of string) bool { return v != "" && strings.Trim(v, of) == "" }

func isListing(v string) bool {
	parts := strings.Split(v, ",")
	for _, p := range parts {
		if len(p) > 32 || p == "" || p[0] < 'a' || p[0] > 'z' || !made(p, "abcdefghijklmnopqrstuvwxyz0123456789_.-") {
			return false
		}
	}
	return len(parts) <= mostNames
}

func (f field) takes(v string) bool {
	switch f.shape {
	case counted:
		n, err := strconv.Atoi(v)
		return err == nil && n >= 0 && strconv.Itoa(n) == v
	case somebody:
		_, err := helpline.ParseID(v)
		return err == nil
	case hash:
		return len(v) == 64 && made(v, "0123456789abcdef")
	case word:
		return slices.Contains(f.of, v)
	case listing:
		return isListing(v) && (len(f.of) == 0 || !slices.ContainsFunc(strings.Split(v, ","), func(s string) bool { return !slices.Contains(f.of, s) }))
	}
	return false
}

// Vocabulary lists the names of details that are shown, each with the words it
// is chosen from; for the catalogues.
func Vocabulary() map[string][]string {
	out := map[string][]string{"result": {"failed"}}
	for _, f := range forms() {
		for _, d := range f.fields {
			switch {
			case d.shape == word, len(d.of) > 0:
				out[d.name] = append(out[d.name], d.of...)
			case d.optional:
				out[d.name] = append(out[d.name], []string(nil)...)
			}
		}
	}
	return out
}

// Must says whether every entry of a code has a detail.
func Must(c Code, name string) bool {
	f, _ := formOf(c)
	d, known := f.field(name)
	return known && !d.optional
}
