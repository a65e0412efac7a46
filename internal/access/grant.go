package access

import "slices"

// Grant is what a user may do, derived from the roles alone.
type Grant struct {
	Scope   string   // unit path it may see below; "*" sees every unit; empty sees none
	Moves   []string // ticket moves, by their wire names
	Reports bool     // may see restricted tickets of every unit
	Contact bool     // may see who wrote, with a reason
	Unseal  bool     // may decide who sees who wrote a report
	Open    bool     // may open tickets on behalf of somebody
	Users   bool     // may add, change and disable accounts
	Secure  bool     // may say who has which role, reset second factors and end sessions
	Edit    bool     // may explain answers and decide what is learnt from feedback
	Correct bool     // may say what a question should have been answered by
	Figures bool     // may see how answers do, week by week

	Calendar bool // may import notices of public holidays
	Organise bool // may say who holds posts, is on duty and stands in
	Watch    bool // may see how units do: supervision, circulars, scores
	Health   bool // may see what the self-check found
	Call     bool // may call citizens back, and decide what follows
	Appeal   bool // may appeal against ratings of the units in scope
	Judge    bool // may decide such appeals of other units
	Consult  bool // may draft consultations of the units in scope
	Publish  bool // may approve and publish them

	Orders  bool // works on orders of 12345 platforms
	Signals bool // may see weak signals, and acknowledges those told to the own post
	Assess  bool // decides what becomes of them

	Chats string // unit path whose categories it answers for in chats; "*": all; empty: none

	Channels bool // may look after what comes from other systems and goes to them

	Keep bool // may decide what is held and what is erased

	Audit bool // may read the audit trail and check that it is whole

	Drafts  string // unit path below which it drafts texts for the public; "*": of every unit; empty: none
	Reviews bool   // reads every text for the public before it is published
}

// GrantOf adds up what u's roles give.
func GrantOf(u User) Grant {
	var g Grant
	for _, r := range u.Roles {
		g = g.with(r, u.UnitPath)
	}
	slices.Sort(g.Moves)
	g.Moves = slices.Compact(g.Moves)
	return g
}

func (g Grant) with(r Role, unitPath string) Grant {
	own := func() {
		if g.Scope != "*" {
			g.Scope = unitPath
		}
		if g.Drafts != "*" {
			g.Drafts = unitPath
		}
		if g.Chats != "*" {
			g.Chats = unitPath
		}
	}
	switch r {
	case Admin:
		g.Users, g.Edit, g.Correct, g.Figures, g.Organise, g.Calendar, g.Health, g.Channels = true, true, true, true, true, true, true, true
	case Editor:
		g.Edit, g.Correct, g.Figures, g.Reviews, g.Drafts = true, true, true, true, "*"
	case TaskForce:
		g.Scope, g.Reports, g.Contact, g.Open, g.Organise, g.Watch = "*", true, true, true, true, true
		g.Edit, g.Correct, g.Figures, g.Unseal, g.Calendar, g.Health = true, true, true, true, true, true
		g.Consult, g.Publish, g.Reviews, g.Call, g.Judge, g.Drafts = true, true, true, true, true, "*"
		g.Signals, g.Assess, g.Channels, g.Orders, g.Chats, g.Keep = true, true, true, true, "*", true
		g.Moves = append(g.Moves, "accept", "ask", "supply", "decline", "dispatch", "reassign", "involve", "transfer",
			"grant", "refuse", "approve", "send_back", "release", "rate", "redo", "close", "put_back",
			"merge", "unmerge", "withdraw", "reclassify", "consult_third", "third_replied", "suspend", "resume", "brief", "urge", "supervise", "feedback", "circular", "note")
	case Head:
		own()
		g.Contact, g.Correct, g.Consult, g.Watch, g.Appeal, g.Signals = true, true, true, true, true, true
		g.Moves = append(g.Moves, "sign", "take", "put_back", "return", "ask", "extend", "involve", "opine", "draft", "submit", "approve", "send_back", "consult_third", "third_replied", "suspend", "resume", "brief", "feedback", "note")
	case Handler:
		own()
		g.Contact, g.Open, g.Correct, g.Consult, g.Appeal = true, true, true, true, true
		g.Moves = append(g.Moves, "sign", "take", "put_back", "return", "ask", "extend", "involve", "opine", "draft", "submit", "consult_third", "third_replied", "suspend", "resume", "brief", "feedback", "note")
	case Security:
		g.Secure, g.Health = true, true
	case Auditor:
		g.Audit = true
	case Leader:
		g.Scope, g.Figures, g.Unseal, g.Publish, g.Watch, g.Reviews, g.Judge = "*", true, true, true, true, true, true
		g.Signals, g.Assess, g.Keep = true, true, true
		g.Moves = append(g.Moves, "grant", "refuse", "approve", "send_back", "urge", "supervise", "circular", "note")
	}
	return g
}

// Roles returns every role, in the order they are shown.
func Roles() []Role {
	return []Role{Admin, Security, TaskForce, Head, Handler, Leader, Editor, Auditor}
}
