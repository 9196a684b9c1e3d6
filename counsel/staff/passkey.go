package staff

import (
	"encoding/json"
	"log/slog"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"helpline"
)

// PasskeyLasts is how long somebody may take to answer a challenge.
const PasskeyLasts = 2 * time.Minute

// Passkeys asks browsers for passkeys of one host and weighs their answers. The
// device always asks its owner first. Safe for concurrent use.
type Passkeys struct{ party *webauthn.WebAuthn }

// NewPasskeys is for the pages of one origin, such as https://desk.example.org;
// host is its name without port. Invalid for a host that passkeys cannot have,
// such as an address.
func NewPasskeys(host, origin, line string) (*Passkeys, error) {
	lasts := webauthn.TimeoutConfig{Enforce: true, Timeout: PasskeyLasts, TimeoutUVD: PasskeyLasts}
	party, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: line, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			UserVerification: protocol.VerificationRequired, ResidentKey: protocol.ResidentKeyRequirementPreferred,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: lasts, Registration: lasts},
	})
	if err == nil {
		err = protocol.ValidateRPID(host)
	}
	if err != nil {
		return nil, helpline.Errorf(helpline.Invalid, "passkeys for %s: %w", host, err)
	}
	return &Passkeys{party}, nil
}

// Passkey is what is known of one: its public key, its counter and its name on
// the device. It is kept sealed.
type Passkey struct{ credential webauthn.Credential }

// MarshalJSON writes what is kept.
func (p Passkey) MarshalJSON() ([]byte, error) { return json.Marshal(p.credential) }

// UnmarshalJSON reads what is kept.
func (p *Passkey) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.credential) }

// Copied says that the counter went back once: two devices may hold this key.
func (p Passkey) Copied() bool { return p.credential.Authenticator.CloneWarning }

// Challenge is what a browser was asked. It is good for one answer.
type Challenge struct{ session webauthn.SessionData }

// String hides the challenge.
func (Challenge) String() string { return hidden }

// GoString hides the challenge.
func (Challenge) GoString() string { return hidden }

// LogValue hides the challenge.
func (Challenge) LogValue() slog.Value { return slog.StringValue(hidden) }

// holder is a person as go-webauthn wants one. The name is only shown by the
// person's own device.
type holder struct {
	id   helpline.ID
	name string
	keys []Passkey
}

func (h holder) WebAuthnID() []byte          { return h.id[:] }
func (h holder) WebAuthnName() string        { return h.name }
func (h holder) WebAuthnDisplayName() string { return h.name }

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	var out []webauthn.Credential
	for _, k := range h.keys {
		out = append(out, k.credential)
	}
	return out
}

// Create asks for a new passkey; a device that has one of these already makes
// no second. options is JSON for the browser.
func (p *Passkeys) Create(person helpline.ID, name string, have []Passkey) (options []byte, c Challenge, err error) {
	h := holder{person, name, have}
	var exclude []protocol.CredentialDescriptor
	for _, k := range h.WebAuthnCredentials() {
		exclude = append(exclude, k.Descriptor())
	}
	o, session, err := p.party.BeginRegistration(h, webauthn.WithExclusions(exclude), webauthn.WithExtensions(webauthn.WithExtensionPRFSupport()))
	if err != nil {
		return nil, c, helpline.Errorf(helpline.Internal, "ask for a new passkey: %w", err)
	}
	return asked(o.Response, *session)
}

// Created reads the answer to Create. Forbidden when it is not right for the
// challenge, this host and this person.
func (p *Passkeys) Created(person helpline.ID, c Challenge, answer []byte) (Passkey, error) {
	a, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, refused()
	}
	made, err := p.party.CreateCredential(holder{id: person}, c.session, a)
	if err != nil {
		return Passkey{}, refused()
	}
	made.Attestation = webauthn.CredentialAttestation{} // says what the device is; it is not ours to keep
	return Passkey{*made}, nil
}

// Ask asks for one of some passkeys, or, without any, for whichever the device
// has for this host. prf is put through the passkey's pseudo-random function.
func (p *Passkeys) Ask(person helpline.ID, have []Passkey, prf [32]byte) (options []byte, c Challenge, err error) {
	with := []webauthn.LoginOption{
		webauthn.WithUserVerification(protocol.VerificationRequired),
		webauthn.WithAssertionExtensions(webauthn.WithExtensionPRF(protocol.PRFValues{First: prf[:]})),
	}
	var o *protocol.CredentialAssertion
	var session *webauthn.SessionData
	if len(have) > 0 {
		o, session, err = p.party.BeginLogin(holder{id: person, keys: have}, with...)
	} else {
		o, session, err = p.party.BeginDiscoverableLogin(with...)
	}
	if err != nil {
		return nil, c, helpline.Errorf(helpline.Internal, "ask for a passkey: %w", err)
	}
	session.UserID = person[:]
	return asked(o.Response, *session)
}

func asked(options any, session webauthn.SessionData) ([]byte, Challenge, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return nil, Challenge{}, helpline.Errorf(helpline.Internal, "ask for a passkey: %w", err)
	}
	return text, Challenge{session}, nil
}

// Answered weighs the answer to Ask, and says which of the passkeys it was, with
// its new counter. Forbidden when it is not right: another host, another
// person's or a removed passkey, an old challenge, an owner who was not asked.
func (p *Passkeys) Answered(person helpline.ID, c Challenge, have []Passkey, answer []byte) (which int, now Passkey, err error) {
	a, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return 0, now, refused()
	}
	used, err := p.party.ValidateLogin(holder{id: person, keys: have}, c.session, a)
	if err != nil {
		return 0, now, refused()
	}
	for i, k := range have {
		if string(k.credential.ID) == string(used.ID) {
			return i, Passkey{*used}, nil
		}
	}
	return 0, now, refused()
}

// refused repeats nothing of what the browser sent.
func refused() error {
	return helpline.Errorf(helpline.Forbidden, "second factor: the passkey's answer is not right")
}
