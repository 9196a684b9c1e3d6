package main

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/templates/i18n"
)

// badRota is a line whose rota has everything that can be done wrongly: three
// rotas, published weeks, drafts, an offer, and the nights on which clocks are
// set. A supervisor has a login, everybody else a phone for own shifts.
type badRota struct {
	*stroll
	words          *i18n.Catalogue
	boss           helpline.Actor
	keys           map[string]string // cookies by name
	who            map[string]helpline.ID
	chat, phone    rota.Rota
	evening, late  rota.Template
	first          rota.Date // of the published week
	spring, autumn rota.Date
}

// lastSunday is the last Sunday of a month of next year.
func lastSunday(month time.Month) rota.Date {
	d := rota.Date{Year: time.Now().Year() + 1, Month: month, Day: 31}
	return d.Plus(-int(d.Weekday()))
}

func newBadRota(t *testing.T) *badRota {
	b := &badRota{
		stroll: newStroll(t, 9), keys: map[string]string{}, who: map[string]helpline.ID{}, first: monday(),
		spring: lastSunday(time.March), autumn: lastSunday(time.October),
	}
	var err error
	if b.words, err = i18n.Load(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"boss", "A", "B", "C", "D", "E", "F"} {
		who := walker{roles: []helpline.Role{helpline.Counsellor}, phone: true}
		if name == "boss" {
			who = walker{roles: []helpline.Role{helpline.Supervisor}, login: true}
		}
		b.keys[name], b.who[name] = b.cookies(who)
		id := b.who[name]
		b.exec(`UPDATE person SET alias = ? WHERE id = ?`, "Alias "+name, id[:])
	}
	b.boss = helpline.Actor{Person: b.who["boss"], Roles: []helpline.Role{helpline.Supervisor}}
	b.chat = rota.Rota{ID: helpline.NewID(), Name: "Chat", Way: rota.SelfSignUp, Setup: rota.Pair}
	b.phone = rota.Rota{ID: helpline.NewID(), Name: "Phone", Way: rota.SelfSignUp, Setup: rota.Pair, Needs: []string{"phone"}}
	b.evening = rota.Template{ID: helpline.NewID(), Rota: b.chat.ID, Name: "Evening", Days: 127, From: 19 * 60, To: 22 * 60}
	b.late = rota.Template{ID: helpline.NewID(), Rota: b.phone.ID, Name: "Late", Days: 127, From: 20 * 60, To: 23 * 60}
	yesterday := rota.DateOf(time.Now()).Plus(-2)
	b.edit(counsel.RotaEdit{Several: []counsel.RotaEdit{
		{Rota: &b.chat},
		{Rota: &b.phone},
		{Template: &b.evening},
		{Template: &b.late},
		{SkillsOf: b.who["A"], Skills: []rota.Skill{{Name: "phone"}}},
		{SkillsOf: b.who["C"], Skills: []rota.Skill{{Name: "phone", Expires: yesterday}}},
	}})
	return b
}

func (b *badRota) edit(e counsel.RotaEdit) {
	b.t.Helper()
	if _, err := b.line.rotas.Edit(b.t.Context(), b.boss, e); err != nil {
		b.t.Fatal(err)
	}
}

// draft makes one of some days with people on its shifts, in their order.
func (b *badRota) draft(of rota.Rota, first rota.Date, days int, on ...string) rota.Version {
	b.t.Helper()
	v := rota.Version{ID: helpline.NewID(), Rota: of.ID, First: first, Last: first.Plus(days - 1)}
	b.edit(counsel.RotaEdit{NewVersion: &v})
	for i, s := range b.shifts(v.ID) {
		if i < len(on) {
			for name := range strings.FieldsSeq(on[i]) {
				b.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: s.ID, Person: b.who[name], Role: rota.Counsellor}})
			}
		}
	}
	return v
}

func (b *badRota) shifts(version helpline.ID) []rota.Shift {
	b.t.Helper()
	book, err := b.line.rotas.Book(b.t.Context(), version)
	if err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(book.Shifts, func(s rota.Shift) bool { return s.Version != version })
}

func (b *badRota) published(of rota.Rota, first rota.Date, days int, on ...string) rota.Version {
	b.t.Helper()
	v := b.draft(of, first, days, on...)
	book, err := b.line.rotas.Book(b.t.Context(), v.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, one := range rota.Check(book, b.line.rotas.Law()) {
		if one.Level == rota.Advisory && one.Rule != rota.RuleCoverMin {
			b.edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v.ID, Key: one.Key(), Reason: rota.ReasonKnown}})
		}
	}
	b.do(b.boss, rota.Step{Do: rota.DoPublish, Version: v.ID})
	return v
}

func (b *badRota) do(who helpline.Actor, s rota.Step) rota.Change {
	b.t.Helper()
	c, err := b.line.rotas.Do(b.t.Context(), who, s)
	if err != nil {
		b.t.Fatalf("%s: %v", s.Do, err)
	}
	return c
}

// place is somebody's standing place on a shift.
func (b *badRota) place(name string, shift helpline.ID) rota.Assignment {
	b.t.Helper()
	for _, a := range b.state().Assignments {
		if a.Person == b.who[name] && a.Shift == shift && a.State.Stands() {
			return a
		}
	}
	b.t.Fatalf("%s has no place there", name)
	return rota.Assignment{}
}

// offered puts somebody's place on offer and gives the offer.
func (b *badRota) offered(name string, shift helpline.ID) helpline.ID {
	b.t.Helper()
	who := helpline.Actor{Person: b.who[name], Roles: []helpline.Role{helpline.Counsellor}}
	return b.do(who, rota.Step{Do: rota.DoOffer, Assignment: b.place(name, shift).ID}).Swaps[0].ID
}

// state is every row of the rotas on the disk, but for who checked in.
func (b *badRota) state() counsel.RotaState {
	b.t.Helper()
	s, err := b.line.db.LoadRotas(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	s.CheckIns = nil
	return s
}

func (b *badRota) speak(name, language string) {
	id := b.who[name]
	b.exec(`UPDATE person SET language = ? WHERE id = ?`, language, id[:])
}

func (b *badRota) send(name, path string, fields ...string) met {
	b.t.Helper()
	if fields == nil {
		return b.ask(http.MethodGet, b.line.conf.StaffHost, path, b.keys[name], nil)
	}
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.ask(http.MethodPost, b.line.conf.StaffHost, path, b.keys[name], form)
}

// sentence is a sentence of the catalogue. What only the page knows is "*".
type sentence struct {
	key  string
	args []any
}

func says(key string, args ...any) sentence { return sentence{key, args} }

// wants fails unless a page says a sentence in a language.
func (b *badRota) wants(page, language string, s sentence) {
	b.t.Helper()
	text := b.words.In(helpline.Locale(language)).T(s.key, s.args...)
	if strings.Contains(text, s.key) || strings.TrimSpace(strings.ReplaceAll(text, "*", "")) == "" {
		b.t.Fatalf("%s has no sentence for %s", language, s.key)
	}
	plain := html.UnescapeString(page)
	for part := range strings.SplitSeq(text, "*") {
		if !strings.Contains(plain, part) {
			b.t.Errorf("in %s the page does not say %q:\n%s", language, text, onlyText(page))
			return
		}
	}
}

// onlyText is a page without its marks.
func onlyText(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	var out strings.Builder
	in := true
	for _, r := range page {
		switch {
		case r == '<':
			in = true
		case r == '>':
			in = false
			out.WriteByte(' ')
		case !in:
			out.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(html.UnescapeString(out.String())), " ")
}

// badForm is one thing that must not be, as somebody's browser sends it.
type badForm struct {
	name   string
	who    string
	path   string
	fields []string
	status int
	says   sentence
	keeps  []string // what was typed, and stands in the form again
}

// Every bad input of the rota, through the real pages over the real store: it
// is refused in plain words, in English and in Dutch, what was typed comes back,
// and not one row is different.
func TestBadInputOfTheRotaIsSaidAndNothingIsHalfDone(t *testing.T) {
	t.Parallel()
	b := newBadRota(t)
	week := b.published(b.chat, b.first, 7, "A B", "A", "B", "D F", "A")
	chat := b.shifts(week.ID)
	night := b.published(b.chat, b.spring, 1, "A")
	spring := b.shifts(night.ID)[0]
	calls := b.published(b.phone, b.first.Plus(14), 7, "A")
	busy := b.draft(b.phone, b.first, 7, "A") // who has the evening of the chat already
	expired := b.draft(b.phone, b.first.Plus(7), 7, "C")
	cannot := b.offered("A", b.shifts(calls.ID)[0].ID) // which asks for a skill
	moved := b.offered("A", chat[4].ID)
	begun := b.begunOffer()
	dropped := b.who["F"]
	if err := b.line.db.ChangePerson(t.Context(), counsel.PersonChange{Person: dropped, Remove: true}); err != nil {
		t.Fatal(err)
	}
	if err := b.line.rotas.Tend(t.Context()); err != nil { // ends the offer of what has begun
		t.Fatal(err)
	}
	shift := func(s rota.Shift) string { return "/rota/shift/" + s.ID.String() }
	if got := b.send("boss", shift(chat[4])+"/step", "do", "move", "day", chat[4].Date.String(), "from", "18.30", "to", "22:00"); got.status != http.StatusSeeOther {
		t.Fatalf("a shift is moved: %d %s", got.status, onlyText(got.body))
	}
	template := "/rota/setup/" + b.chat.ID.String()
	hours := func(from, to, endDay string) []string {
		return []string{"name", "Wrong", "days", "1", "from", from, "to", to, "endday", endDay, "break", "0"}
	}
	move := func(s rota.Shift, day rota.Date, from, to string) badForm {
		return badForm{who: "boss", path: shift(s) + "/step", fields: []string{"do", "move", "day", day.String(), "from", from, "to", to}, status: 422}
	}
	named := func(name string, f badForm, s sentence, keeps ...string) badForm {
		f.name, f.says, f.keeps = name, s, keeps
		return f
	}
	for _, c := range []badForm{
		{"one person at the shifts of two rotas", "boss", "/rota/plan/" + busy.ID.String(), []string{"do", "publish"}, 409, says("rota.rule.overlap", "who", "*", "when", "*", "have", "*"), nil},
		{"a shift of 0 hours", "boss", template, hours("19:00", "19:00", "0"), 422, says("rota.fault.same"), []string{`value="Wrong"`}},
		{"a shift of 30 hours", "boss", template, hours("00:00", "06:00", "1"), 422, says("rota.fault.long"), []string{`value="06:00"`}},
		{"a shift that ends before it starts", "boss", template, hours("19:00", "18:00", "0"), 422, says("rota.fault.before"), []string{`value="18:00"`}},
		named("a published shift that would take no time", move(chat[1], chat[1].Date, "19:00", "19.00"), says("rota.fault.same"), `id="move-to" name="to" value="19:00"`),
		named("a published shift at no time", move(chat[1], chat[1].Date, "19:00", "25:00"), says("rota.fault.clock"), `value="25:00"`),
		named("a published shift in the past", move(chat[1], rota.DateOf(time.Now()).Plus(-1), "19:00", "22:00"), says("plan.problem.step.past"), `id="move-to"`),
		named("a published shift on a day of no version", move(chat[1], b.first.Plus(40), "19:00", "22:00"), says("plan.problem.step.period"), b.first.Plus(40).String()),
		named("a wall time that does not exist", move(spring, b.spring, "02:10", "02:50"), says("rota.sheet.swallowed"), `value="02:10"`),
		{"a claim after the shift began", "D", "/shifts/open/" + begun.String(), []string{"do", "take"}, 409, says("shifts.now.begun"), nil},
		{"a swap whose shift moved", "D", "/shifts/open/" + moved.String(), []string{"do", "take"}, 409, says("shifts.now.moved"), nil},
		{"a claim by somebody who lacks a skill", "D", "/shifts/open/" + cannot.String(), []string{"do", "take"}, 409, says("rota.rule.skill.missing", "who", "*", "what", "phone", "when", "*"), nil},
		{"a claim by somebody whose skill has expired", "C", "/shifts/open/" + cannot.String(), []string{"do", "take"}, 409, says("rota.rule.skill.expired", "who", "*", "what", "phone", "when", "*"), nil},
		{"an expired skill in a draft", "boss", "/rota/plan/" + expired.ID.String(), []string{"do", "publish"}, 409, says("rota.rule.skill.expired", "who", "*", "what", "phone", "when", "*"), nil},
		{"a claim of one's own shift", "A", "/shifts/open/" + cannot.String(), []string{"do", "take"}, 409, says("shifts.now.ended"), nil},
		{"leave that ends before it begins", "B", "/shifts/off", []string{"first", b.first.Plus(3).String(), "last", b.first.String()}, 422, says("shifts.fault.dates"), []string{b.first.Plus(3).String()}},
		{"a removed person on a draft", "boss", "/rota/shift/" + b.shifts(busy.ID)[1].ID.String() + "?version=" + busy.ID.String(), []string{"do", "give", "person", dropped.String(), "role", "counsellor"}, 409, says("plan.problem.gone"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			for _, language := range []string{"en", "nl"} {
				b.speak(c.who, language)
				before := b.state()
				got := b.send(c.who, c.path, c.fields...)
				if got.status != c.status {
					t.Errorf("answered %d, want %d: %s", got.status, c.status, onlyText(got.body))
				}
				b.wants(got.body, language, c.says)
				for _, typed := range c.keeps {
					if !strings.Contains(got.body, typed) {
						t.Errorf("what was typed is lost: %s", typed)
					}
				}
				if after := b.state(); !reflect.DeepEqual(before, after) {
					t.Errorf("something is half done: %+v is %+v", before, after)
				}
			}
		})
	}
	b.t = t
	b.leaveOverAShift(chat[0])
	b.aRemovedPersonsShifts(week)
	b.twoClaims(chat[2])
	b.theNightsOnWhichClocksAreSet()
	b.aTemplateUnderPublishedWeeks(week)
}

// begunOffer is an offer of a shift that began a minute ago.
func (b *badRota) begunOffer() helpline.ID {
	b.t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	day := rota.DateOf(now.Add(-time.Minute).In(b.line.conf.Zone))
	v := rota.Version{ID: helpline.NewID(), Rota: b.chat.ID, First: day, Last: day, State: rota.Published, By: b.boss.Person, At: now}
	s := rota.Shift{ID: helpline.NewID(), Version: v.ID, Rota: b.chat.ID, Name: "Now", Date: day, Start: now.Add(-time.Minute), End: now.Add(2 * time.Hour)}
	a := rota.Assignment{ID: helpline.NewID(), Shift: s.ID, Person: b.who["E"], Role: rota.Counsellor, State: rota.Offered, Source: rota.ByHand}
	a.Place = a.ID
	w := rota.Swap{ID: helpline.NewID(), Kind: rota.Offer, State: rota.Open, By: a.Person, From: rota.Bound{Assignment: a.ID}}
	put := counsel.RotaState{Versions: []rota.Version{v}, Shifts: []rota.Shift{s}, Assignments: []rota.Assignment{a}, Swaps: []rota.Swap{w}}
	err := b.line.db.ChangeRotas(b.t.Context(), counsel.RotaChange{Serial: b.state().Serial, Put: put})
	if err == nil {
		err = b.line.rotas.Reload(b.t.Context())
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return w.ID
}

// leaveOverAShift: days off over an own published shift are not noted; the page
// names the shift, and the days stand in the form again.
func (b *badRota) leaveOverAShift(s rota.Shift) {
	b.t.Helper()
	for _, language := range []string{"en", "nl"} {
		b.speak("B", language)
		before := b.state()
		got := b.send("B", "/shifts/off", "first", s.Date.String(), "last", s.Date.String())
		text := b.words.In(helpline.Locale(language)).N("shifts.off.meets", 1)
		if got.status != http.StatusConflict || !strings.Contains(onlyText(got.body), text) || !strings.Contains(got.body, `value="`+s.Date.String()+`"`) {
			b.t.Errorf("leave over a published shift: %d %s", got.status, onlyText(got.body))
		}
		if !reflect.DeepEqual(before, b.state()) {
			b.t.Error("leave over a published shift is half done")
		}
	}
}

// aRemovedPersonsShifts: they are named to whoever plans, and answered for.
func (b *badRota) aRemovedPersonsShifts(week rota.Version) {
	b.t.Helper()
	for _, language := range []string{"en", "nl"} {
		b.speak("boss", language)
		got := b.send("boss", "/rota?rota="+b.chat.ID.String()+"&week="+week.First.String())
		if text := b.words.In(helpline.Locale(language)).N("plan.left", 1); got.status != http.StatusOK || !strings.Contains(onlyText(got.body), text) {
			b.t.Errorf("what somebody who was removed left: %d %s", got.status, onlyText(got.body))
		}
	}
	before := b.state()
	if got := b.send("F", "/shifts"); got.status == http.StatusOK {
		b.t.Error("a removed person's phone shows shifts")
	}
	for _, a := range before.Assignments {
		if a.Person == b.who["F"] && a.State.Stands() {
			b.t.Errorf("somebody who was removed still has a place: %+v", a)
		}
	}
}

// twoClaims: of two phones at the same moment one has the shift, and the other
// reads in its own language that somebody was faster.
func (b *badRota) twoClaims(s rota.Shift) {
	b.t.Helper()
	offer := b.offered("B", s.ID)
	b.speak("D", "en")
	b.speak("E", "nl")
	names, languages := []string{"D", "E"}, []string{"en", "nl"}
	answers := make([]*http.Request, len(names))
	for i, name := range names {
		r, err := http.NewRequest(http.MethodPost, "http://"+b.world.addr+"/shifts/open/"+offer.String(), strings.NewReader("do=take"))
		if err != nil {
			b.t.Fatal(err)
		}
		r.Host = b.line.conf.StaffHost
		for key, value := range map[string]string{
			"Origin": "https://" + r.Host, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded", "Cookie": b.keys[name],
		} {
			r.Header.Set(key, value)
		}
		answers[i] = r
	}
	var all sync.WaitGroup
	got := make([]met, len(names))
	errs := make([]error, len(names))
	begin := make(chan struct{})
	for i := range names {
		all.Go(func() {
			<-begin
			got[i], errs[i] = fetch(answers[i])
		})
	}
	close(begin)
	all.Wait()
	won := 0
	for i := range got {
		switch {
		case errs[i] != nil:
			b.t.Fatal(errs[i])
		case got[i].status == http.StatusSeeOther && strings.HasPrefix(got[i].location, "/shifts?done=taken"):
			won++
		case got[i].status == http.StatusConflict:
			b.wants(got[i].body, languages[i], says("shifts.now.faster"))
		default:
			b.t.Errorf("%s was answered %d %s", names[i], got[i].status, onlyText(got[i].body))
		}
	}
	owners := 0
	for _, a := range b.state().Assignments {
		if a.Shift == s.ID && a.State.Stands() && !a.Minds {
			owners++
		}
	}
	if won != 1 || owners != 1 {
		b.t.Errorf("of two claims at once %d won, and the place has %d owners", won, owners)
	}
}

// theNightsOnWhichClocksAreSet: a shift that does not exist is missed in its
// draft, and one that comes twice takes as long as it takes.
func (b *badRota) theNightsOnWhichClocksAreSet() {
	b.t.Helper()
	nights := rota.Rota{ID: helpline.NewID(), Name: "Nights", Way: rota.Managed, Setup: rota.Pair}
	b.edit(counsel.RotaEdit{Several: []counsel.RotaEdit{
		{Rota: &nights},
		{Template: &rota.Template{Rota: nights.ID, Name: "Two", Days: 127, From: 130, To: 170}},
	}})
	for _, c := range []struct {
		day    rota.Date
		shifts int
		says   sentence
	}{
		{b.spring, 0, says("rota.rule.time.swallowed", "when", "*")},
		{b.autumn, 1, says("rota.rule.time.longer", "when", "*", "have", "*", "want", "*")},
	} {
		v := b.draft(nights, c.day, 1)
		if n := len(b.shifts(v.ID)); n != c.shifts {
			b.t.Errorf("%s has %d shifts at that hour", c.day, n)
		}
		for _, language := range []string{"en", "nl"} {
			b.speak("boss", language)
			before := b.state()
			got := b.send("boss", "/rota/plan/"+v.ID.String())
			b.wants(got.body, language, c.says)
			if got.status != http.StatusOK || !reflect.DeepEqual(before, b.state()) {
				b.t.Errorf("the page of the draft: %d", got.status)
			}
		}
	}
}

// aTemplateUnderPublishedWeeks: it changes, and no published shift or place
// does; the page of those weeks says what is different now.
func (b *badRota) aTemplateUnderPublishedWeeks(week rota.Version) {
	b.t.Helper()
	before := b.state()
	got := b.send("boss", "/rota/setup/"+b.chat.ID.String(), "id", b.evening.ID.String(), "name", "Evening", "days", "1", "days", "2", "from", "20.00", "to", "23:00", "endday", "0", "break", "0")
	after := b.state()
	if got.status != http.StatusSeeOther || !reflect.DeepEqual(before.Shifts, after.Shifts) || !reflect.DeepEqual(before.Assignments, after.Assignments) || !reflect.DeepEqual(before.Versions, after.Versions) {
		b.t.Errorf("a template that changes moves what is published: %d", got.status)
	}
	i := slices.IndexFunc(after.Templates, func(one rota.Template) bool { return one.ID == b.evening.ID })
	if after.Templates[i].From != 20*60 {
		b.t.Errorf("the template is %+v", after.Templates[i])
	}
	for _, language := range []string{"en", "nl"} {
		b.speak("boss", language)
		page := b.send("boss", "/rota/plan/"+week.ID.String())
		b.wants(page.body, language, says("rota.rule.template.moved", "when", "*"))
		b.wants(page.body, language, says("rota.rule.template.gone", "when", "*"))
	}
}

// fetch sends a request that is whole and reads the answer.
func fetch(r *http.Request) (met, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return met{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return met{answer.StatusCode, answer.Header.Get("Location"), string(text), answer.Cookies()}, err
}
