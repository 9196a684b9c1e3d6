package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"helpline"
)

// How long invitations last.
const (
	InvitationLasts      = 72 * time.Hour
	FirstInvitationLasts = time.Hour // the first supervisor's, made by init
)

const saltLength = 16

// Office is where accounts are made and logins are weighed. Safe for
// concurrent use.
type Office struct {
	accounts Accounts
	profiles Profiles
	stretch  Stretch
	costs    Params
	floor    Params // costs below it are refused
	delays   *delays
	decoy    Secret // stretched for names that do not exist
}

// NewOffice makes an office; costs are those of new passphrases.
func NewOffice(a Accounts, p Profiles, s Stretch, costs Params) *Office {
	o := &Office{accounts: a, profiles: p, stretch: s, costs: costs, floor: lowest(costs), delays: newDelays()}
	o.decoy = Secret{Salt: make([]byte, saltLength), Params: costs, Verifier: make([]byte, sha256.Size)}
	_, _ = rand.Read(o.decoy.Salt)
	_, _ = rand.Read(o.decoy.Verifier)
	return o
}

// Invite adds a person and gives the token of the invitation, which is to be
// shown once. ID and State of p are set here; Alias may be empty and is then
// the first word of the name until the person chooses one. Conflict when the
// name is taken, Invalid when a field is.
func (o *Office) Invite(ctx context.Context, p Person, lasts time.Duration) (Token, error) {
	i, err := NewInvitee(p, lasts)
	if err != nil {
		return Token{}, err
	}
	if err := o.accounts.Add(ctx, i.Person, i.Invitation); err != nil {
		return Token{}, err
	}
	return i.Token, nil
}

// Reinvite makes a new token for somebody who has not joined yet; the earlier
// one stops working.
func (o *Office) Reinvite(ctx context.Context, person helpline.ID, lasts time.Duration) (Token, error) {
	token := NewToken()
	i := Invitation{Hash: token.Hash(), Person: person, Expires: time.Now().Add(lasts)}
	if err := o.profiles.Reinvite(ctx, person, i); err != nil {
		return Token{}, err
	}
	return token, nil
}

// Invited says who a token invites, without spending it; NotFound.
func (o *Office) Invited(ctx context.Context, t Token) (Person, error) {
	return o.profiles.Invited(ctx, t.Hash(), time.Now())
}

// Profile is what a person decides about themselves.
type Profile struct {
	Alias     string
	Locales   []helpline.Locale
	Audiences []helpline.Audience
	Language  helpline.Locale
}

// Join spends an invitation: sets the passphrase and the profile and makes the
// person active. Invalid (a Weakness, a field) leaves the invitation unspent;
// NotFound when somebody else was faster.
func (o *Office) Join(ctx context.Context, t Token, pass Passphrase, f Profile) (Person, error) {
	if _, err := o.Joining(ctx, t, pass, f); err != nil {
		return Person{}, err
	}
	s, err := o.secret(ctx, pass)
	if err != nil {
		return Person{}, err
	}
	active, err := o.accounts.Activate(ctx, t.Hash(), time.Now(), s)
	if err != nil {
		return Person{}, err
	}
	active = f.on(active)
	if err := o.profiles.Revise(ctx, active); err != nil {
		return Person{}, err
	}
	return active, nil
}

// Joining says who would join, without spending the invitation; the errors are
// those of Join.
func (o *Office) Joining(ctx context.Context, t Token, pass Passphrase, f Profile) (Person, error) {
	p, err := o.Invited(ctx, t)
	if err != nil {
		return Person{}, err
	}
	p = f.on(p)
	if err := valid(p); err != nil {
		return Person{}, err
	}
	return p, Check(pass, p)
}

func (f Profile) on(p Person) Person {
	p.Alias, p.Locales, p.Audiences, p.Language = tidy(f.Alias), f.Locales, f.Audiences, f.Language
	return p
}

// Login weighs a name and a passphrase. Whatever is wrong, the answer is the
// same Forbidden at the same cost; Unavailable says that nothing was weighed.
func (o *Office) Login(ctx context.Context, name string, pass Passphrase) (Person, error) {
	return o.weigh(ctx, name, func(ctx context.Context, _ Person, s Secret, known bool) (bool, error) {
		if !known {
			s = o.decoy
		}
		if err := o.Floor(s.Params); err != nil {
			return false, err // nobody but this program writes costs, and it never wrote any that low
		}
		verifier, err := o.stretch.Verifier(ctx, pass, s.Salt, s.Params)
		return subtle.ConstantTimeCompare(verifier[:], s.Verifier) == 1, err
	})
}

// weigh holds an attempt under a name back as the wrong ones before it ask for,
// lets judge look at it and notes how it went. judge is asked about names that
// are not known too, so that it can make them cost the same.
func (o *Office) weigh(ctx context.Context, name string, judge func(context.Context, Person, Secret, bool) (bool, error)) (Person, error) {
	name = tidy(name)
	asked := AskerOf(ctx)
	spelled := "elsewhere " + fold(name)
	if asked.Known {
		spelled = "known " + fold(name)
	}
	if err := o.delays.wait(ctx, spelled); err != nil {
		return Person{}, err
	}
	asked.Name = name
	ctx = context.WithValue(ctx, askedKey{}, asked)
	p, s, err := o.accounts.Find(ctx, name)
	known := err == nil && p.State == Active
	if err != nil && helpline.KindOf(err) != helpline.NotFound {
		return Person{}, err
	}
	right, err := judge(ctx, p, s, known)
	if err != nil {
		return Person{}, err
	}
	right = right && known
	o.delays.answered(spelled, right)
	if !right {
		return Person{}, helpline.Errorf(helpline.Forbidden, "login: name or passphrase is not right")
	}
	return p, nil
}

// Active gives a person who may work; NotFound for everybody else. It is asked
// at every request of a login.
func (o *Office) Active(ctx context.Context, id helpline.ID) (Person, error) {
	p, err := o.accounts.Person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	if p.State != Active {
		return Person{}, helpline.Errorf(helpline.NotFound, "staff: not an active person")
	}
	return p, nil
}

// People lists everybody, by name.
func (o *Office) People(ctx context.Context) ([]Person, error) { return o.accounts.People(ctx) }

// SetProfile changes what a person decides about themselves; Invalid when a
// field is not right. Name, roles and state stay, whatever is asked.
func (o *Office) SetProfile(ctx context.Context, p Person, f Profile) error {
	p = f.on(p)
	if err := valid(p); err != nil {
		return err
	}
	return o.profiles.Revise(ctx, p)
}

// SetWork changes what a person takes, and how much at once; Invalid (a Field).
func (o *Office) SetWork(ctx context.Context, p Person) error {
	if err := valid(p); err != nil {
		return err
	}
	return o.profiles.Revise(ctx, p)
}

// SetLanguage changes the language of a person's own screens.
func (o *Office) SetLanguage(ctx context.Context, p Person, l helpline.Locale) error {
	p.Language = l
	return o.profiles.Revise(ctx, p)
}

// Field names a field of a person that was not taken. It is a key for the screens.
type Field string

// The fields.
const (
	NameField     Field = "fullname"
	AliasField    Field = "alias"
	RoleField     Field = "role"
	LocaleField   Field = "locale"
	AudienceField Field = "audience"
	ChatsField    Field = "chats"
	DeviceField   Field = "device"
)

func (f Field) Error() string { return "the field " + string(f) + " is not right" }

const mostChats = 4

// NameDevice takes the name that a person gives to a device, to tell their own
// apart; Invalid (DeviceField) when it cannot be.
func NameDevice(typed string) (string, error) {
	name := tidy(typed)
	if !plain(name, 2, 24) {
		return "", helpline.Errorf(helpline.Invalid, "device: %w", DeviceField)
	}
	return name, nil
}

func valid(p Person) error {
	f := wrong(p)
	if f == "" {
		return nil
	}
	return helpline.Errorf(helpline.Invalid, "person: %w", f)
}

func wrong(p Person) Field {
	counsels := slices.Contains(p.Roles, helpline.Counsellor)
	switch {
	case !plain(p.Name, 2, 64):
		return NameField
	case !plain(p.Alias, 2, 24):
		return AliasField
	case len(p.Roles) == 0:
		return RoleField
	case counsels && len(p.Locales) == 0:
		return LocaleField
	case counsels && len(p.Audiences) == 0:
		return AudienceField
	case p.Chats < 1 || p.Chats > mostChats:
		return ChatsField
	}
	return ""
}

// plain accepts names: letters, digits, spaces and what stands inside names.
// A name can be seen: no letter without a shape, and no mark that stands alone
// or is the fourth on one letter.
func plain(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	if n < least || n > most || !utf8.ValidString(s) {
		return false
	}
	marks := 4 // none may stand first
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			return false
		case unicode.IsMark(r):
			if marks++; marks > 3 {
				return false
			}
		case unicode.IsLetter(r), unicode.IsDigit(r):
			marks = 0
		case strings.ContainsRune(" .'’-", r):
			marks = 4
		default:
			return false
		}
	}
	return true
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// fold gives all spellings under which an account is found the same text, so
// that each further spelling is not a fresh start for whoever guesses: of all
// the runes that are one letter in different cases it takes the first.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, name)
}
