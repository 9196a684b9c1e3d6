package counsel

import "testing"

// Nobody confirms their own rescue, and who cannot log in enters no share: the
// page must not say that everybody is covered where somebody could not be helped.
func TestPromiseRecoverySaysWhomItCouldNotHelp(t *testing.T) {
	for name, c := range map[string]struct {
		needed int
		who    func(*house) []By
		gone   bool // the other supervisor
		want   Lack
	}{
		"two of three":                    {2, func(h *house) []By { return []By{h.sam, h.kim, h.lou} }, false, ""},
		"two of two":                      {2, func(h *house) []By { return []By{h.sam, h.lou} }, false, Alone},
		"three of three":                  {3, func(h *house) []By { return []By{h.sam, h.kim, h.lou} }, false, Alone},
		"only one supervisor is left":     {2, func(h *house) []By { return []By{h.sam, h.robin, h.lou} }, true, Alone},
		"nobody but the custodians needs": {2, func(h *house) []By { return []By{h.kim, h.robin, h.lou} }, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := ready(t)
			h.custody(c.needed, c.who(h)...)
			h.unlock(h.sam, h.kim, h.robin, h.lou)
			if c.gone {
				h.change(PersonChange{Person: h.kim.Person, Remove: true})
			}
			h.lack(c.want)
			tasks, err := h.rec.Tasks(t.Context(), h.sam.Actor)
			if told := len(tasks) > 0 && tasks[0] == Task(Alone); err != nil || told != (c.want == Alone) {
				t.Errorf("the supervisor is told %v, %v", tasks, err)
			}
		})
	}
}
