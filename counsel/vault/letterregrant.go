package vault

import "crypto/hmac"

// RegrantLetter gives a letter's key, which the group had in an earlier generation,
// to the present one: whoever has joined the group since can answer it. It needs
// no shred key and opens no words. Every check of the letter and of its grant is
// made as at an opening.
func (k *Keyring) RegrantLetter(v *Vouched, g *GroupKey, p LetterPlace, sealed, grant []byte) (again []byte, generation uint64, err error) {
	const doing = "grant a letter again"
	generation = v.Generation(g.group)
	present, known := v.groupKey(g.group, generation)
	if key, ok := v.groupKey(g.group, g.generation); !known || !ok || key != g.public {
		return nil, 0, refuse(doing, KeyUnknown)
	}
	in, c := v.log.believed(p, sealed)
	if c != "" {
		return nil, 0, refuse(doing, c)
	}
	if len(grant) != boxedKey {
		return nil, 0, refuse(doing, LetterGrant)
	}
	dek, err := g.decap(p.toGroup(in.commitment, g.group, g.generation, g.public), grant)
	defer clear(dek)
	if err != nil || len(dek) != 32 {
		return nil, 0, refuse(doing, LetterGrant)
	}
	if sum := commitment(Key(dek)); !hmac.Equal(sum[:], in.commitment[:]) {
		return nil, 0, refuse(doing, LetterCommit)
	}
	again, err = sealTo(present, p.toGroup(in.commitment, g.group, generation, present), dek)
	return again, generation, err
}
