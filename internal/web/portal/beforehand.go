package portal

// Offer is an entry that may answer a letter before it is sent.
type Offer struct {
	ID       string
	Question string
	Answer   string
	Sample   bool
}

// Beforehand is the part of the letter form that shows them.
type Beforehand struct {
	Entries []Offer
}

func (Beforehand) title() string { return "" }
func (Beforehand) nav() string   { return "" }
