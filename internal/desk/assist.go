package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// Assistant is a language model that proposes texts to staff. internal/assist
// fulfils it.
type Assistant interface {
	// Draft proposes a reply that rests on sources; letter may be empty. What it
	// says to have cited may be anything.
	Draft(ctx context.Context, letter string, sources []knowledge.Entry) (text string, cited []string, err error)
	// Variants proposes other ways to put the entry's question.
	Variants(ctx context.Context, e knowledge.Entry) ([]string, error)
	// Model and PromptVersion are named in the audit trail.
	Model() string
	PromptVersion() string
}

// Assistance is a language model and what it is let do.
type Assistance struct {
	Model Assistant // nil: nothing is proposed
	// Matcher compares letters and variants with the library. It asks no model: a
	// letter is compared inside the house.
	Matcher *knowledge.Matcher
	Letters bool // whether the masked text of letters may be sent
	// Meaning, within its own budget, and then Order, within Budget, may order the
	// options of a clarifying question; nil: nobody is asked.
	Meaning knowledge.Embedder
	Order   knowledge.Reorder
	Budget  time.Duration
}

// AssistWith gives the desk a language model. Call it before serving; without
// it nothing is ever proposed or asked.
func (d *Desk) AssistWith(a Assistance) { d.assistance = a }

// inside is what compares texts that stay in the house.
func (d *Desk) inside() *knowledge.Matcher { return cmp.Or(d.assistance.Matcher, d.Matcher) }

// ordered lets models order the options of a clarifying question; scored is what
// was weighed. Every other decision passes at once, and untouched.
func (d *Desk) ordered(ctx context.Context, text string, decision knowledge.Decision, scored []knowledge.Scored) knowledge.Decision {
	if decision.Kind != knowledge.Clarify {
		return decision
	}
	if d.assistance.Meaning != nil {
		if near, ok := d.assistance.Meaning.Similarity(ctx, text); ok {
			decision = decision.Nearer(scored, near)
		}
	}
	if d.assistance.Order == nil {
		return decision
	}
	limited, cancel := context.WithTimeout(ctx, d.assistance.Budget)
	defer cancel()
	entries, ok := d.assistance.Order.Order(limited, text, decision.Options)
	if !ok {
		return decision
	}
	return decision.Reordered(entries)
}

// Cited is a version of an entry a proposal rests on.
type Cited struct {
	Entry    string
	Version  int
	Question string
}

// ReplyProposal is a machine's draft of a reply. It is shown once and stored
// nowhere; Text begins with its mark, and no reply that still bears it is taken.
type ReplyProposal struct {
	Number     string
	Text       string
	Mark       string
	Citations  []Cited  // of those given; none: the text has no basis
	Given      []Cited  // what the model had to rest on
	Dropped    []string // citations that were not among those given
	Unfounded  []string // numbers, titles and links that stand in no cited entry
	LetterSent bool
	Model      string
	Prompts    string
}

// sourcesGiven is how many entries a draft may rest on.
const sourcesGiven = 5

// ProposeReply asks the model for a reply to a ticket a may draft for. What
// leaves the house is audited before it leaves: entries, and the masked letter
// where the bureau lets letters go. Nothing of a report ever does.
func (d *Desk) ProposeReply(ctx context.Context, a Actor, number string) (ReplyProposal, error) {
	model := d.assistance.Model
	if model == nil {
		return ReplyProposal{}, assistOff()
	}
	t, matter, err := d.matterFor(ctx, a, number)
	if err != nil {
		return ReplyProposal{}, err
	}
	sources, err := d.sourcesFor(ctx, matter)
	if err != nil {
		return ReplyProposal{}, err
	}
	letter := ""
	if d.assistance.Letters && len(t.Avoid) == 0 { // a complaint about a unit names people no detector knows
		letter = matter
	}
	if letter == "" && len(sources) == 0 {
		return ReplyProposal{}, problem.New(problem.Conflict, "assist.nothing", "没有找到相关的问答，来信内容也不能外送，无法草拟。")
	}
	given := citable(sources)
	err = d.recordAsked(ctx, a, "assist.draft", "ticket/"+t.ID, map[string]string{
		"entries": naming(given), "letter": strconv.FormatBool(letter != ""),
	})
	if err != nil {
		return ReplyProposal{}, err
	}
	text, cited, err := model.Draft(ctx, letter, sources)
	if err != nil {
		return ReplyProposal{}, err
	}
	p := newReplyProposal(text, cited, sources)
	p.Number, p.Given, p.LetterSent, p.Model, p.Prompts = t.Number, given, letter != "", model.Model(), model.PromptVersion()
	return p, nil
}

// matterFor loads a ticket a may see and draft for now, and what it is about
// without whom it is about.
func (d *Desk) matterFor(ctx context.Context, a Actor, number string) (ticket.Ticket, string, error) {
	v, err := d.view(ctx, d.Store, a, number)
	t := v.Ticket
	if err != nil {
		return t, "", err
	}
	switch mine := slices.Contains(v.Moves, ticket.Draft); {
	case !a.May(ticket.Draft):
		return t, "", problem.New(problem.Denied, "ticket.denied", "您的岗位不能进行这项操作。")
	case t.Restricted():
		return t, "", problem.New(problem.Denied, "assist.restricted", "举报件的任何内容都不交给语言模型，请自行拟写。")
	case !mine:
		return t, "", problem.New(problem.Conflict, "ticket.move", "现在不能拟写答复，请先签收或等待审核。")
	}
	name := ""
	if v.HasContact {
		c, err := d.Store.Contact(ctx, t.LetterID)
		if err != nil {
			return t, "", err
		}
		name = c.Name
	}
	return t, impersonal(v.Letter.Title+"\n"+v.Letter.Text, name), nil
}

// sourcesFor finds the entries nearest to a matter, inside the house.
func (d *Desk) sourcesFor(ctx context.Context, matter string) ([]knowledge.Entry, error) {
	_, scored, err := d.assistance.Matcher.Match(ctx, d.Library(), matter, d.at())
	if err != nil {
		return nil, err
	}
	var sources []knowledge.Entry
	for _, s := range scored[:min(sourcesGiven, len(scored))] {
		if e, ok := d.Library().Entry(s.Entry); ok {
			sources = append(sources, e)
		}
	}
	return sources, nil
}

// recordAsked keeps who asked which model for what.
func (d *Desk) recordAsked(ctx context.Context, a Actor, action, object string, detail map[string]string) error {
	detail["model"], detail["prompts"] = d.assistance.Model.Model(), d.assistance.Model.PromptVersion()
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: action, Object: object, Detail: detail})
	})
}

func assistOff() error {
	return problem.New(problem.NotFound, "assist.off", "本单位没有启用语言模型，请自行拟写。")
}

func citable(entries []knowledge.Entry) []Cited {
	out := make([]Cited, len(entries))
	for i := range entries {
		out[i] = Cited{Entry: entries[i].ID, Version: entries[i].Version, Question: entries[i].Question}
	}
	return out
}

// name is the entry and its version as the audit trail and models write it.
func (c Cited) name() string { return c.Entry + "@" + strconv.Itoa(c.Version) }

func naming(cs []Cited) string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.name()
	}
	return strings.Join(names, " ")
}
