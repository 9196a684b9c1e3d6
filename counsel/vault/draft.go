package vault

import (
	"crypto/rand"

	"helpline"
)

// Draft is what a draft is bound to. Contact names the conversation it is
// about; the shred key given to SealDraft must be the one the note will have.
type Draft struct {
	Install, Contact helpline.ID
}

func (d Draft) aad(to Public) []byte {
	sum := to.Seal.hash()
	return pack("draft/aad/v1", d.Install[:], d.Contact[:], to.Person[:], sum[:])
}

// SealDraft seals contents to their author alone. It needs public keys only,
// so it works while the screen is locked; they must come from the author's own
// keyring or Unlocked, never from the database. A draft is not signed: whoever
// can write the database can put a false one there, and it opens as a draft,
// never as a note.
func SealDraft(to Public, d Draft, c Contents, shred Key) ([]byte, error) {
	if d.Install.IsZero() || d.Contact.IsZero() || shred == (Key{}) {
		return nil, helpline.Errorf(helpline.Internal, "seal a draft: its place or its shred key is missing")
	}
	plain, err := c.padded()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	var dek Key
	defer clear(dek[:])
	_, _ = rand.Read(dek[:])
	aad := d.aad(to)
	sealed, err := sealTo(to.Seal, aad, dek[:])
	if err != nil {
		return nil, err
	}
	key, err := contentKey(dek, shred, "draft/v1", d.Contact)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	boxed, err := box(key, aad, plain)
	if err != nil {
		return nil, err
	}
	return pack("draft/v1", aad, sealed, boxed), nil
}

// OpenDraft opens a draft of the keyring's owner.
func (k *Keyring) OpenDraft(d Draft, draft []byte, shred Key) (Contents, error) {
	const doing = "open a draft"
	if len(draft) > longestNote {
		return Contents{}, refuse(doing, DraftForm)
	}
	f := unpack("draft/v1", draft)
	aad, sealed, boxed := f.next(), f.exactly(boxedKey), f.next()
	if !f.end() {
		return Contents{}, refuse(doing, DraftForm)
	}
	if d.Install != k.install || string(aad) != string(d.aad(k.public)) {
		return Contents{}, refuse(doing, DraftPlace)
	}
	dek, err := openBy(k.private, aad, sealed)
	defer clear(dek)
	if err != nil || len(dek) != 32 {
		return Contents{}, refuse(doing, DraftOpen)
	}
	key, err := contentKey(Key(dek), shred, "draft/v1", d.Contact)
	if err != nil {
		return Contents{}, err
	}
	defer clear(key)
	plain, ok := unbox(key, aad, boxed)
	defer clear(plain)
	if !ok {
		return Contents{}, refuse(doing, DraftOpen)
	}
	c, ok := unpadded(plain)
	if !ok {
		return Contents{}, refuse(doing, DraftForm)
	}
	return c, nil
}
