package console

import (
	"context"

	"helpline"
	"helpline/chat"
	"helpline/chat/link"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Engine is the live line as the console needs it. Of makes one of chat's.
type Engine interface {
	// Attend takes the link as a desk's lane.
	Attend(context.Context, chat.Member, chat.Link) (link.Receiver, error)
	// Sit takes the link as the counsellor's end of one conversation; NotFound
	// unless the member holds the contact.
	Sit(ctx context.Context, m chat.Member, contact helpline.ID, l chat.Link) (link.Receiver, error)
	// Dismiss drops every link of a person at once.
	Dismiss(person helpline.ID)
	// Present lists who is on duty.
	Present() []chat.Member
}

// Notes is what remains of contacts, as the console needs it.
type Notes interface {
	// Questions are those of the coded outcome, in the order they are asked.
	Questions() []counsel.Question
	// Save closes a contact that the person held. Conflict when it has a note
	// already, Invalid with a counsel.Fault, Forbidden with counsel.ErrLocked.
	Save(context.Context, counsel.By, counsel.Closing) error
	// Revise replaces the words of a note by its author; Conflict when the
	// revision is not the newest.
	Revise(ctx context.Context, by counsel.By, note helpline.ID, c counsel.Closing) error
	// List gives the notes a person may open, the newest first.
	List(context.Context, counsel.By) ([]counsel.NoteHead, error)
	// Open reads one; NotFound for whoever may not, and when it has expired. One
	// of somebody else needs a reason: Forbidden wraps counsel.ErrReason or
	// counsel.ErrTooMany.
	Open(ctx context.Context, by counsel.By, note helpline.ID, reason string) (counsel.Note, error)
}

// Audit is the log of who did what.
type Audit interface {
	// Find gives entries, the newest first.
	Find(ctx context.Context, q audit.Query) ([]audit.Row, error)
	// State is what the last check of the log has found.
	State() counsel.TrailState
	// Check starts a check in the background, unless one is running.
	Check(helpline.Actor) error
}

// Openings bounds how many notes of others a person opens on a day.
type Openings interface {
	// Allowances lists those who opened notes of others today.
	Allowances(context.Context, counsel.By) ([]counsel.Allowance, error)
	// Allow lets another person open more today; Forbidden for oneself,
	// Conflict while the person has some left.
	Allow(ctx context.Context, by counsel.By, person helpline.ID) error
}

// Drafts keeps half-written notes, sealed to their authors.
type Drafts interface {
	// Begin starts a contact by phone, mail or visit.
	Begin(context.Context, counsel.By) (helpline.ID, error)
	// Draft replaces the draft of a contact; Conflict when it has a note already.
	Draft(context.Context, counsel.By, counsel.Closing) error
	// Drafts lists the contacts of the person's drafts.
	Drafts(context.Context, counsel.By) ([]helpline.ID, error)
	// OpenDraft reads one; NotFound.
	OpenDraft(ctx context.Context, by counsel.By, contact helpline.ID) (counsel.Closing, error)
}

// Directory is looked after by those who may.
type Directory interface {
	// List gives all providers, those to be checked first.
	List(context.Context, helpline.Actor) ([]counsel.Kept, error)
	// Hide keeps a provider off cards, or no longer; NotFound.
	Hide(ctx context.Context, who helpline.Actor, provider helpline.ID, hidden bool) error
	// Checked says that the person has checked a provider today; NotFound.
	Checked(ctx context.Context, who helpline.Actor, provider helpline.ID) error
}

// Keys locks and unlocks the keyring of a login.
type Keys interface {
	Unlocked(counsel.By) bool
	// Unlock opens the keyring for this login. Forbidden when the passphrase is
	// not right, Unavailable when too many are waiting.
	Unlock(context.Context, counsel.By, staff.Passphrase) error
	// Lock forgets the unlocked keyring of this login.
	Lock(counsel.By)
	// LockLogin is Lock for a login by the name it is filed under.
	LockLogin(id [32]byte)
}

// Team changes who works on the line and as what.
type Team interface {
	// SetRoles replaces a colleague's roles. Forbidden wraps counsel.ErrLocked or
	// ErrOneself, Conflict ErrLastSupervisor or says that somebody was faster.
	SetRoles(ctx context.Context, by counsel.By, person helpline.ID, roles []helpline.Role) error
	// Remove ends a person's work on the line; errors like SetRoles.
	Remove(ctx context.Context, by counsel.By, person helpline.ID) error
}

// Groups is who can open what.
type Groups interface {
	// Believed gives a person with those of the row's roles that are signed.
	Believed(context.Context, staff.Person) (staff.Person, error)
	// Heard says whether the person stands in the key log, if there is one.
	Heard(ctx context.Context, person helpline.ID) (bool, error)
	// Circles gives the groups with their members.
	Circles(context.Context, counsel.By) (counsel.Circles, error)
	// Name asks for the members of the safeguarding group; Invalid.
	Name(ctx context.Context, by counsel.By, members []helpline.ID) error
	// ConfirmNaming agrees to what another has asked for; Conflict.
	ConfirmNaming(ctx context.Context, by counsel.By, members []helpline.ID) error
}

// Regrants grants older notes to the present supervisors.
type Regrants interface {
	// Kick offers the keyring of a login that is unlocked.
	Kick(counsel.By)
	// Progress says how far it is.
	Progress(context.Context, counsel.By) (counsel.Regranting, error)
}

// Holds keeps notes beyond their time, by the word of two supervisors.
type Holds interface {
	// List gives all holds.
	List(context.Context, counsel.By) ([]counsel.Held, error)
	// Ask asks for one; Confirm, by another, puts it in force.
	Ask(ctx context.Context, by counsel.By, note helpline.ID, reason string) error
	Confirm(ctx context.Context, by counsel.By, note helpline.ID) error
	// AskLift asks to end it; Lift, by another, does.
	AskLift(ctx context.Context, by counsel.By, note helpline.ID) error
	Lift(ctx context.Context, by counsel.By, note helpline.ID) error
}

// Vouching is how a person's keys come under the line's root.
type Vouching interface {
	// OwnWords are the person's own six words, for reading aloud.
	OwnWords(context.Context, counsel.By) (string, error)
	// Strangers lists those whose keys nobody has vouched for.
	Strangers(context.Context, counsel.By) ([]counsel.Stranger, error)
	// Vouch confirms the keys that these words stand for; Conflict when the
	// person has other keys by now.
	Vouch(ctx context.Context, by counsel.By, person helpline.ID, words string) error
}

// OwnKeys is what a person does about their own passphrase and code.
type OwnKeys interface {
	// NeedsOld says whether a change asks for the old passphrase.
	NeedsOld(counsel.By) bool
	// ChangePassphrase ends all logins of the person. Forbidden when the old one
	// is not right, Invalid with a staff.Weakness, Unavailable.
	ChangePassphrase(ctx context.Context, by counsel.By, old, pass staff.Passphrase) error
	// HasCode says whether the person has a printed code that works.
	HasCode(ctx context.Context, person helpline.ID) (bool, error)
	// MakeCode makes one, to be shown once. Forbidden with counsel.ErrLocked.
	MakeCode(context.Context, counsel.By) (vault.Code, error)
	// ConfirmCode takes what was typed back: Invalid with a vault.Slip,
	// Forbidden for another code, NotFound, Conflict.
	ConfirmCode(ctx context.Context, by counsel.By, typed string) error
}

// Lost is how somebody comes back who has lost the passphrase.
type Lost interface {
	// EnterByCode weighs name and code like a login; Invalid with a vault.Slip.
	EnterByCode(ctx context.Context, name, code string) (staff.Person, error)
	// AskRescue begins a rescue; the token is for the browser alone.
	AskRescue(ctx context.Context, name string) (token string, err error)
	// Pleading says how far it is; NotFound when it is over.
	Pleading(ctx context.Context, token string) (counsel.Pleading, error)
	// FinishRescue sets a new passphrase; Invalid with a staff.Weakness,
	// NotFound, Unavailable while there are too few shares.
	FinishRescue(ctx context.Context, token string, pass staff.Passphrase) (staff.Person, error)
}

// Custody is the line's recovery key and its shares.
type Custody interface {
	State(context.Context) (counsel.RecoveryState, error)
	// Candidates lists who could hold a share.
	Candidates(context.Context, counsel.By) ([]counsel.Custodian, error)
	// MakeKey makes the next key; Conflict when the rules say no.
	MakeKey(ctx context.Context, by counsel.By, needed int, custodians []helpline.ID) error
	// OwnShare opens the share that waits for the person; NotFound.
	OwnShare(context.Context, counsel.By) (counsel.Sheet, error)
	// WroteShare takes the two words; Forbidden for others.
	WroteShare(ctx context.Context, by counsel.By, typed [2]string) error
}

// Rescuing is how supervisors and custodians help somebody.
type Rescuing interface {
	// Tasks lists what the person has to do about recovery.
	Tasks(ctx context.Context, who helpline.Actor) ([]counsel.Task, error)
	// Rescues lists those this person can help.
	Rescues(context.Context, counsel.By) ([]counsel.Rescued, error)
	// ApproveRescue confirms the words that were heard; Conflict when they are
	// not those any more, Unavailable with counsel.ErrNotHeld.
	ApproveRescue(ctx context.Context, by counsel.By, rescue helpline.ID, words string) error
	// StopRescue ends one; NotFound.
	StopRescue(ctx context.Context, by counsel.By, rescue helpline.ID) error
	// GiveShare takes the words of the person's share; Invalid with a
	// vault.Slip, Conflict when it was entered before, NotFound.
	GiveShare(ctx context.Context, by counsel.By, rescue helpline.ID, typed string) error
}

type engine struct{ *chat.Engine }

// Of shows a chat.Engine as this package's Engine.
func Of(e *chat.Engine) Engine { return engine{e} }

func (e engine) Attend(ctx context.Context, m chat.Member, l chat.Link) (link.Receiver, error) {
	s, err := e.Engine.Attend(ctx, m, l)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (e engine) Sit(ctx context.Context, m chat.Member, contact helpline.ID, l chat.Link) (link.Receiver, error) {
	s, err := e.Engine.Sit(ctx, m, contact, l)
	if err != nil {
		return nil, err
	}
	return s, nil
}
