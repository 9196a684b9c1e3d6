package vault

import (
	"crypto/hmac"
)

// Regrant gives a note's key, which the group had in an earlier generation, to
// the present one. It needs no shred key and opens no words. Every check of the
// note and of its grant is made as at an opening but one: whether the log
// vouches for the author is asked by whoever opens it, because an author may be
// confirmed later. Forbidden unless the owner is a supervisor in the log.
func (k *Keyring) Regrant(v *Vouched, g *GroupKey, p Place, noteBytes, grantBytes []byte) (sealed []byte, generation uint64, err error) {
	const doing = "grant a note again"
	if !v.log.supervises(k.public.Sign) {
		return nil, 0, notSupervisor()
	}
	generation = v.Generation(g.group)
	present, known := v.groupKey(g.group, generation)
	if key, ok := v.groupKey(g.group, g.generation); !known || !ok || key != g.public {
		return nil, 0, refuse(doing, KeyUnknown)
	}
	n, ok := readNote(noteBytes)
	switch {
	case !ok:
		return nil, 0, refuse(doing, NoteForm)
	case p.Install != k.install || string(n.aad) != string(p.aad(n.author)):
		return nil, 0, refuse(doing, NotePlace)
	case !n.author.verify(noteSigned(n.aad, n.boxed, n.commitment), n.signature):
		return nil, 0, refuse(doing, NoteSigned)
	}
	dek, c := openGrant(v, p, n, grantBytes, toGroup(g.group, g.generation, g.public), g)
	defer clear(dek[:])
	if c != "" {
		return nil, 0, refuse(doing, c)
	}
	if sum := commitment(dek); !hmac.Equal(sum[:], n.commitment[:]) {
		return nil, 0, refuse(doing, NoteCommit)
	}
	sealed, err = k.grant(p, dek, toGroup(g.group, generation, present))
	return sealed, generation, err
}

// Generation is which generation of its group the key is of.
func (k *GroupKey) Generation() uint64 { return k.generation }
