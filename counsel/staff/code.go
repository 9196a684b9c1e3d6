package staff

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"helpline"
)

// Codes of an app are those of RFC 6238 as every app knows them: SHA-1, six
// digits, half a minute.
const (
	codeStep   = 30 * time.Second
	codeLength = 6
	codeSkew   = 1 // steps a clock may be off to either side
	codeBytes  = 20
)

// ErrReused says that a code was right once and has been used.
var ErrReused = errors.New("the code was used already")

// CodeSecret is what an app makes its codes from. It cannot be printed.
type CodeSecret struct{ raw [codeBytes]byte }

// NewCodeSecret draws a secret.
func NewCodeSecret() CodeSecret {
	var s CodeSecret
	_, _ = rand.Read(s.raw[:])
	return s
}

// CodeSecretOf takes the bytes that Bytes gave; Invalid for another length.
func CodeSecretOf(b []byte) (CodeSecret, error) {
	if len(b) != codeBytes {
		return CodeSecret{}, helpline.Errorf(helpline.Invalid, "secret of an app: %d bytes", len(b))
	}
	return CodeSecret{[codeBytes]byte(b)}, nil
}

// ParseCodeSecret reads base32 as Text shows it, in groups or not.
func ParseCodeSecret(text string) (CodeSecret, error) {
	text = strings.TrimRight(strings.ToUpper(strings.Join(strings.Fields(text), "")), "=")
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		return CodeSecret{}, helpline.Errorf(helpline.Invalid, "secret of an app: not base32")
	}
	return CodeSecretOf(b)
}

// Bytes gives the secret, to be sealed only.
func (s CodeSecret) Bytes() []byte { return s.raw[:] }

func (s CodeSecret) base32() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.raw[:])
}

// Text is the secret in groups of four, for typing. It is shown once.
func (s CodeSecret) Text() string {
	var groups []string
	for text := s.base32(); text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, " ")
}

// URI is what an app reads out of the picture: line and name are shown there.
func (s CodeSecret) URI(line, name string) string {
	label := strings.NewReplacer(":", " ").Replace(line) + ":" + strings.NewReplacer(":", " ").Replace(name)
	q := "secret=" + s.base32() + "&issuer=" + strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(line, ":", " ")), "+", "%20")
	return "otpauth://totp/" + url.PathEscape(label) + "?" + q
}

// Picture is the code that a camera reads: rows of squares, true is dark.
func (s CodeSecret) Picture(line, name string) ([][]bool, error) { return Picture(s.URI(line, name)) }

// Code gives the code of a moment; for programs that log in.
func (s CodeSecret) Code(at time.Time) (string, error) { return s.code(stepOf(at)) }

func stepOf(at time.Time) int64 { return at.Unix() / int64(codeStep/time.Second) }

func (s CodeSecret) code(step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(s.base32(), uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", helpline.Errorf(helpline.Internal, "make a code: %w", err)
	}
	return code, nil
}

// Weigh says which step a code is of: of this moment, the one before or the one
// after, and later than last, the newest step that was used. Forbidden when it
// is of none; with ErrReused when it was right and not later. A clock that was
// set back therefore makes no used code good again.
func (s CodeSecret) Weigh(typed string, last int64, now time.Time) (step int64, err error) {
	typed = strings.Join(strings.Fields(typed), "")
	now0 := stepOf(now)
	found, reused := int64(0), false
	for step := now0 - codeSkew; step <= now0+codeSkew; step++ {
		code, err := s.code(step)
		if err != nil {
			return 0, err
		}
		if len(typed) != codeLength || subtle.ConstantTimeCompare([]byte(code), []byte(typed)) != 1 {
			continue
		}
		if step <= last {
			reused = true
		} else if found == 0 {
			found = step
		}
	}
	switch {
	case found != 0:
		return found, nil
	case reused:
		return 0, helpline.Errorf(helpline.Forbidden, "second factor: %w", ErrReused)
	}
	return 0, helpline.Errorf(helpline.Forbidden, "second factor: the code is not right")
}

// String hides the secret.
func (CodeSecret) String() string { return hidden }

// GoString hides the secret.
func (CodeSecret) GoString() string { return hidden }

// LogValue hides the secret.
func (CodeSecret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret from encoders.
func (CodeSecret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// CodeLater says whether the newest step used has still to come: the clock was
// set back.
func CodeLater(last int64, now time.Time) bool { return last > stepOf(now)+codeSkew }

// FactorName tidies what a person calls a second factor or a device; Invalid
// when it is no name of 1 to 24 characters.
func FactorName(name string) (string, error) {
	name = tidy(name)
	if !plain(name, 1, 24) {
		return "", helpline.Errorf(helpline.Invalid, "name of a device: %w", AliasField)
	}
	return name, nil
}
