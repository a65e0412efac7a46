package knowledge

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Ablation is how held-out questions do without one group of features.
type Ablation struct {
	Without string
	Corpora []HeldOutSet
}

// Ablate learns once with every feature, and once without each group of them.
// Where the corpora tell how near entries are in meaning, so does every row but
// the one without that.
func Ablate(ctx context.Context, corpora []Corpus, o Fitting) ([]Ablation, error) {
	groups := []struct {
		name  string
		leave []feature
	}{
		{"nothing", nil},
		{"words of the lexicon", []feature{objectMissing, objectExtra, actionMissing, actionExtra, aspectMissing, aspectExtra}},
		{"the subject after synonyms", []feature{subjectDice, subjectQuestion, subjectEntry, loss}},
		{"slots", []feature{slotConflict, slotExtra, titleSlot}},
		{"characters", []feature{charDice, charTitle, charEntry}},
		{"pairs and order", []feature{pairEntry, order, orderQuestion, exact}},
		{"sound", []feature{soundQuestion}},
		{"key words", []feature{keyword}},
		{"the answer's text", []feature{answerText}},
	}
	rows := make([]Ablation, 0, len(groups))
	var plain []HeldOutSet
	for _, g := range groups {
		o.Leave = nil
		for _, f := range g.leave {
			o.Leave = append(o.Leave, f.String())
		}
		m, err := Fit(ctx, corpora, o)
		if err != nil {
			return nil, err
		}
		if m.meaning == nil {
			rows = append(rows, Ablation{Without: g.name, Corpora: m.training.Corpora})
			continue
		}
		if g.leave == nil {
			plain = m.training.Corpora
		}
		rows = append(rows, Ablation{Without: g.name, Corpora: m.meaning.training.Corpora})
	}
	if plain != nil {
		rows = append(rows, Ablation{Without: "nearness in meaning", Corpora: plain})
	}
	return rows, nil
}

// AblationTable writes the rows as a Markdown table.
func AblationTable(w io.Writer, rows []Ablation) error {
	if len(rows) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("| without |")
	for _, c := range rows[0].Corpora {
		fmt.Fprintf(&b, " %s: recall@1 | recall@5 | MRR | AUROC |", c.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", 4*len(rows[0].Corpora)) + "\n")
	for _, r := range rows {
		b.WriteString("| " + r.Without + " |")
		for _, c := range r.Corpora {
			fmt.Fprintf(&b, " %.3f | %.3f | %.3f | %.3f |", c.Recall1, c.Recall5, c.MRR, c.AUROC)
		}
		b.WriteString("\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("knowledge: ablation: %w", err)
	}
	return nil
}
