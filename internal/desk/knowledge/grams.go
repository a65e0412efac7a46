package knowledge

// Grams takes a long text apart for counting: its characters, its pairs of
// neighbours and its words of the lexicon, a character as often as it stands
// there. Equal terms are equal in every text; nothing else about them
// means anything.
func (a *Analyzer) Grams(s string) []Term {
	r := a.read([]rune(a.fold.Text(s)))
	ss := symbols(r.plain)
	out := make([]Term, 0, 2*len(ss)+len(r.concepts))
	for i, s := range ss {
		if s == 0 {
			continue
		}
		out = append(out, term(Char, uint32(s), 0))
		if i > 0 && ss[i-1] != 0 {
			out = append(out, term(Pair, uint32(ss[i-1]), uint32(s)))
		}
	}
	for _, c := range r.concepts {
		out = append(out, term(Concept, uint32(c), 0))
	}
	return out
}

// Wording is a text as it is compared with another one.
type Wording struct {
	Plain    string   // normalised, fillers and all
	Telling  string   // without fillers, every synonym as one word
	Concepts []uint16 // words of the lexicon it holds, ascending
	Slots    []uint16 // conditions it names, ascending
}

// Wording reads s.
func (a *Analyzer) Wording(s string) Wording {
	normal := a.fold.Text(s)
	r := a.read([]rune(normal))
	out := Wording{Plain: normal, Telling: string(r.canonical)}
	for _, c := range r.concepts {
		out.Concepts = append(out.Concepts, uint16(c))
	}
	for _, c := range a.slotValues(r.canonical) {
		out.Slots = append(out.Slots, uint16(c))
	}
	return out
}
