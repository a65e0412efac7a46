package desk

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/problem"
)

// Variant is another way to ask an entry's question, as a machine proposes it.
type Variant struct {
	Text string
	// Conflict is what would answer it today instead: another entry, or a fixed
	// line; nil: nothing.
	Conflict *knowledge.Option
}

// VariantProposal is a machine's list of variants. It changes nothing: an editor
// takes over what is good.
type VariantProposal struct {
	Entry      Cited
	Mark       string
	Variants   []Variant
	Duplicates int // proposals the entry has already, or that came twice
	Model      string
	Prompts    string
}

const (
	mostVariants   = 10
	longestVariant = 60 // characters
)

// ProposeVariants asks the model for other ways to put an entry's question.
// Those who release replies keep the library, too.
func (d *Desk) ProposeVariants(ctx context.Context, a Actor, id string) (VariantProposal, error) {
	model := d.assistance.Model
	if model == nil {
		return VariantProposal{}, assistOff()
	}
	if !a.May(ticket.Release) {
		return VariantProposal{}, problem.New(problem.Denied, "assist.denied", "您的岗位不能编辑问答。")
	}
	found, err := d.Entry(id)
	if err != nil {
		return VariantProposal{}, err
	}
	e := found.Entry
	p := VariantProposal{Entry: citable([]knowledge.Entry{e})[0], Mark: reply.MachineMark, Model: model.Model(), Prompts: model.PromptVersion()}
	if err := d.recordAsked(ctx, a, "assist.variants", "entry/"+e.ID, map[string]string{"entries": p.Entry.name()}); err != nil {
		return VariantProposal{}, err
	}
	texts, err := model.Variants(ctx, e)
	if err != nil {
		return VariantProposal{}, err
	}
	err = d.sift(ctx, &p, e, texts)
	return p, err
}

// sift keeps what an editor may want to take over.
func (d *Desk) sift(ctx context.Context, p *VariantProposal, e knowledge.Entry, texts []string) error {
	known := []string{d.Library().Plain(e.Question)}
	for _, v := range e.Variants {
		known = append(known, d.Library().Plain(v))
	}
	numbering := regexp.MustCompile(`^(\d{1,2}[.、)）]|[-*•])\s*`) // of a list nobody asked for
	for _, text := range texts {
		text = numbering.ReplaceAllString(oneLine(text, longestVariant+1), "")
		plain := d.Library().Plain(text)
		switch {
		case len(p.Variants) == mostVariants:
			return nil
		case len([]rune(text)) > longestVariant || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
			continue
		case slices.Contains(known, plain):
			p.Duplicates++
			continue
		}
		known = append(known, plain)
		conflict, err := d.otherwise(ctx, e.ID, text)
		if err != nil {
			return err
		}
		p.Variants = append(p.Variants, Variant{Text: text, Conflict: conflict})
	}
	return nil
}

// otherwise is what else than the entry a text leads to today.
func (d *Desk) otherwise(ctx context.Context, entry, text string) (*knowledge.Option, error) {
	if v, ok := conversation.Gate(text); ok {
		return &knowledge.Option{Entry: "line:" + v.Line, Question: clip(d.lines[v.Line].Text, longestVariant)}, nil
	}
	_, scored, err := d.assistance.Matcher.Match(ctx, d.Library(), text, d.at())
	if err != nil || len(scored) == 0 || scored[0].Entry == entry {
		return nil, err
	}
	other, _ := d.Library().Entry(scored[0].Entry)
	return &knowledge.Option{Entry: other.ID, Question: other.Question}, nil
}
