package assist

import (
	"context"
	_ "embed"
	"strings"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/seal"
)

// promptVersion names the prompts below; the audit trail keeps it. A changed
// prompt is a new folder.
const promptVersion = "v1"

//go:embed prompt/v1/draft.txt
var draftTask string

//go:embed prompt/v1/variants.txt
var variantsTask string

//go:embed prompt/v1/order.txt
var orderTask string

const (
	maxLetter  = 3000 // characters of a letter that are sent
	maxSource  = 1500 // of an entry's answer
	maxQuoted  = 500  // of a question
	maxOptions = 10   // that are put in order
)

// PromptVersion names the prompts, for the audit trail.
func (c *Client) PromptVersion() string { return promptVersion }

type source struct {
	Entry    string `json:"编号"`
	Question string `json:"问题"`
	Answer   string `json:"答复"`
}

// Draft asks for a reply that rests on sources. letter may be empty; else it is
// sent masked. What is cited is as the model says: it may be anything.
func (c *Client) Draft(ctx context.Context, letter string, sources []knowledge.Entry) (text string, cited []string, err error) {
	material := struct {
		Letter  string   `json:"来信,omitempty"`
		Sources []source `json:"条目"`
	}{Letter: clip(seal.Mask(letter), maxLetter), Sources: []source{}}
	for i := range sources {
		e := &sources[i]
		material.Sources = append(material.Sources, source{e.ID, clip(e.Question, maxQuoted), clip(e.Answer, maxSource)})
	}
	var answer struct {
		Text    string   `json:"text"`
		Entries []string `json:"entries"`
	}
	err = c.forStaff(ctx, func(ctx context.Context) error {
		if err := c.chat(ctx, draftTask, material, &answer); err != nil {
			return err
		}
		if strings.TrimSpace(answer.Text) == "" {
			return errNonsense
		}
		return nil
	})
	return answer.Text, answer.Entries, err
}

// Variants asks for other ways to put the entry's question.
func (c *Client) Variants(ctx context.Context, e knowledge.Entry) ([]string, error) {
	material := struct {
		Question string   `json:"问题"`
		Known    []string `json:"已有问法"`
	}{clip(e.Question, maxQuoted), append([]string{}, e.Variants...)}
	var answer struct {
		Variants []string `json:"variants"`
	}
	err := c.forStaff(ctx, func(ctx context.Context) error {
		if err := c.chat(ctx, variantsTask, material, &answer); err != nil {
			return err
		}
		if len(answer.Variants) == 0 {
			return errNonsense
		}
		return nil
	})
	return answer.Variants, err
}

// Order implements [knowledge.Reorder]. The question is sent masked.
func (c *Client) Order(ctx context.Context, question string, options []knowledge.Option) ([]string, bool) {
	type candidate struct {
		Number   int    `json:"序号"`
		Question string `json:"问题"`
	}
	options = options[:min(maxOptions, len(options))]
	material := struct {
		Question   string      `json:"提问"`
		Candidates []candidate `json:"候选"`
	}{Question: clip(seal.Mask(question), maxQuoted)}
	for i, o := range options {
		material.Candidates = append(material.Candidates, candidate{i + 1, clip(o.Question, maxQuoted)})
	}
	var entries []string
	err := c.order.do(ctx, func(ctx context.Context) error {
		var answer struct {
			Order []int `json:"order"`
		}
		if err := c.chat(ctx, orderTask, material, &answer); err != nil {
			return err
		}
		for _, n := range answer.Order {
			if n >= 1 && n <= len(options) {
				entries = append(entries, options[n-1].Entry)
			}
		}
		if len(entries) == 0 {
			return errNonsense
		}
		return nil
	})
	return entries, err == nil
}

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
