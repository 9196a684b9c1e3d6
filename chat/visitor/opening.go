package visitor

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"helpline"
)

const (
	openCookie = "__Host-open" // 128 random bits that open a thread in memory, for a short while

	openFor  = 15 * time.Minute // after the last use
	mostOpen = 4096
)

// openings are the threads that are open in a browser just now. Each stands
// here as ciphertext under a key that only the browser's cookie gives; it goes
// after a quarter of an hour, with the program, and when its owner leaves.
//
// A page of a thread is shown once: whoever loads its address again, or opens
// the browser next, is asked for the code. So the cookie alone shows no word.
type openings struct {
	mu  sync.Mutex
	all map[[32]byte]*opening // by the hash of what the cookie holds
}

// opening is one of them.
type opening struct {
	sealed  []byte // the key of the thread and, until it is confirmed, the code
	page    string // of the forms on the page that was shown last
	last    string // of the page before that one
	shown   time.Time
	unseen  bool // the page may be shown, once
	code    bool // the code may be shown, until it is confirmed
	erased  bool // by this browser: what it posts again is done already
	kept    int  // notes that stayed then
	expires time.Time
}

// opened is an opening with what is in it.
type opened struct {
	*opening
	key  helpline.ThreadKey
	text string // of the code; empty once it is confirmed
}

// begin opens a thread and gives what the cookie holds; false on a fault of ours.
func (o *openings) begin(k helpline.ThreadKey, code string, now time.Time) (token, page string, ok bool) {
	token = rand.Text()
	sealed, err := boxOpening(token, append(k[:], code...))
	if err != nil {
		return "", "", false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = map[[32]byte]*opening{}
	}
	o.sweep(now)
	if len(o.all) >= mostOpen {
		o.drop() // whoever was quiet for longest gives the code again
	}
	page = rand.Text()
	o.all[sha256.Sum256([]byte(token))] = &opening{sealed: sealed, page: page, unseen: true, code: code != "", expires: now.Add(openFor)}
	return token, page, true
}

func (o *openings) sweep(now time.Time) {
	for id, one := range o.all {
		if !now.Before(one.expires) {
			clear(one.sealed)
			delete(o.all, id)
		}
	}
}

// drop forgets the one that was not used for longest. The lock is held.
func (o *openings) drop() {
	var oldest [32]byte
	var since time.Time
	for id, one := range o.all {
		if since.IsZero() || one.expires.Before(since) {
			oldest, since = id, one.expires
		}
	}
	clear(o.all[oldest].sealed)
	delete(o.all, oldest)
}

// of gives the opening of a request's cookie and lets it live on. do sees it
// under the lock and says whether it may be used.
func (o *openings) of(r *http.Request, now time.Time, do func(*opening) bool) (opened, bool) {
	c, err := r.Cookie(openCookie)
	if err != nil {
		return opened{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sweep(now)
	one := o.all[sha256.Sum256([]byte(c.Value))]
	if one == nil || !do(one) {
		return opened{}, false
	}
	one.expires = now.Add(openFor)
	was := *one
	out := opened{opening: &was}
	if one.erased {
		return out, true
	}
	plain, err := unboxOpening(c.Value, one.sealed)
	defer clear(plain)
	if err != nil || len(plain) < len(out.key) {
		return opened{}, false
	}
	out.key, out.text = helpline.ThreadKey(plain[:len(out.key)]), string(plain[len(out.key):])
	return out, true
}

// change changes the opening of a request, if it has one.
func (o *openings) change(r *http.Request, do func(*opening)) {
	c, err := r.Cookie(openCookie)
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if one := o.all[sha256.Sum256([]byte(c.Value))]; one != nil {
		do(one)
	}
}

// end forgets the opening of a request.
func (o *openings) end(r *http.Request) {
	c, err := r.Cookie(openCookie)
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	id := sha256.Sum256([]byte(c.Value))
	if one := o.all[id]; one != nil {
		clear(one.sealed)
		delete(o.all, id)
	}
}

// boxOpening seals under a key out of the token. A token seals once, so the
// nonce is fixed.
func boxOpening(token string, plain []byte) ([]byte, error) {
	defer clear(plain)
	a, err := openingKey(token)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, make([]byte, a.NonceSize()), plain, nil), nil
}

func unboxOpening(token string, sealed []byte) ([]byte, error) {
	a, err := openingKey(token)
	if err != nil {
		return nil, err
	}
	return a.Open(nil, make([]byte, a.NonceSize()), sealed, nil)
}

func openingKey(token string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "opening/v1", 32)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
