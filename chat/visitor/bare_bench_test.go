package visitor_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/link"
	"helpline/chat/promise"
	"helpline/chat/sim"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
	"helpline/chat/wire"
)

// BenchmarkWithoutScripts is 200 conversations of visitors without scripts over
// loopback: how long words take from a form to the counsellor's page, and from
// there into the stream.
func BenchmarkWithoutScripts(b *testing.B) {
	const desks, each = 20, 10
	for b.Loop() {
		to, from := crowd(b, desks, each)
		b.ReportMetric(quantile(to, 50), "ms-to-stream-p50")
		b.ReportMetric(quantile(to, 99), "ms-to-stream-p99")
		b.ReportMetric(quantile(from, 50), "ms-from-form-p50")
		b.ReportMetric(quantile(from, 99), "ms-from-form-p99")
	}
}

func quantile(all []time.Duration, percent int) float64 {
	slices.Sort(all)
	return float64(all[(len(all)-1)*percent/100].Microseconds()) / 1000
}

// crowd brings them together and lets each pair write ten times both ways.
func crowd(b *testing.B, desks, each int) (to, from []time.Duration) {
	words, err := catalogue()
	if err != nil {
		b.Fatal(err)
	}
	profile, err := promise.For("nl")
	if err != nil {
		b.Fatal(err)
	}
	hours := &chattest.Hours{}
	hours.Set(helpline.Hours{Open: true})
	keys, quiet, set := ticket.NewKeys(days(9)), slog.New(slog.DiscardHandler), chat.Defaults()
	set.Settle = time.Millisecond
	engine := chat.New(set, hours, chattest.NewJournal(), &chattest.Counters{}, keys, quiet)
	if err := engine.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithTimeout(b.Context(), benchWithin)
	defer stop()
	go func() { _ = engine.Run(ctx) }()
	mux := http.NewServeMux()
	visitor.New(visitor.Options{
		Line:    helpline.Line{Name: "Talk", Country: "nl", Locales: []helpline.Locale{"en"}, NeutralURL: "https://weather.example/"},
		Profile: profile, Words: words, Engine: engine, Hours: hours, Tickets: keys, Sockets: &link.Sockets{}, Now: time.Now, Log: quiet,
	}).Mount(mux)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	srv.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 2 * desks * each

	var mu sync.Mutex
	sent, arrived := map[string]time.Time{}, map[string]time.Duration{}
	got := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if at, ok := sent[text]; ok && arrived[text] == 0 {
			arrived[text] = time.Since(at)
		}
	}
	say := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		sent[text] = time.Now()
	}
	var people, pairs sync.WaitGroup
	for d := range desks {
		people.Go(func() { benchDesk(b, ctx, engine, d, each, &pairs, say, got) })
	}
	pairs.Add(desks * each)
	for n := range desks * each {
		t, err := engine.Arrive(ctx, chat.Arrival{Audience: helpline.Self, Locale: "en", Version: 1})
		if err != nil {
			b.Fatal(err)
		}
		sealed, err := keys.Seal(t)
		if err != nil {
			b.Fatal(err)
		}
		people.Go(func() { benchVisitor(b, ctx, srv, sealed, n, &pairs, say, got) })
	}
	people.Wait()
	if ctx.Err() != nil {
		b.Fatalf("not done within %s", benchWithin)
	}
	mu.Lock()
	defer mu.Unlock()
	for text, took := range arrived {
		if strings.HasPrefix(text, "c") {
			to = append(to, took)
		} else {
			from = append(from, took)
		}
	}
	if want := desks * each * 10; len(to) < want || len(from) < want {
		b.Fatalf("%d words reached a stream and %d a desk, of %d each", len(to), len(from), want)
	}
	return to, from
}

var marked = regexp.MustCompile(`[cv]\d+x\d+x`)

// benchPace is how often each of the two writes: 200 conversations are then
// 200 messages a second.
const benchPace = 2 * time.Second

// benchWithin ends a measurement that does not come to its end: it takes about
// a minute on a machine that has nothing else to do.
const benchWithin = 3 * time.Minute

// benchDesk takes so many visitors and writes to each ten times.
func benchDesk(b *testing.B, ctx context.Context, engine *chat.Engine, d, each int, pairs *sync.WaitGroup, say, got func(string)) {
	m := chat.Member{Person: helpline.NewID(), Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor}, Locales: []helpline.Locale{"en"}, Audiences: helpline.Audiences(), Chats: each}
	lane := chattest.NewLink()
	board, err := engine.Attend(ctx, m, lane)
	if err != nil {
		b.Error(err)
		return
	}
	board.Receive(&wire.Frame{Kind: wire.Duty, On: true})
	mine := map[helpline.ID]bool{}
	var talks sync.WaitGroup
	for len(mine) < each && ctx.Err() == nil {
		board.Receive(&wire.Frame{Kind: wire.Next, On: true})
		time.Sleep(200 * time.Millisecond)
		f := lane.Last(wire.Board)
		if f == nil {
			continue
		}
		for _, w := range f.Ready[:min(1, len(f.Ready))] {
			board.Receive(&wire.Frame{Kind: wire.Accept, Contact: w.Contact})
		}
		for _, w := range f.Yours {
			if !mine[w.Contact] {
				mine[w.Contact] = true
				talks.Go(func() { benchTalk(b, ctx, engine, m, w.Contact, d*each+len(mine), pairs, say, got) })
			}
		}
	}
	talks.Wait()
}

func benchTalk(b *testing.B, ctx context.Context, engine *chat.Engine, m chat.Member, contact helpline.ID, n int, pairs *sync.WaitGroup, say, got func(string)) {
	l, page := chattest.NewLink(), sim.NewPage(wire.Counsellor, helpline.ID{})
	seat, err := engine.Sit(ctx, m, contact, l)
	if err != nil {
		b.Error(err)
		return
	}
	for _, f := range page.Open() {
		seat.Receive(f)
	}
	pairs.Wait()                                   // until all talk
	time.Sleep(time.Duration(n) * benchPace / 200) // people do not write all at once
	tick := time.NewTicker(benchPace)
	defer tick.Stop()
	for k := 0; k < 18; {
		select {
		case <-l.News():
			frames, _ := l.Take()
			for _, f := range frames {
				for _, text := range marked.FindAllString(f.Entry.Body, -1) {
					got(text)
				}
				for _, a := range page.Handle(f) {
					seat.Receive(a)
				}
			}
		case <-tick.C:
			if k++; k > 10 {
				continue
			}
			text := "c" + strconv.Itoa(n) + "x" + strconv.Itoa(k) + "x"
			say(text)
			_, out := page.Say(`{"text":"` + text + `"}`)
			for _, f := range out {
				seat.Receive(f)
			}
		}
	}
	seat.Gone()
}

// benchVisitor waits, says yes, and writes ten times beside the stream.
func benchVisitor(b *testing.B, ctx context.Context, srv *httptest.Server, cookie string, n int, pairs *sync.WaitGroup, say, got func(string)) {
	secret := helpline.NewID().String()
	ask := func(method, path string, form url.Values) (string, io.ReadCloser) {
		req, err := http.NewRequestWithContext(ctx, method, srv.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			b.Error(err)
			return "", nil
		}
		req.Header.Set("Cookie", "__Host-place="+cookie)
		req.Header.Set("Sec-Fetch-Dest", "iframe")
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := srv.Client().Transport.RoundTrip(req)
		if err != nil {
			return "", nil
		}
		for _, c := range resp.Cookies() {
			cookie = c.Value
		}
		if strings.HasSuffix(path, "by=stream") {
			return "", resp.Body
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		return string(body), nil
	}
	for ctx.Err() == nil {
		page, _ := ask("GET", "/en/talk/words/"+secret, nil)
		if strings.Contains(page, `value="yes"`) {
			ask("POST", "/en/talk/words/"+secret, url.Values{"do": {"yes"}})
		}
		if strings.Contains(page, "by=stream") {
			break
		}
		time.Sleep(300 * time.Millisecond)
	}
	_, stream := ask("GET", "/en/talk/words/"+secret+"?by=stream", nil)
	if stream == nil {
		b.Error("no stream")
		pairs.Done()
		return
	}
	place := cookie
	go func() {
		in := bufio.NewReader(stream)
		for {
			line, err := in.ReadString('>')
			for _, text := range marked.FindAllString(line, -1) {
				got(text)
			}
			if _, src, ok := strings.Cut(line, `class="seen" src="`); ok {
				src, _, _ = strings.Cut(src, `"`)
				req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+src, nil)
				req.Header.Set("Cookie", "__Host-place="+place)
				if resp, err := srv.Client().Transport.RoundTrip(req); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
			}
			if err != nil {
				return
			}
		}
	}()
	pairs.Done()
	pairs.Wait()
	time.Sleep(time.Duration(n)*benchPace/200 + benchPace/2)
	for k := range 10 {
		time.Sleep(benchPace)
		page, _ := ask("GET", "/en/talk/write/"+secret, nil)
		f := form(page)
		text := "v" + strconv.Itoa(n) + "x" + strconv.Itoa(k) + "x"
		f.Set("text", text)
		f.Set("do", "say")
		say(text)
		ask("POST", "/en/talk/write/"+secret, f)
	}
	time.Sleep(4 * benchPace)
	_ = stream.Close()
}
