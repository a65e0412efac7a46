package ticket

import (
	"jiesu/internal/desk/ticket/reply"
)

// FieldKind is what a field of a move holds.
type FieldKind string

// The kinds of fields.
const (
	WordsField    FieldKind = "text"
	UnitField     FieldKind = "unit"
	UnitsField    FieldKind = "units"
	TicketField   FieldKind = "ticket" // the number of another one
	ChoiceField   FieldKind = "choice"
	ChoicesField  FieldKind = "choices"
	NumberField   FieldKind = "number"
	DayField      FieldKind = "day"
	FlagField     FieldKind = "flag"
	KindField     FieldKind = "kind"
	GatesField    FieldKind = "gates" // of a review
	GateField     FieldKind = "gate"  // one of them, and a reason of its list
	CommentsField FieldKind = "comments"
)

// Field is one thing a move is asked for with.
type Field struct {
	Name     string // as the command has it
	Kind     FieldKind
	Required bool
	Most     int      // characters, units, or the largest number; 0: unbounded here
	Unit     string   // of a number: what it counts
	Choices  []Reason // of a choice
}

// Form is what somebody has to say who makes a move.
type Form struct {
	Move         Move
	To           Status // empty: where it stands, or where the ticket says
	Public       string // what the citizen reads of it; empty: nothing, or the words
	Fields       []Field
	Irreversible bool // no other move brings the ticket back, or unsays what was said
	Left         *int // how often it may still be made; nil: as often as it fits
}

// Form is what m needs, made with t.
func (t *Ticket) Form(m Move) Form {
	r := m.rule()
	f := Form{Move: m, To: r.to, Public: r.public, Irreversible: r.to.Final() || m == Release || m == Rate}
	f.Left = t.left(m)
	if r.reasons != nil {
		f.Fields = append(f.Fields, Field{Name: "reason", Kind: ChoiceField, Required: true, Choices: r.reasons})
	}
	f.Fields = append(f.Fields, t.fields(m)...)
	if r.words {
		f.Fields = append(f.Fields, Field{Name: "text", Kind: WordsField, Required: true, Most: MaxPublic})
	}
	f.Fields = append(f.Fields, Field{Name: "note", Kind: WordsField, Required: r.note, Most: MaxNote})
	return f
}

// left is how often m may still be made in this round; nil: nobody counts.
func (t *Ticket) left(m Move) *int {
	n := 0
	//nolint:exhaustive // the others are not counted
	switch m {
	case Return:
		n = MaxReturns - t.Returns
	case Ask:
		n = t.Kind.Profile().Asks - t.Asks
	default:
		return nil
	}
	n = max(n, 0)
	return &n
}

// Bound sets the largest number a field takes, and what it counts.
func (f *Form) Bound(field string, most int, unit string) {
	for i := range f.Fields {
		if f.Fields[i].Name == field {
			f.Fields[i].Most, f.Fields[i].Unit = most, unit
		}
	}
}

// fields are those of m alone.
func (t *Ticket) fields(m Move) []Field {
	co := Field{Name: "co", Kind: UnitsField, Most: MaxCoHandlers - len(t.Co), Required: m == Involve}
	//nolint:exhaustive // the others need no more than reason, words and note
	switch m {
	case Dispatch, Reassign:
		co.Most = MaxCoHandlers
		return []Field{{Name: "unit", Kind: UnitField, Required: true}, co}
	case Involve:
		return []Field{co}
	case Merge:
		return []Field{{Name: "into", Kind: TicketField, Required: true}}
	case Extend:
		return []Field{{Name: "days", Kind: NumberField, Required: true}}
	case Draft:
		outcomes := Outcomes(t.Kind)
		return []Field{
			{Name: "text", Kind: WordsField, Required: true, Most: reply.MaxText},
			{Name: "outcome", Kind: ChoiceField, Required: true, Choices: choicesOf(outcomes)},
		}
	case Submit:
		return []Field{{Name: "override", Kind: WordsField}}
	case Approve:
		return []Field{{Name: "gates", Kind: GatesField, Required: true}}
	case SendBack:
		return []Field{{Name: "gate", Kind: GateField, Required: true}, {Name: "comments", Kind: CommentsField}}
	case Rate:
		var reasons []Reason
		for _, why := range RatingReasons() {
			reasons = append(reasons, why.Reason)
		}
		return []Field{
			{Name: "score", Kind: NumberField, Required: true, Most: 5},
			{Name: "solved", Kind: FlagField},
			{Name: "reasons", Kind: ChoicesField, Choices: reasons},
		}
	case Reclassify:
		return []Field{{Name: "kind", Kind: KindField, Required: true}}
	case Supervise:
		return []Field{{Name: "by", Kind: DayField}}
	}
	return nil
}

func choicesOf(outcomes []reply.Outcome) []Reason {
	choices := make([]Reason, len(outcomes))
	for i, o := range outcomes {
		choices[i] = Reason{Code: string(o), Name: o.Name()}
	}
	return choices
}
