package portal

// TextForm is the form a text for the public is written with.
type TextForm struct {
	ID     string // of the text that is edited; empty: a new one
	Kind   Choice
	About  string // id of the entry it is the next version of
	Hash   string // of the version that is edited
	Title  string
	Body   string
	Long   int // how many characters the body may have
	Reason string
	Fields []TextField
	Gap    *TextGap // that it is to answer; nil: none

	Reasons []Choice // why it is public
	Errors  Problems
}

// TextGap is a matter people ask about, for which an entry is written.
type TextGap struct {
	ID      string
	Version int64
	Ticket  string // number of the letter whose reply it begins with; empty: none
	Removed []RemovedPassage
}

// RemovedPassage told who somebody is, and is not in the proposed text any more.
type RemovedPassage struct{ Place, Passage, Kind, Placeholder string }

// TextField is what else a text of the kind says.
type TextField struct {
	Name, Label, Hint string
	Value             string
	Type              string   // of an input; "lines": several lines of text
	Options           []Choice // to choose one of
}

func (TextForm) name() string { return "staff_text" }

func (f TextForm) title() string {
	if f.ID == "" {
		return withErrors("起草"+f.Kind.Name, f.Errors)
	}
	return withErrors("修改"+f.Kind.Name, f.Errors)
}

func (TextForm) nav() string { return "/staff/reviews" }
