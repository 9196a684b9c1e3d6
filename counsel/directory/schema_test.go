package directory_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"helpline"
	"helpline/counsel/directory"
)

// own is a small schema of our own, in the shape of the published one.
func own() fstest.MapFS {
	return fstest.MapFS{
		"service.json":      {Data: []byte(`{"type":"object","required":["id","house_colour"],"properties":{"url":{"type":"string","format":"uri"},"phones":{"type":"array","items":{"$ref":"phone.json"}}}}`)},
		"organization.json": {Data: []byte(`{"type":"object","required":["website"]}`)},
		"phone.json":        {Data: []byte(`{"type":"object","properties":{"extension":{"type":"number","maximum":5}}}`)},
	}
}

func TestASchemaFromAFolderNamesWhatBreaksItWithThePath(t *testing.T) {
	s, err := directory.ReadSchema(own())
	if err != nil {
		t.Fatal(err)
	}
	organization := map[string]any{"id": uuid(9), "name": "House", "description": "d", "services": []any{service(3, func(o map[string]any) { delete(o, "house_colour") })}}
	err = s.Check(read(t, []any{service(1, nil), organization}))
	all, ok := errors.AsType[directory.Problems](err)
	if !ok || helpline.KindOf(err) != helpline.Invalid {
		t.Fatalf("got %v", err)
	}
	text := all.Error()
	for _, want := range []string{
		"[0].phones[0].extension: by the published schema: ", "[1]: by the published schema: missing property 'website'",
		"[1].services[0]: by the published schema: missing property 'house_colour'", "[1].services[0].phones[0].extension: ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	good := service(1, func(o map[string]any) { delete(o, "phones") })
	if err := s.Check(read(t, good)); err != nil {
		t.Errorf("what fits is refused: %v", err)
	}
}

func TestASchemaThatCannotBeUsedIsRefused(t *testing.T) {
	for name, change := range map[string]func(fstest.MapFS){
		"a missing file":      func(f fstest.MapFS) { delete(f, "phone.json") },
		"no JSON":             func(f fstest.MapFS) { f["service.json"].Data = []byte("{") },
		"something elsewhere": func(f fstest.MapFS) { f["phone.json"].Data = []byte(`{"$ref":"https://example.org/phone.json"}`) },
		"a way out":           func(f fstest.MapFS) { f["phone.json"].Data = []byte(`{"$ref":"file:///etc/passwd"}`) },
	} {
		f := own()
		change(f)
		if _, err := directory.ReadSchema(f); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// published gives the folder of the published schema and examples, which stand
// beside the repository and are never copied into it.
func published(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("HELPLINE_HSDS"), filepath.Join("..", "..", "..", "shared", "data", "hsds-3.0")} {
		if _, err := os.Stat(filepath.Join(dir, "schema", "service.json")); dir != "" && err == nil {
			return dir
		}
	}
	t.Log("the published schema is not here: set HELPLINE_HSDS to its folder; nothing was compared with it")
	return ""
}

func TestPublishedSchemaTakesOurStarterDirectoryAndTheExamplesGoInAndOutUnchanged(t *testing.T) {
	dir := published(t)
	if dir == "" {
		return
	}
	s, err := directory.ReadSchema(os.DirFS(filepath.Join(dir, "schema")))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(starter(t)); err != nil {
		t.Errorf("the starter directory: %v", err)
	}
	for _, name := range []string{"service_full.json", "organization_full.json"} {
		t.Run(name, func(t *testing.T) {
			text, err := fs.ReadFile(os.DirFS(dir), "examples/"+name)
			if err != nil {
				t.Fatal(err)
			}
			d, err := directory.Read(bytes.NewReader(text), now)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := directory.Of(d.Entries())
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := kept.Write(&out); err != nil {
				t.Fatal(err)
			}
			wantSame(t, out.Bytes(), text)
			if err := s.Check(kept); err != nil {
				t.Errorf("what we give back: %v", err)
			}
			p := kept.Providers()
			if len(p) != 1 || p[0].Name != "Community Counselling" || p[0].Languages[0] != "ur" || p[0].CheckedOn != "2005-01-01" {
				t.Errorf("the desk sees %+v", p)
			}
		})
	}
}

// ruleBreaks are changes of an example that both our rules and the published
// schema must refuse.
var ruleBreaks = map[string]func(map[string]any){
	"a missing name":    func(o map[string]any) { delete(o, "name") },
	"an unknown status": func(o map[string]any) { o["status"] = "open" },
	"a text for a list": func(o map[string]any) { o["phones"] = "112" },
	"a bad id":          func(o map[string]any) { o["id"] = "1" },
	"null":              func(o map[string]any) { o["email"] = nil },
}

func TestPublishedSchemaAndOurRulesRefuseTheSame(t *testing.T) {
	dir := published(t)
	if dir == "" {
		return
	}
	s, err := directory.ReadSchema(os.DirFS(filepath.Join(dir, "schema")))
	if err != nil {
		t.Fatal(err)
	}
	for name, break_ := range ruleBreaks {
		text, err := os.ReadFile(filepath.Join(dir, "examples", "service_full.json"))
		if err != nil {
			t.Fatal(err)
		}
		var o map[string]any
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatal(err)
		}
		break_(o)
		broken := written(t, o)
		if len(problems(t, broken)) == 0 {
			t.Errorf("%s: our rules let it through", name)
		}
		d, err := directory.Of([]directory.Entry{{ID: helpline.ID{1}, JSON: []byte(broken)}}) // as from a store: not checked by our rules
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(d); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: the published schema lets it through: %v", name, err)
		}
	}
}
