package directory

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"helpline"
)

// Schema is the published schema of HSDS 3.0, which this program does not
// carry: whoever wants its word too passes the folder in.
type Schema struct{ kinds map[string]*jsonschema.Schema }

// schemaHome is where the files of the folder stand for each other. Nothing is
// ever fetched.
const schemaHome = "hsds:///"

// folder gives the compiler files of the passed folder and nothing else.
type folder struct{ files fs.FS }

// Load reads one file of the folder.
func (f folder) Load(address string) (any, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme+"://" != strings.TrimSuffix(schemaHome, "/") {
		return nil, errors.New("the schema refers to something outside its folder")
	}
	r, err := f.files.Open(path.Clean(strings.TrimPrefix(u.Path, "/")))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return jsonschema.UnmarshalJSON(r)
}

// ReadSchema takes the published schema from a folder that holds service.json,
// organization.json and the files they refer to. The error is Invalid.
func ReadSchema(files fs.FS) (*Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseLoader(folder{files})
	s := &Schema{kinds: map[string]*jsonschema.Schema{}}
	for _, kind := range []string{"service", "organization"} {
		one, err := c.Compile(schemaHome + kind + ".json")
		if err != nil {
			return nil, helpline.Errorf(helpline.Invalid, "read the schema: %s.json: %w", kind, err)
		}
		s.kinds[kind] = one
	}
	return s, nil
}

// Check holds a directory against the schema. The error is Invalid and wraps
// Problems.
func (s *Schema) Check(d *Directory) error {
	var problems Problems
	for i, e := range d.entries {
		root := ""
		if !d.alone {
			root = item("", i)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(e.JSON)))
		if err != nil {
			return helpline.Errorf(helpline.Internal, "directory entry %s cannot be read: %w", UUID(e.ID), err)
		}
		o, _ := v.(map[string]any)
		problems = append(problems, s.against(kindOf(o), root, v)...)
		for n, service := range objects(o, "services") { // the schema of an organization does not look into them
			problems = append(problems, s.against("service", item(join(root, "services"), n), service)...)
		}
	}
	return problems.refused()
}

// against gives the problems of one value.
func (s *Schema) against(kind, root string, v any) Problems {
	err := s.kinds[kind].Validate(v)
	bad, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return nil
	}
	var out Problems
	var leaves func(u jsonschema.OutputUnit)
	leaves = func(u jsonschema.OutputUnit) {
		for _, below := range u.Errors {
			leaves(below)
		}
		if len(u.Errors) == 0 && u.Error != nil {
			where := pathOf(root, u.InstanceLocation)
			out = append(out, Problem{where, "by the published schema: " + u.Error.String()})
		}
	}
	leaves(*bad.DetailedOutput())
	slices.SortStableFunc(out, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// pathOf writes a JSON pointer as the paths of this package are written.
func pathOf(root, pointer string) string {
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case part == "":
		case json.Valid([]byte(part)) && part[0] >= '0' && part[0] <= '9':
			root += "[" + part + "]"
		default:
			root = join(root, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
		}
	}
	if root == "" {
		return "file"
	}
	return root
}
