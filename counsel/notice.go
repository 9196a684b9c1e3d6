package counsel

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"helpline"
)

// NoticeKind is what a notice is about, as far as anybody is told.
type NoticeKind string

// The kinds. A test is asked for by the person it goes to.
const (
	NoticeChanges NoticeKind = "changes" // in one's own shifts
	NoticeAsks    NoticeKind = "asks"    // whether one can take a shift
	NoticeOnCall  NoticeKind = "oncall"  // somebody on call, a buddy or a leader is needed; to be confirmed
	NoticeCover   NoticeKind = "cover"   // somebody is missing on a shift
	noticeSettled NoticeKind = "settled" // what one was asked: for those who wish to be asked
	noticeTest    NoticeKind = "test"
)

// NoticeKinds lists what a person can wish to be told.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{NoticeChanges, NoticeAsks, NoticeOnCall, NoticeCover}
}

// KindsFor lists what a person can be told, by the roles: who never stands behind
// a shift or plans nothing is not asked about it.
func KindsFor(who helpline.Actor) []NoticeKind {
	out := []NoticeKind{NoticeChanges, NoticeAsks}
	if who.Has(helpline.Counsellor, helpline.Leader, helpline.Supervisor) {
		out = append(out, NoticeOnCall) // counsellors can be buddies
	}
	if who.Has(helpline.Leader, helpline.Supervisor) {
		out = append(out, NoticeCover)
	}
	return out
}

// NoticeWay is how notices leave the machine.
type NoticeWay string

// The ways.
const (
	ByMail    NoticeWay = "mail"
	ByCommand NoticeWay = "command"
	ByWebhook NoticeWay = "webhook"
)

// Address is where a notice reaches somebody. It cannot be printed.
type Address struct{ text string }

const hiddenAddress = "[address]"

// NewAddress takes an address as it was typed.
func NewAddress(text string) Address { return Address{strings.TrimSpace(text)} }

// Reveal gives the address to what sends.
func (a Address) Reveal() string { return a.text }

// IsZero says whether there is none.
func (a Address) IsZero() bool { return a.text == "" }

// Format hides the address from every verb of fmt.
func (Address) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenAddress) }

// String hides the address.
func (Address) String() string { return hiddenAddress }

// LogValue hides the address.
func (Address) LogValue() slog.Value { return slog.StringValue(hiddenAddress) }

// MarshalText hides the address from encoders.
func (Address) MarshalText() ([]byte, error) { return []byte(hiddenAddress), nil }

// Hint is enough of an address to know it again by, and not enough to write to.
func (a Address) Hint() string {
	local, host, mail := strings.Cut(a.text, "@")
	switch {
	case mail && local != "" && host != "":
		end := ""
		if at := strings.LastIndexByte(host, '.'); at >= 0 {
			end = host[at:]
		}
		return local[:1] + "…@" + host[:1] + "…" + end
	case len(a.text) > 4:
		return "…" + a.text[len(a.text)-2:]
	case a.text != "":
		return "…"
	}
	return ""
}

// mostAddress is the longest address, in bytes: what SMTP allows.
const mostAddress = 254

// ErrAddress says that an address cannot be one of its way.
var ErrAddress = helpline.Errorf(helpline.Invalid, "this cannot be an address")

// Check says whether an address can be one of a way. A mail address is plain
// ASCII on purpose: what cannot stand in a header or a command is refused here
// already.
func (w NoticeWay) Check(a Address) error {
	if len(a.text) > mostAddress || strings.ContainsFunc(a.text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ErrAddress
	}
	if w != ByMail {
		if len(a.text) > 120 {
			return ErrAddress
		}
		return nil
	}
	local, host, found := strings.Cut(a.text, "@")
	good := func(s, extra string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(extra, r)
		})
	}
	if !found || !good(local, ".!#$%&'*+/=?^_`{|}~-") || len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return ErrAddress
	}
	for label := range strings.SplitSeq(host, ".") {
		if !good(label, "-") || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return ErrAddress
		}
	}
	return nil
}

// Outgoing is one notice as it leaves. Text and Subject are fixed sentences that
// say nothing about a shift, a contact or what the line is for.
type Outgoing struct {
	ID       helpline.ID // the same at every try
	To       Address
	Language helpline.Locale
	Subject  string
	Text     string
	Link     string // empty where the line says none
	Code     string // of a test; stands in Text too
}

// Format hides a notice: its link confirms a call, and its code tests an address.
func (Outgoing) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hiddenAddress) }

// LogValue hides it.
func (Outgoing) LogValue() slog.Value { return slog.StringValue(hiddenAddress) }

// MarshalText hides it from encoders.
func (Outgoing) MarshalText() ([]byte, error) { return []byte(hiddenAddress), nil }

// sentence gives the words of a notice in a language of the staff's screens.
func sentence(kind NoticeKind, l helpline.Locale) (subject, text string) {
	words := sentences["en"]
	if own, ok := sentences[l]; ok {
		words = own
	}
	return words["subject"], words[string(kind)]
}

// Probe is a notice that asks for nothing, for whoever looks whether a way works.
func Probe(to Address) Outgoing {
	subject, text := sentence("probe", "en")
	return Outgoing{ID: helpline.NewID(), To: to, Language: "en", Subject: subject, Text: text}
}

// sentences are all that a notice can say. %s is the code of a test.
var sentences = map[helpline.Locale]map[string]string{
	"en": {
		"subject": "Please sign in",
		"changes": "Something changed in your shifts. Please sign in.",
		"asks":    "You are asked something about a shift. Please sign in.",
		"oncall":  "You are needed. Please confirm that you have read this, and sign in.",
		"cover":   "Something about the shifts needs you. Please sign in.",
		"test":    "This is the test you asked for. The code is %s.",
		"settled": "What you were asked about a shift is settled. You need not do anything.",
		"probe":   "This is a test. Nothing needs to be done.",
	},
	"nl": {
		"subject": "Log even in",
		"changes": "Er is iets veranderd in je diensten. Log even in.",
		"asks":    "Je krijgt een vraag over een dienst. Log even in.",
		"oncall":  "Je bent nodig. Bevestig dat je dit gelezen hebt en log in.",
		"cover":   "Iets met de diensten heeft je nodig. Log even in.",
		"test":    "Dit is de test die je gevraagd hebt. De code is %s.",
		"settled": "Wat je gevraagd werd over een dienst is geregeld. Je hoeft niets te doen.",
		"probe":   "Dit is een test. Je hoeft niets te doen.",
	},
}

// wishFor is what somebody must have wished to be told of a kind, of a call or of
// none.
func wishFor(k NoticeKind, call helpline.ID) NoticeKind {
	switch {
	case k == noticeSettled && !call.IsZero():
		return NoticeOnCall
	case k == noticeSettled:
		return NoticeAsks
	}
	return k
}

// taken keeps the kinds that a person may wish, in their order.
func taken(who helpline.Actor, wished []NoticeKind) []NoticeKind {
	var out []NoticeKind
	for _, k := range KindsFor(who) {
		if slices.Contains(wished, k) {
			out = append(out, k)
		}
	}
	return out
}
