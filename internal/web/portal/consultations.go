package portal

import "time"

// Consultations lists what the public is or was asked.
type Consultations struct {
	Open, Closed, Reported []ConsultationBrief
}

// ConsultationBrief is one consultation in a list.
type ConsultationBrief struct {
	ID       string
	Title    string
	Unit     string
	Open     bool // opinions are taken
	Opens    time.Time
	Closes   time.Time
	Reported time.Time // zero: there is no result yet
}

// Consultation is one with everything the public is told, and the form for an
// opinion while they are taken.
type Consultation struct {
	ConsultationBrief

	State                                   string
	Text, Explanation, How, Contact, Ground string
	Days                                    int
	Short                                   string // why it is shorter than usual
	Explain                                 []Day
	Changes                                 []PeriodChange
	Result                                  *ConsultationResult // nil: not published
	Form                                    Letter
}

// PeriodChange is one lengthening.
type PeriodChange struct {
	At            time.Time
	Reason        string
	Before, After time.Time
}

// ConsultationResult is what became of the opinions.
type ConsultationResult struct {
	Text                string
	Received, Withdrawn int
	Adoptions           []Adoption
}

// Adoption is what became of some of them.
type Adoption struct {
	Name    string
	N       int
	Reasons []AdoptionReason
}

// AdoptionReason is why, and for how many.
type AdoptionReason struct {
	Text string
	N    int
}

func (Consultations) title() string  { return "征求意见" }
func (c Consultation) title() string { return withErrors(c.Title, c.Form.Errors) }

func (Consultations) nav() string { return "/consultations" }
func (Consultation) nav() string  { return "/consultations" }
