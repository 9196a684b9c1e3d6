package visitor_test

import (
	"context"
	"strconv"
	"strings"

	"helpline"
	"helpline/chat/visitor"
)

// letterbox takes letters in memory. Its codes have the form of real ones, and
// nothing stands behind any other.
type letterbox struct {
	kept    []helpline.Left
	full    error
	threads map[helpline.ThreadKey]*helpline.Thread
	forms   map[helpline.ID]helpline.ThreadKey
	weighed int // codes
	notes   int // that are kept whatever is erased
}

var _ visitor.Inbox = (*letterbox)(nil)

// codeFor is a code of this letterbox.
func codeFor(k helpline.ThreadKey) string {
	return "babab-dabab-fabab-gabab-habab-" + string("bdfghjklmn"[k[0]%10]) + "obob"
}

func (b *letterbox) Leave(_ context.Context, _ string, l helpline.Left) (helpline.ReturnCode, helpline.ThreadKey, error) {
	if b.full != nil {
		return helpline.ReturnCode{}, helpline.ThreadKey{}, b.full
	}
	if b.threads == nil {
		b.threads, b.forms = map[helpline.ThreadKey]*helpline.Thread{}, map[helpline.ID]helpline.ThreadKey{}
	}
	k, again := b.forms[l.Form]
	if !again {
		k = helpline.ThreadKey{byte(len(b.threads) + 1)}
		b.kept, b.forms[l.Form] = append(b.kept, l), k
		b.threads[k] = &helpline.Thread{ID: helpline.NewID(), Kind: l.Kind, Audience: l.Audience, Waiting: true, Due: 20_800, Ends: 20_890, CodeEnds: 21_100}
		b.say(k, false, l.Body)
	}
	return helpline.NewReturnCode(codeFor(k)), k, nil
}

// say puts a letter into a thread.
func (b *letterbox) say(k helpline.ThreadKey, line bool, body string) {
	t := b.threads[k]
	t.Letters = append(t.Letters, helpline.Letter{ID: helpline.NewID(), FromLine: line, New: line, Day: 20_790, Body: body})
	t.Waiting = !line
}

func (b *letterbox) Enter(_ context.Context, _, typed string) (helpline.ThreadKey, error) {
	if b.full != nil {
		return helpline.ThreadKey{}, b.full
	}
	typed = strings.ToLower(strings.TrimSpace(typed))
	if n := strings.Count(typed, "-") + 1; n != 6 {
		return helpline.ThreadKey{}, helpline.Errorf(helpline.Invalid, "read a code: %w", helpline.Slip{What: "number", Want: 6})
	}
	for at, g := range strings.Split(typed, "-") {
		if strings.ContainsAny(g, "cqwxye") {
			return helpline.ThreadKey{}, helpline.Errorf(helpline.Invalid, "read a code: %w", helpline.Slip{What: "unknown", At: at + 1})
		}
	}
	b.weighed++
	for k := range b.threads {
		if codeFor(k) == typed {
			return k, nil
		}
	}
	return helpline.ThreadKey{}, helpline.Errorf(helpline.NotFound, "no such code")
}

func (b *letterbox) Read(_ context.Context, k helpline.ThreadKey) (helpline.Thread, error) {
	t, known := b.threads[k]
	if !known {
		return helpline.Thread{}, helpline.Errorf(helpline.NotFound, "no such thread")
	}
	out := *t
	out.Letters = append([]helpline.Letter(nil), t.Letters...)
	for i := range t.Letters {
		t.Letters[i].New = false
	}
	return out, nil
}

func (b *letterbox) Add(_ context.Context, k helpline.ThreadKey, l helpline.Left) error {
	if b.full != nil {
		return b.full
	}
	if _, known := b.threads[k]; !known {
		return helpline.Errorf(helpline.NotFound, "no such thread")
	}
	if _, again := b.forms[l.Form]; !again {
		b.forms[l.Form] = k
		b.kept = append(b.kept, l)
		b.say(k, false, l.Body)
	}
	return nil
}

func (b *letterbox) Erase(_ context.Context, k helpline.ThreadKey) (int, error) {
	if _, known := b.threads[k]; !known {
		return 0, helpline.Errorf(helpline.NotFound, "no such thread")
	}
	delete(b.threads, k)
	return b.notes, nil
}

// says is the body of a letter.
func says(text string) string { return `{"text":` + strconv.Quote(text) + `}` }
