package helpline_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "helpline"

// row is one line of the import table: what a package may import of ours, from
// outside, and which parts of the standard library it may not. A pattern that
// ends in /* covers everything below; "*" covers everything.
type row struct {
	ours    []string
	outside []string
	never   []string // of the standard library
	only    map[string]string
}

// The root package writes itself as "." in the table.
var (
	inputOutput = []string{"os", "os/*", "net", "net/*", "syscall", "database/*", "log/syslog", "plugin"}
	webAndSQL   = []string{"net/http", "net/http/*", "database/*"}
	leaf        = []string{"golang.org/x/crypto/*"}
	trade       = []string{"counsel/vault", "counsel/staff", "counsel/rota", "counsel/directory", "counsel/report", "counsel/audit", "counsel/retention"}
)

// imports is the import table: who may import whom. It is the law of the
// house; a change to it comes with the reason in docs/adr.
var imports = map[string]row{
	".":            {never: inputOutput},
	"chat/wire":    {ours: []string{"."}, never: inputOutput},
	"chat/gate":    {ours: []string{"."}, never: inputOutput},
	"chat/promise": {ours: []string{"."}, never: inputOutput},
	"chat/ticket":  {ours: []string{"."}, outside: leaf, never: inputOutput},
	"chat":         {ours: []string{".", "chat/wire", "chat/ticket"}, never: append([]string{"os", "os/*"}, webAndSQL...)},
	"chat/link": {
		ours: []string{".", "chat/wire"}, outside: []string{"github.com/gorilla/websocket"},
		only: map[string]string{"github.com/gorilla/websocket": "socket.go"},
	},
	"chat/sim": {ours: []string{".", "chat/wire"}},
	"chat/visitor": {ours: []string{
		".", "chat", "chat/link", "chat/wire", "chat/ticket", "chat/gate", "chat/promise",
		"templates", "templates/i18n", "static",
	}},
	"chat/chattest":     {ours: []string{".", "chat", "chat/wire", "chat/sim"}},
	"counsel":           {ours: append([]string{".", "chat", "chat/sim"}, trade...), never: webAndSQL},
	"counsel/vault":     {ours: []string{"."}, outside: leaf, never: webAndSQL},
	"counsel/staff":     {ours: []string{"."}, outside: append([]string{"github.com/go-webauthn/webauthn/*", "github.com/pquerna/otp/*", "github.com/boombuler/barcode/qr", "github.com/ccojocar/zxcvbn-go/*"}, leaf...), never: webAndSQL},
	"counsel/rota":      {ours: []string{"."}, outside: append([]string{"github.com/arran4/golang-ical"}, leaf...), never: webAndSQL},
	"counsel/directory": {ours: []string{"."}, outside: append([]string{"github.com/santhosh-tekuri/jsonschema/v6"}, leaf...), never: webAndSQL},
	"counsel/report":    {ours: []string{"."}, outside: append([]string{"github.com/xuri/excelize/v2"}, leaf...), never: webAndSQL},
	"counsel/audit":     {ours: []string{"."}, outside: leaf, never: webAndSQL},
	"counsel/retention": {ours: []string{"."}, outside: leaf, never: webAndSQL},
	"counsel/console": {
		ours:    append([]string{".", "chat", "chat/link", "chat/promise", "counsel", "templates", "templates/i18n", "static"}, trade...),
		outside: []string{"github.com/alexedwards/scs/v2/*"}, never: []string{"database/*"},
	},
	"templates/i18n":  {ours: []string{"."}, outside: []string{"github.com/nicksnyder/go-i18n/v2/*", "golang.org/x/text/language"}},
	"templates":       {ours: []string{".", "templates/i18n", "static"}, outside: []string{"github.com/a-h/templ/*"}},
	"static":          {},
	"store":           {ours: append([]string{".", "chat", "counsel"}, trade...), outside: []string{"modernc.org/sqlite/*"}, never: []string{"net/http", "net/http/*"}},
	"store/storetest": {ours: append([]string{".", "chat", "counsel"}, trade...)},
	"cmd/helpline":    {ours: []string{"*"}, outside: []string{"*"}},
}

// forTests may be imported by any _test.go file.
var forTests = row{
	ours:    []string{"chat/chattest", "store/storetest", "chat/sim"},
	outside: []string{"github.com/google/go-cmp/*", "github.com/rogpeppe/go-internal/*"},
}

// covers says whether one of the patterns covers an import path.
func covers(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pat string) bool {
		if base, below := strings.CutSuffix(pat, "/*"); below {
			return p == base || strings.HasPrefix(p, base+"/")
		}
		return pat == "*" || pat == p
	})
}

// judge says why a file of a package may not import a path, or "" when it may.
// A file whose name ends in _test.go has its own extras, and the standard
// library whole.
func judge(pkg, file, imported string) string {
	r, known := imports[pkg]
	if !known {
		return fmt.Sprintf("package %s is not on the import table: put it into a package that is, or change the table and say why in docs/adr", pkg)
	}
	test := strings.HasSuffix(file, "_test.go")
	what, ours := strings.CutPrefix(imported, module+"/")
	if imported == module {
		what, ours = ".", true
	}
	switch first, _, _ := strings.Cut(imported, "/"); {
	case ours && what == "cmd/helpline":
		return fmt.Sprintf("%s/%s imports cmd/helpline: nothing may", pkg, file)
	case ours && test && (what == pkg || covers(forTests.ours, what)), ours && covers(r.ours, what):
		return ""
	case ours:
		return fmt.Sprintf("%s/%s imports our package %s: the table gives %s only %s", pkg, file, what, pkg, list(r.ours))
	case !strings.Contains(first, "."): // the standard library
		if !test && covers(r.never, imported) && imported != "net/netip" { // netip reads addresses and does no I/O
			return fmt.Sprintf("%s/%s imports %s: the table forbids that part of the standard library to %s", pkg, file, imported, pkg)
		}
		return ""
	case test && covers(forTests.outside, imported):
		return ""
	case !covers(r.outside, imported):
		return fmt.Sprintf("%s/%s imports %s: the table gives %s from outside only %s", pkg, file, imported, pkg, list(r.outside))
	case !test && r.only[imported] != "" && r.only[imported] != file:
		return fmt.Sprintf("%s/%s imports %s: only %s may", pkg, file, imported, r.only[imported])
	}
	return ""
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// goFiles calls see for every Go file of the tree, with its package folder.
func goFiles(t *testing.T, see func(pkg, file string, f *ast.File)) {
	t.Helper()
	seen := 0
	for _, p := range tree(t) {
		if path.Ext(p) != ".go" || strings.Contains(p, "testdata/") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s does not parse: %v", p, err)
			continue
		}
		seen++
		see(path.Dir(p), path.Base(p), f)
	}
	if seen == 0 {
		t.Fatal("no Go file was found: the test looks at the wrong folder")
	}
}

// tree lists the files of the repository with slashes, without what is
// installed, built or hidden.
func tree(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (p != "." && strings.HasPrefix(d.Name(), ".") || slices.Contains(notOurs, filepath.ToSlash(p))) {
			return fs.SkipDir
		}
		if !d.IsDir() {
			files = append(files, filepath.ToSlash(p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var notOurs = []string{"e2e/node_modules", "e2e/artifacts", "dist", "demo-data"}

func TestEveryImportStandsOnTheTable(t *testing.T) {
	goFiles(t, func(pkg, file string, f *ast.File) {
		if _, known := imports[pkg]; !known {
			t.Error(judge(pkg, file, ""))
			return
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := judge(pkg, file, imported); why != "" {
				t.Error(why)
			}
		}
	})
}

func TestTheTableRefusesWhatItShould(t *testing.T) {
	for _, c := range []struct {
		name, pkg, file, imported string
		want                      string // part of the reason; empty: allowed
	}{
		{"the engine may use frames", "chat", "room.go", "helpline/chat/wire", ""},
		{"the engine may not open a database", "chat", "room.go", "database/sql", "forbids that part of the standard library"},
		{"the engine may not speak HTTP", "chat", "engine.go", "net/http/httputil", "forbids that part of the standard library"},
		{"the engine never meets the store", "chat", "room.go", "helpline/store", "gives chat only"},
		{"the engine's tests may use the fakes", "chat", "room_test.go", "helpline/chat/chattest", ""},
		{"the engine itself may not use the fakes", "chat", "room.go", "helpline/chat/chattest", "gives chat only"},
		{"frames are read without files", "chat/wire", "frame.go", "os", "forbids that part of the standard library"},
		{"admission may read an address", "chat/gate", "keys.go", "net/netip", ""},
		{"tests of frames may read files", "chat/wire", "frame_test.go", "os", ""},
		{"markup can never reach a note", "templates", "desk_templ.go", "helpline/counsel", "gives templates only"},
		{"markup tests cannot reach one either", "templates", "desk_test.go", "helpline/counsel", "gives templates only"},
		{"parts of the trade do not know each other", "counsel/staff", "login.go", "helpline/counsel/vault", "gives counsel/staff only"},
		{"the store has one driver", "store", "db.go", "github.com/mattn/go-sqlite3", "from outside only modernc.org/sqlite/*"},
		{"gorilla stands in one file", "chat/link", "form.go", "github.com/gorilla/websocket", "only socket.go may"},
		{"gorilla stands in socket.go", "chat/link", "socket.go", "github.com/gorilla/websocket", ""},
		{"gorilla is not for the pages", "chat/visitor", "talk.go", "github.com/gorilla/websocket", "from outside only nothing"},
		{"cryptography may use x/crypto", "counsel/vault", "kdf.go", "golang.org/x/crypto/argon2", ""},
		{"a path that only begins alike is another module", "counsel/vault", "kdf.go", "golang.org/x/cryptography", "from outside only"},
		{"nothing imports the program", "counsel/console", "x_test.go", "helpline/cmd/helpline", "nothing may"},
		{"wiring may use everything", "cmd/helpline", "serve.go", "helpline/store", ""},
		{"the root knows no files", ".", "id.go", "os", "forbids that part of the standard library"},
		{"a test of a package may name it", "store", "db_test.go", "helpline/store", ""},
		{"a new package needs a row", "chat/cache", "x.go", "time", "not on the import table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := judge(c.pkg, c.file, c.imported)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("judge(%s, %s, %s) = %q, want %q", c.pkg, c.file, c.imported, got, c.want)
			}
		})
	}
}

// forbiddenNames are words that name a person or a thing badly: as packages,
// package folders and exported types they never stand alone.
var forbiddenNames = []string{
	"user", "client", "customer", "patient", "agent", "offender", "perpetrator", "suspect",
	"case", "data", "info", "manager", "helper", "utils",
}

func forbidden(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(forbiddenNames, name) || slices.Contains(forbiddenNames, strings.TrimSuffix(name, "s"))
}

func TestNoPackageOrTypeHasAForbiddenName(t *testing.T) {
	goFiles(t, func(pkg, file string, f *ast.File) {
		for _, name := range append(strings.Split(pkg, "/"), f.Name.Name) {
			if forbidden(name) {
				t.Errorf("%s/%s: %q is no name for a package here; see the vocabulary in CONTRIBUTING.md", pkg, file, name)
			}
		}
		for name := range exportedTypes(f) {
			if forbidden(name) {
				t.Errorf("%s/%s: %q is no name for a type here; see the vocabulary in CONTRIBUTING.md", pkg, file, name)
			}
		}
	})
}

func exportedTypes(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, s := range g.Specs {
			if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() {
				names[ts.Name.Name] = true
			}
		}
	}
	return names
}

func TestForbiddenNamesAreSeen(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\ntype Client struct{}\ntype Seat struct{}\ntype info int\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	got := exportedTypes(f)
	if len(got) != 2 || !got["Client"] || !forbidden("Client") || got["info"] {
		t.Errorf("exported types seen: %v, want Client and Seat", got)
	}
	for _, name := range []string{"user", "Users", "Data", "utils", "Manager"} {
		if !forbidden(name) {
			t.Errorf("%q should be forbidden", name)
		}
	}
	for _, name := range []string{"visitor", "Seat", "Database", "showcase", "Information"} {
		if forbidden(name) {
			t.Errorf("%q should be allowed", name)
		}
	}
}

// rootEntries are the names the root of the repository may hold, beside
// dotfiles, tests of these files and what .gitignore names.
var rootEntries = []string{
	"doc.go", "id.go", "errors.go", "actor.go", "line.go", "thread.go", "route.go", "arch_test.go",
	"cmd", "chat", "counsel", "templates", "static", "store", "e2e", "deploy", "docs",
	"go.mod", "go.sum", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE",
	"helpline", "dist", "demo-data", // built or made; in .gitignore
}

func mayStandInRoot(name string) bool {
	source, isTest := strings.CutSuffix(name, "_test.go")
	return strings.HasPrefix(name, ".") || slices.Contains(rootEntries, name) ||
		isTest && slices.Contains(rootEntries, source+".go") ||
		path.Ext(name) == ".test" || path.Ext(name) == ".prof"
}

func TestTheRootHoldsOnlyWhatItShould(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !mayStandInRoot(e.Name()) {
			t.Errorf("%s stands in the root: nothing is added there but what the list in arch_test.go names", e.Name())
		}
	}
	for name, want := range map[string]bool{"id_test.go": true, "notes.txt": false, "utils.go": false, ".editorconfig": true, "x_test.go": false} {
		if mayStandInRoot(name) != want {
			t.Errorf("mayStandInRoot(%s) = %v, want %v", name, !want, want)
		}
	}
}

// The sizes of hand-written files, in lines.
const (
	longest = 700 // no file is longer
	long    = 400 // nine in ten are shorter
)

// tooLong judges files by their number of lines.
func tooLong(lines map[string]int) (faults []string) {
	over := 0
	for name, n := range lines {
		if n > longest {
			faults = append(faults, fmt.Sprintf("%s has %d lines: %d is the most", name, n, longest))
		}
		if n >= long {
			over++
		}
	}
	if over*10 > len(lines) {
		faults = append(faults, fmt.Sprintf("%d of %d files have %d lines or more: nine in ten must have fewer", over, len(lines), long))
	}
	return faults
}

func TestFilesStayReadable(t *testing.T) {
	lines := map[string]int{}
	for _, p := range tree(t) {
		if !slices.Contains([]string{".go", ".js", ".mjs", ".css", ".templ"}, path.Ext(p)) || strings.HasSuffix(p, "_templ.go") {
			continue
		}
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		lines[p] = strings.Count(string(b), "\n")
	}
	for _, fault := range tooLong(lines) {
		t.Error(fault)
	}
}

func TestLongFilesAreSeen(t *testing.T) {
	short := map[string]int{}
	for i := range 9 {
		short[fmt.Sprint(i)] = 100
	}
	for _, c := range []struct {
		name   string
		extra  map[string]int
		faults int
	}{
		{"short files pass", nil, 0},
		{"one in ten may be long", map[string]int{"x": 700}, 0},
		{"no file is over the wall", map[string]int{"x": 701}, 1},
		{"two of eleven are too many", map[string]int{"x": 400, "y": 500}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := maps.Clone(short)
			maps.Copy(all, c.extra)
			if got := tooLong(all); len(got) != c.faults {
				t.Errorf("faults = %v, want %d", got, c.faults)
			}
		})
	}
}

// storedFields reads the columns of CREATE TABLE and ALTER TABLE statements as
// table.column.
func storedFields(sql string) (fields []string) {
	table := ""
	for line := range strings.Lines(sql) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "CREATE" && strings.HasPrefix(rest, "TABLE "):
			table = strings.Fields(rest)[1]
		case word == "ALTER" && strings.HasPrefix(rest, "TABLE "):
			if f := strings.Fields(rest); len(f) > 4 && f[2] == "ADD" && f[3] == "COLUMN" {
				fields = append(fields, f[1]+"."+f[4])
			} else if len(f) > 4 && f[2] == "DROP" && f[3] == "COLUMN" {
				fields = slices.DeleteFunc(fields, func(one string) bool { return one == f[1]+"."+strings.TrimSuffix(f[4], ";") })
			}
		case strings.HasPrefix(line, ")"):
			table = ""
		case table != "" && word != "" && word == strings.ToLower(word) && word[0] >= 'a':
			fields = append(fields, table+"."+word)
		}
	}
	return fields
}

// mappedFields reads the fields that a data map lists under the heading of
// their table.
func mappedFields(text string) (fields []string) {
	table := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			table = strings.Trim(line, "# \n")
		}
		if name, ok := strings.CutPrefix(line, "| `"); ok && table == strings.ToLower(table) && !strings.Contains(table, " ") {
			name, _, _ = strings.Cut(name, "`")
			fields = append(fields, table+"."+name)
		}
	}
	return fields
}

func TestTheDataMapNamesEveryStoredField(t *testing.T) {
	var sql strings.Builder
	for _, p := range tree(t) {
		if strings.HasPrefix(p, "store/migrations/") && path.Ext(p) == ".sql" {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			sql.Write(b)
		}
	}
	text, err := os.ReadFile("docs/data-map.md")
	if err != nil {
		t.Fatal(err)
	}
	stored, mapped := storedFields(sql.String()), mappedFields(string(text))
	if len(stored) == 0 {
		t.Fatal("no stored field was found: the test looks at the wrong folder")
	}
	for _, f := range stored {
		if !slices.Contains(mapped, f) {
			t.Errorf("%s is stored and docs/data-map.md does not say why, who can read it and when it goes", f)
		}
	}
	for _, f := range mapped {
		if !slices.Contains(stored, f) {
			t.Errorf("docs/data-map.md names %s, which is not stored", f)
		}
	}
}

func TestStoredAndMappedFieldsAreRead(t *testing.T) {
	stored := storedFields("-- c\nCREATE TABLE one (\n  a INTEGER, -- x\n  b TEXT,\n  PRIMARY KEY (a)\n) STRICT;\nCREATE INDEX i ON one (a);\nALTER TABLE one ADD COLUMN e INTEGER;\nALTER TABLE one ADD COLUMN f INTEGER;\nALTER TABLE one DROP COLUMN f;\nALTER TABLE one RENAME TO two;\n")
	mapped := mappedFields("## a.db\n### one\n| field | why |\n|---|---|\n| `a` | x |\n| `c` | x |\n## Some files\n| `d` | x |\n")
	if want := []string{"one.a", "one.b", "one.e"}; !slices.Equal(stored, want) {
		t.Errorf("stored = %v, want %v", stored, want)
	}
	if want := []string{"one.a", "one.c"}; !slices.Equal(mapped, want) {
		t.Errorf("mapped = %v, want %v", mapped, want)
	}
}
