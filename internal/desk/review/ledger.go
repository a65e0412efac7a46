package review

import "time"

// Signer is somebody as they sign.
type Signer struct {
	ID   string
	Name string
	Unit string
}

func (p *Person) signer() Signer { return Signer{p.ID, p.Name, p.Unit} }

// Act is what somebody did with a version: a row of the ledger.
type Act struct {
	Seq      int // 1..
	Move     Move
	From, To State
	Version  int
	Hash     string
	Chain    int    // version of the rules of the chain; 0: not submitted yet
	Step     string // pass, send_back
	StepName string
	By       Signer
	For      Signer    // whom By stood in for; zero: nobody
	Gates    []Gate    // pass: what was ticked
	Gate     Gate      // send_back
	Reason   string    // send_back, withdraw
	Words    string    // send_back, resume, withdraw
	Comments []Comment // send_back
	At       time.Time
}

// people are the ids of those who did it.
func (a *Act) people() []string {
	if a.For.ID != "" {
		return []string{a.By.ID, a.For.ID}
	}
	return []string{a.By.ID}
}

// Form is the secrecy-review form (政府信息公开保密审查表) of one version, in a
// layout of our own.
type Form struct {
	Item     string
	Kind     Kind
	Audience Audience
	Unit     string
	Title    string
	Version  int
	Hash     string
	Chain    int // version of the rules of the chain; 0: not submitted

	Decision Decision
	Reason   Reason // of the decision, with its basis

	Authors   []Signature
	Readings  []Reading // in order; those who objected among them
	Approved  time.Time // zero: it has not passed every step
	Published *Signature
	Ended     *Signature // when it was withdrawn, or another version took its place
}

// Signature is a name and when it was given.
type Signature struct {
	By  Signer
	For Signer // zero: nobody
	At  time.Time
}

// Reading is what one reader decided.
type Reading struct {
	Signature

	Step   string
	Name   string // Chinese
	Gates  []Gate // ticked
	Gate   Gate   // where it did not pass; empty: it did
	Reason Reason
	Words  string
}

// Form fills in the form of a version from the ledger.
func (it *Item) Form(n int) (Form, error) {
	v, err := it.At(n)
	if err != nil {
		return Form{}, err
	}
	d := v.Content.Disclosure
	f := Form{
		Item: it.ID, Kind: it.Kind, Audience: it.Audience, Unit: it.Unit, Title: v.Content.Title, Version: n, Hash: v.Hash, Decision: d.Decision,
	}
	f.Reason, _ = reason(d.Decision.Reasons(), d.Reason)
	for i := range it.Ledger {
		f.add(&it.Ledger[i])
	}
	return f, nil
}

// add fills in what one act says about the version of f.
func (f *Form) add(a *Act) {
	sign := Signature{By: a.By, For: a.For, At: a.At}
	switch {
	case a.Version < f.Version && a.To == Approved:
		f.Authors = nil // what they wrote was read as a version of its own
	case a.Version <= f.Version && a.Move.writes():
		f.Authors = append(f.Authors, sign)
	case (a.Move == Publish || a.Move == Withdraw) && f.Published != nil && f.Ended == nil:
		f.Ended = &sign
	case a.Version != f.Version:
	case a.Move == Publish:
		f.Published = &sign
	case a.Move.reads():
		r := Reading{Signature: sign, Step: a.Step, Name: a.StepName, Gates: a.Gates, Gate: a.Gate, Words: a.Words}
		r.Reason, _ = reason(a.Gate.Reasons(), a.Reason)
		f.Readings, f.Chain = append(f.Readings, r), a.Chain
		if a.To == Approved {
			f.Approved = a.At
		}
	}
}
