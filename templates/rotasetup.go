package templates

// RotaForm is the form of a rota, as typed. Faults are in words, by field.
type RotaForm struct {
	ID     string
	Name   string
	Needs  string
	Ways   []Choice
	Setups []Choice
	Faults map[string]string
}

// RotaSetup lists the rotas.
type RotaSetup struct {
	RotaFrame
	Rotas []RotaRowOf
	Next  []Link // rotas that have no shifts yet: their pages
	Ready bool   // one has shifts: a draft can be made
	Form  RotaForm
}

// RotaRowOf is a line of a list: what it is, and where it is changed.
type RotaRowOf struct {
	ID   string
	Name string
	Says string
	Href string // of its page; often empty
	Edit string // address of the filled form
}

// RotaTemplateForm is the form of a shift that comes back, as typed.
type RotaTemplateForm struct {
	ID                        string
	Name                      string
	Days                      []Choice
	From, To, Break, Debrief  string
	EndDays                   []Choice
	Unsocial                  []Choice
	First, Last               string
	Min, Target, Leader, Most string // cover asked right away, of a new one
	Faults                    map[string]string
}

// RotaTemplates lists the shifts of a rota that come back.
type RotaTemplates struct {
	RotaFrame
	Name   string
	Action string
	Needs  string // address
	Draft  string // address: what comes next; empty: not yet
	Rows   []RotaRowOf
	Form   RotaTemplateForm
}

// RotaNeedForm is the form of a cover, as typed.
type RotaNeedForm struct {
	ID               string
	Templates        []Choice
	Roles            []Choice
	Languages        []Choice
	Skill            string
	Min, Target, Max string
	Faults           map[string]string
}

// RotaNeeds lists what the shifts of a rota ask for.
type RotaNeeds struct {
	RotaFrame
	Name   string
	Action string
	Back   string
	Groups []RotaNeedGroup
	Form   RotaNeedForm
}

// RotaNeedGroup is what one template asks.
type RotaNeedGroup struct {
	Name string
	Rows []RotaRowOf
}

// RotaClosed lists the days on which no shift begins.
type RotaClosed struct {
	RotaFrame
	Rows        []RotaRowOf
	Rotas       []Choice
	First, Last string
	Fault       string
	Faults      map[string]string // in words, by field

	Ask    string // which published shifts and people these days are about; empty: none
	Shifts []Link
	Runs   bool   // one of them runs now
	Saw    string // what was asked, to come back with the yes
}

// RotaPeople lists who can be planned.
type RotaPeople struct {
	RotaFrame
	Rows []RotaPersonRow
}

// RotaPersonRow is somebody in the list.
type RotaPersonRow struct {
	Name, Href, Roles, Terms, Skills string
	Off                              string // that they do not work here at the moment; empty: they do
}

// RotaSkill is one row of the form of skills.
type RotaSkill struct {
	Name, Expires string
	Says          string
	Has           bool
}

// RotaTerms is the form of what was agreed with somebody.
type RotaTerms struct {
	RotaFrame
	Name             string
	Action           string
	Ties             []Choice
	Profiles         []Choice
	Min, Target, Max string
	Share            string
	Training         []RotaSkill // the skills the rota itself knows: Name is the key, Says what it means
	Skills           []RotaSkill
	Known            []string // names of skills that are in use
	Faults           map[string]string
	Has              bool   // something was agreed
	Off              string // that they do not work here at the moment; empty: they do
}

// yes is the value of an attribute that is true or false.
func yes(is bool) string {
	if is {
		return "true"
	}
	return "false"
}
