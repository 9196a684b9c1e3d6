package templates

// Article is a page to read: something that helps, or what the line says of
// itself.
type Article struct {
	Page
	Heading, Lead string
	Lines         []HelpLine // of this door; often none
	Parts         []Part
	Links         []Link
	Version       string // what this page rests on, and when that was checked
	Action, Door  string // where "talk with us about it" posts the door to; empty while the line is closed
}

// Part is one section of an article.
type Part struct {
	Heading string
	Texts   []string
	Own     []OwnWord
}

// OwnWord is something that the organisation says of itself.
type OwnWord struct {
	Lang string   // of the words
	Text []string // its lines; none: not said yet
}

// Link is an address of ours and its words.
type Link struct{ Href, Label string }

// Limits are what must stay before everybody's eyes in a conversation: where
// confidentiality ends, and behind it the whole promise.
type Limits struct {
	Line      string
	Sentences []Sentence
	Version   string
}

// Split is the page behind the door for those under 18.
type Split struct {
	Page
	Ways  []Link
	Skip  string     // address for who does not want to say
	Lines []HelpLine // for those who would rather call
	Read  string     // address of the page that helps
}
