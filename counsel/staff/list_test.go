package staff

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"strings"
	"testing"

	"helpline"
)

var ofTheLine = Lines{Locales: []helpline.Locale{"nl", "en", "nl-BE"}, Chats: 2}

func TestAListIsReadAsSpreadsheetsWriteIt(t *testing.T) {
	want := []Listed{
		{2, Person{
			Name: "Kim Visser", Alias: "Kestrel", Roles: []helpline.Role{helpline.Counsellor, helpline.Leader},
			Locales: []helpline.Locale{"nl", "nl-BE"}, Audiences: []helpline.Audience{helpline.Self, helpline.Young}, Chats: 3,
		}},
		{3, Person{
			Name: "Zoë de Ruiter-O’Neill", Alias: "Zoë", Roles: []helpline.Role{helpline.Operator},
			Locales: ofTheLine.Locales, Audiences: helpline.Audiences(), Chats: 2,
		}},
	}
	plain := "name,alias,roles,languages,doors,chats\nKim Visser,Kestrel,counsellor leader,nl nl-be,self young,3\nZoë de Ruiter-O’Neill,,operator,,,\n"
	for name, text := range map[string]string{
		"plain":             plain,
		"a byte order mark": "\xef\xbb\xbf" + plain,
		"lines of Windows":  strings.ReplaceAll(plain, "\n", "\r\n"),
		"tabs of cells":     strings.ReplaceAll(plain, ",", "\t"),
		"semicolons":        strings.ReplaceAll(plain, ",", ";"),
		"quoted": `"name","alias","roles","languages","doors","chats"` + "\n" +
			`"Kim Visser","Kestrel","counsellor, leader","nl, nl-BE","self; young","3"` + "\n" + `"Zoë de Ruiter-O’Neill","","OPERATOR","","",""` + "\n",
		"another order":       "Roles;NAME; chats;alias;doors;languages\ncounsellor/leader/counsellor;Kim  Visser ;3;Kestrel;self young;nl,nl-BE\noperator;Zoë de Ruiter-O’Neill;;;;\n",
		"empty cells at last": strings.TrimSuffix(plain, "\n") + "\n,,,,,\n \n",
		"no last line end":    strings.TrimSuffix(plain, "\n"),
	} {
		got, err := ReadList([]byte(text), ofTheLine)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	short, err := ReadList([]byte("roles,name\nreviewer,Kim Visser\n"), ofTheLine)
	if err != nil || len(short) != 1 || short[0].Person.Alias != "Kim" || short[0].Person.Chats != 2 {
		t.Errorf("two columns: %+v, %v", short, err)
	}
}

func TestAListWithAFaultIsRefusedWholeAndEachLineIsNamed(t *testing.T) {
	const head = "name,alias,roles,languages,doors,chats\n"
	good := "Kim Visser,Kestrel,counsellor,nl,self,1\n"
	for name, c := range map[string]struct {
		text string
		says []string
	}{
		"nothing":                {"", []string{"the file: it is empty"}},
		"spaces":                 {" \n\t\n", []string{"the file: it is empty"}},
		"only the columns":       {head, []string{"nobody stands below"}},
		"no names of columns":    {good, []string{`line 1: there is no column "Kim Visser"`, "the column name is missing", "the column roles is missing"}},
		"a column too many":      {"name,roles,passphrase\nKim,counsellor,x\n", []string{`line 1: there is no column "passphrase"`}},
		"a column twice":         {"name,roles,name\nKim,counsellor,x\n", []string{"line 1: the column name stands there twice"}},
		"UTF-16":                 {"\xff\xfen\x00a\x00", []string{"save it as \"CSV UTF-8\""}},
		"a zero":                 {head + "Kim\x00,,counsellor,,,\n", []string{"not UTF-8 text"}},
		"an old code page":       {head + good + "Zo\xeb,,counsellor,,,\n", []string{"line 3: this line is not UTF-8"}},
		"a lost quotation mark":  {head + good + "\"Robin,,counsellor,,,\n", []string{"line 3: a quotation mark"}},
		"a mark inside":          {head + "Kim \"K\" Visser,,counsellor,,,\n", []string{"line 2: a quotation mark"}},
		"a cell too few":         {head + good + "Robin,,counsellor\n", []string{"line 3: it has 3 cells and the first line has 6"}},
		"a cell too many":        {head + "Visser, Kim,K,counsellor,nl,self,1\n", []string{"line 2: it has 7 cells"}},
		"no name":                {head + ",,counsellor,,,\n", []string{"line 2, name: a name has 2 to 64"}},
		"a formula":              {head + "=cmd|'/c calc'!A1,,counsellor,,,\n+1,,counsellor,,,\n@x,,counsellor,,,\n", []string{"line 2, name:", "line 3, name:", "line 4, name:"}},
		"an address of a page":   {head + "<b>Kim</b>,,counsellor,,,\n", []string{"line 2, name:"}},
		"a line end in a name":   {head + "\"Kim\nVisser<\",,counsellor,,,\n", []string{"line 2, name:"}},
		"letters out of sight":   {head + "Kim\u200bVisser,,counsellor,,,\n", []string{"line 2, name: there is a sign in it that cannot be seen (U+200B)"}},
		"right to left":          {head + "Kim,,\u202eroles,,,\nKim,,,\u061c,,\n", []string{"line 2, roles: there is a sign in it that cannot be seen (U+202E)", "line 3, languages:"}},
		"an alias too long":      {head + "Kim," + strings.Repeat("a", 25) + ",counsellor,,,\n", []string{"line 2, alias: the name that visitors see has 2 to 24"}},
		"no role":                {head + "Kim,,,,,\n", []string{"line 2, roles: give at least one of counsellor, leader, supervisor, operator, reviewer"}},
		"a role nobody knows":    {head + "Kim,,counsellor root,,,\n", []string{`line 2, roles: there is no "root": there are counsellor, leader`}},
		"a language not offered": {head + "Kim,,counsellor,de,,\n", []string{`line 2, languages: there is no "de": there are nl, en, nl-BE`}},
		"a door nobody knows":    {head + "Kim,,counsellor,,back,\n", []string{`line 2, doors: there is no "back": there are self, relative, young, professional, survivor`}},
		"too many chats":         {head + "Kim,,counsellor,,,5\nBo,,counsellor,,,0\nAl,,counsellor,,,many\nEd,,counsellor,,,1e9\n", []string{"line 2, chats:", "line 3, chats:", "line 4, chats:", "line 5, chats:"}},
		"the same name twice":    {head + good + "\n\nKIM  visser,,operator,,,\n", []string{"line 5, name: the same name stands on line 2"}},
		"several at once":        {head + "Kim,,boss,xx,back,9\n" + good, []string{"has 4 faults", "line 2, chats", "line 2, roles", "line 2, languages", "line 2, doors"}},
		"a terminal's orders":    {head + "Kim,,\x1b[2Jboss,,,\n", []string{"line 2, roles: there is a sign in it that cannot be seen (U+001B)"}},
		"a long word":            {head + "Kim,," + strings.Repeat("a", 9000) + ",,,\n", []string{strings.Repeat("a", 24) + "…"}},
		"more than a million":    {head + strings.Repeat(good, 30000), []string{"more than 1 MiB"}},
	} {
		got, err := ReadList([]byte(c.text), ofTheLine)
		if got != nil || helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("%s: taken %v, %v", name, got, err)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, and nothing of %q", name, err, want)
			}
		}
		if strings.ContainsAny(err.Error(), "\x1b\x00") || len(err.Error()) > 20<<10 {
			t.Errorf("%s: %q cannot stand on a terminal", name, err)
		}
	}
}

func TestAListHasAnEnd(t *testing.T) {
	var text strings.Builder
	text.WriteString("name,roles\n")
	for i := range mostPeople + 1 {
		text.WriteString("Kim " + strings.Repeat("a", i%25+1) + " " + strings.Repeat("b", i/25+1) + ",counsellor\n")
	}
	if _, err := ReadList([]byte(text.String()), ofTheLine); err == nil || !strings.Contains(err.Error(), "501 people: 500 is the most") {
		t.Errorf("err = %v", err)
	}
}

func TestAListThatIsWrittenRunsNoFormulaAndIsReadAgain(t *testing.T) {
	people := []Person{
		{Name: "Kim Visser", Alias: "Kestrel", Roles: []helpline.Role{helpline.Counsellor, helpline.Leader}, Locales: []helpline.Locale{"nl", "en"}, Audiences: []helpline.Audience{helpline.Self}, Chats: 1},
		{Name: "Bo", Alias: "Bo", Roles: []helpline.Role{helpline.Reviewer}, Locales: []helpline.Locale{"nl"}, Audiences: helpline.Audiences(), Chats: 4},
	}
	var out bytes.Buffer
	if err := WriteList(&out, people); err != nil {
		t.Fatal(err)
	}
	got, err := ReadList(out.Bytes(), ofTheLine)
	if err != nil || len(got) != 2 || !reflect.DeepEqual(got[0].Person, people[0]) || !reflect.DeepEqual(got[1].Person, people[1]) {
		t.Errorf("read again: %+v, %v", got, err)
	}
	out.Reset()
	bad := []string{"=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", "\r=1", "|calc", "%x"} // as somebody could write them into the database
	for _, name := range bad {
		if err := WriteList(&out, []Person{{Name: name, Alias: name}}); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(&out)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 2*len(bad) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}

// FuzzReadList: whatever stands in a list, everybody on it could be invited, or
// nobody is and each fault has a line; what is written of them is read again.
func FuzzReadList(f *testing.F) {
	for _, text := range []string{
		"name,alias,roles,languages,doors,chats\nKim Visser,Kestrel,counsellor,nl,self,1\n", "name;roles\nKim;counsellor,leader\n", "\xef\xbb\xbfname,roles\r\n\"Kim \"\"K\"\"\",operator\r\n",
		"name,roles\n=1+1,counsellor\n", "name,roles\n\"Kim\n", "roles,roles\n", ";;;\n", "name,roles\nKim,\xff\n", "\xff\xfe", "name,roles\n'Kim,reviewer\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := ReadList(text, ofTheLine)
		if err != nil {
			if got != nil || helpline.KindOf(err) != helpline.Invalid || err.Error() == "" {
				t.Fatalf("taken %v, %v", got, err)
			}
			return
		}
		var people []Person
		for i, one := range got {
			if wrong(one.Person) != "" || one.Line < 2 || i > 0 && one.Line <= got[i-1].Line {
				t.Fatalf("taken: %+v", one)
			}
			people = append(people, one.Person)
		}
		var out bytes.Buffer
		if err := WriteList(&out, people); err != nil {
			t.Fatal(err)
		}
		again, err := ReadList(out.Bytes(), ofTheLine)
		if err != nil || len(again) != len(got) {
			if bytes.ContainsAny(out.Bytes(), "'") { // a name that begins like a formula has an apostrophe more
				return
			}
			t.Fatalf("read again: %v, %v", again, err)
		}
	})
}
