// Package vault holds the cryptography of the staff's side. It reads and writes
// no files, knows no tables and no HTTP: bytes go in, bytes come out.
//
// # What stands here today
//
// Stretching a passphrase (kdf.go, work.go):
//
//	passphrase --Argon2id(salt 16 bytes, t=3, m=128 MiB, p=2)--> 32 bytes
//	           --HKDF-SHA256(info "auth/v1")--> verifier key; its SHA-256 is stored
//	           --HKDF-SHA256(info "kek/v1") --> key that will wrap the person's keyring; never stored
//
// The costs are kept per person, so that they can rise. The two keys say
// nothing about each other: whoever reads the stored verifier has to guess the
// passphrase at the full price, and a right guess of the verifier alone would
// still not open the keyring.
//
// Stretching costs 128 MiB and a good part of a second, beside conversations
// that must not stutter. So there is ONE place of work: one derivation at a
// time in the whole program, behind three bounded queues (a known device, any
// other login, return codes). The queues are served in turn, so that a flood
// in one keeps nobody out of another. A full queue answers Unavailable at once.
//
// Logins (login.go):
//
//	token      = what the cookie holds; at least 128 random bits, made by the caller
//	id         = SHA-256("login/id/v1" | token): the name the row is filed under
//	key        = HKDF-SHA256(secret token, salt = the day's login key, info "login/v1")
//	sealed     = nonce (24 random bytes) | XChaCha20-Poly1305(key, nonce, data, AAD = "login/v1" | id)
//
// A copy of the login file opens nothing: it lacks the tokens, which only
// browsers hold, and from the day after tomorrow the login key is destroyed as
// well. Moving a sealed value to another row makes it unreadable.
//
// # Secrets
//
// Passphrases, keys and derived keys are types that print as [secret] wherever
// they are formatted or logged.
package vault
