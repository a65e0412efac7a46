package access

import "slices"

// Right is one thing a grant allows beside the moves of tickets. Clients read
// the words: they are only ever added to.
type Right struct {
	Word, What string
	given      func(*Grant) bool
}

// Rights lists every right there is.
func Rights() []Right {
	return []Right{
		{"tickets", "sees tickets below its scope", func(g *Grant) bool { return g.Scope != "" }},
		{"reports", "sees reports of every unit", func(g *Grant) bool { return g.Reports }},
		{"contact", "may see who wrote, for a reason", func(g *Grant) bool { return g.Contact }},
		{"unseal", "decides who sees who wrote a report", func(g *Grant) bool { return g.Unseal }},
		{"open", "opens tickets on behalf of callers", func(g *Grant) bool { return g.Open }},
		{"keep", "decides what is held and what is erased", func(g *Grant) bool { return g.Keep }},
		{"audit", "reads the audit trail and checks that it is whole", func(g *Grant) bool { return g.Audit }},
		{"users", "adds, changes and disables accounts", func(g *Grant) bool { return g.Users }},
		{"secure", "says who has which role, resets second factors, ends sessions", func(g *Grant) bool { return g.Secure }},
		{"edit", "explains answers and decides what is learnt from feedback", func(g *Grant) bool { return g.Edit }},
		{"correct", "says what a question should have been answered by", func(g *Grant) bool { return g.Correct }},
		{"figures", "sees how answers do, week by week", func(g *Grant) bool { return g.Figures }},
		{"calendar", "imports notices of public holidays", func(g *Grant) bool { return g.Calendar }},
		{"organise", "says who holds posts, is on duty and stands in", func(g *Grant) bool { return g.Organise }},
		{"watch", "sees how units do: supervision, circulars, scores", func(g *Grant) bool { return g.Watch }},
		{"health", "sees what the self-check found", func(g *Grant) bool { return g.Health }},
		{"call", "calls citizens back and decides what follows", func(g *Grant) bool { return g.Call }},
		{"appeal", "appeals against ratings of the units in scope", func(g *Grant) bool { return g.Appeal }},
		{"judge", "decides such appeals of other units", func(g *Grant) bool { return g.Judge }},
		{"consult", "drafts consultations of the units in scope", func(g *Grant) bool { return g.Consult }},
		{"publish", "approves and publishes consultations and their results", func(g *Grant) bool { return g.Publish }},
		{"orders", "works on orders of 12345 platforms", func(g *Grant) bool { return g.Orders }},
		{"signals", "sees weak signals, and acknowledges those told to the own post", func(g *Grant) bool { return g.Signals }},
		{"assess", "decides what becomes of weak signals", func(g *Grant) bool { return g.Assess }},
		{"channels", "looks after what comes from other systems and goes to them", func(g *Grant) bool { return g.Channels }},
		{"chats", "answers in chats about the categories of the units in scope", func(g *Grant) bool { return g.Chats != "" }},
		{"drafts", "drafts texts for the public", func(g *Grant) bool { return g.Drafts != "" }},
		{"review", "reads every text for the public before it is published", func(g *Grant) bool { return g.Reviews }},
	}
}

// Can lists the words of what g allows: rights, then moves of tickets by their
// wire names.
func (g *Grant) Can() []string {
	var words []string
	for _, r := range Rights() {
		if r.given(g) {
			words = append(words, r.Word)
		}
	}
	return slices.Concat(words, g.Moves)
}
