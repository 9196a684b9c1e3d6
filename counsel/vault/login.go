package vault

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"helpline"
)

const (
	loginInfo = "login/v1"
	markInfo  = "login/window/v1"
	idInfo    = "login/id/v1"
)

// LoginDay is one day's login key. Epoch counts days from 1970-01-01 UTC.
type LoginDay struct {
	Epoch int
	Key   Key
}

// LoginKeys are the login keys that still exist: today's and yesterday's. Safe
// for concurrent use.
type LoginKeys struct {
	mu               sync.RWMutex
	today, yesterday LoginDay
}

// NewLoginKeys starts with the keys of today and yesterday; a zero yesterday
// says that there is none.
func NewLoginKeys(today, yesterday LoginDay) *LoginKeys {
	return &LoginKeys{today: today, yesterday: yesterday}
}

// Rotate puts the keys of a new day in place of the old.
func (k *LoginKeys) Rotate(today, yesterday LoginDay) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.today, k.yesterday = today, yesterday
}

// SealLogin seals data for the browser that holds the token. It returns the
// name to file it under and the epoch of the key that was used.
func (k *LoginKeys) SealLogin(token string, data []byte) (id [32]byte, epoch int, sealed []byte, err error) {
	k.mu.RLock()
	day := k.today
	k.mu.RUnlock()
	if day.Key == (Key{}) {
		return id, 0, nil, helpline.Errorf(helpline.Internal, "seal login: no login key")
	}
	id = LoginID(token)
	key, err := loginKey(token, day.Key)
	if err != nil {
		return id, 0, nil, err
	}
	defer clear(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return id, 0, nil, helpline.Errorf(helpline.Internal, "seal login: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(data)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	return id, day.Epoch, aead.Seal(nonce, nonce, data, loginAAD(id)), nil
}

// OpenLogin opens what SealLogin made: NotFound when the key of that day is
// gone, Invalid when the bytes do not belong to the token.
func (k *LoginKeys) OpenLogin(token string, epoch int, sealed []byte) ([]byte, error) {
	k.mu.RLock()
	day := k.today
	if epoch != day.Epoch {
		day = k.yesterday
	}
	k.mu.RUnlock()
	if epoch != day.Epoch || day.Key == (Key{}) {
		return nil, helpline.Errorf(helpline.NotFound, "open login: its key is gone")
	}
	key, err := loginKey(token, day.Key)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "open login: %w", err)
	}
	if len(sealed) < aead.NonceSize() {
		return nil, helpline.Errorf(helpline.Invalid, "open login: too short")
	}
	nonce, box := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	data, err := aead.Open(nil, nonce, box, loginAAD(LoginID(token)))
	if err != nil {
		return nil, helpline.Errorf(helpline.Invalid, "open login: it does not belong to this token")
	}
	return data, nil
}

// Marks gives what marks the pages of a login: 16 bytes for each login key that
// exists, today's first. The token alone does not give them.
func (k *LoginKeys) Marks(token string) (all [][]byte, err error) {
	k.mu.RLock()
	days := []LoginDay{k.today, k.yesterday}
	k.mu.RUnlock()
	for _, day := range days {
		if day.Key == (Key{}) {
			continue
		}
		mark, err := hkdf.Key(sha256.New, []byte(token), day.Key[:], markInfo, 16)
		if err != nil {
			return nil, helpline.Errorf(helpline.Internal, "mark a page: %w", err)
		}
		all = append(all, mark)
	}
	return all, nil
}

// LoginID is the name under which the login of a token is filed.
func LoginID(token string) [32]byte {
	h := sha256.New()
	h.Write([]byte(idInfo))
	h.Write([]byte(token))
	return [32]byte(h.Sum(nil))
}

func loginKey(token string, day Key) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), day[:], loginInfo, chacha20poly1305.KeySize)
	if err != nil {
		return nil, helpline.Errorf(helpline.Internal, "derive login key: %w", err)
	}
	return key, nil
}

func loginAAD(id [32]byte) []byte { return append([]byte(loginInfo), id[:]...) }
