package desk

import (
	"context"
	"slices"
	"strings"

	"jiesu/internal/desk/ticket"
	"jiesu/internal/seal"
)

const (
	indexedAtOnce  = 200 // tickets in one transaction: others wait for it
	mostLookedInto = 5   // pages of candidates that are opened for one page of a search
	around         = 30  // characters shown before and after what was found
)

// TicketIndexer makes tickets be found by what they say.
type TicketIndexer interface {
	// IndexTickets does so with at most limit that are from before they could be,
	// the newest first, and returns how many there were.
	IndexTickets(ctx context.Context, limit int) (int, error)
}

// IndexTickets makes the tickets from before the index be found. What is done is
// stored with every page: it may be interrupted, and done by several at once.
func (d *Desk) IndexTickets(ctx context.Context) error {
	for {
		n := 0
		err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
			n, err = tx.IndexTickets(ctx, indexedAtOnce)
			return err
		})
		if err != nil || n < indexedAtOnce {
			return err
		}
	}
}

// Excerpt is a passage with what was looked for, personal data masked.
type Excerpt struct {
	Text  string
	Marks []Mark
}

// Mark is a passage of an excerpt, in characters.
type Mark struct{ From, To int }

// search lists the tickets that say what a query asks for, the newest first. The
// store only knows which may: texts are sealed, so each of those is opened here.
func (d *Desk) search(ctx context.Context, f Filter) (Page, error) {
	words := strings.Fields(strings.ToLower(f.Query))
	f.Sort = LastCreated
	found := Page{Excerpts: map[string]Excerpt{}}
	wanted := f.Limit
	for range mostLookedInto {
		f.Limit = wanted - len(found.Tickets) // the cursor of a page is that of its last candidate
		page, err := d.Store.Tickets(ctx, f)
		if err != nil {
			return Page{}, err
		}
		for i := range page.Tickets {
			t := &page.Tickets[i]
			said, ok, err := d.says(ctx, t, f.Query, words)
			if err != nil {
				return Page{}, err
			}
			if ok {
				found.Tickets = append(found.Tickets, *t)
				if said.Text != "" {
					found.Excerpts[t.ID] = said
				}
			}
		}
		found.Next, f.Cursor = page.Next, page.Next
		if page.Next == "" || len(found.Tickets) == wanted {
			break
		}
	}
	return found, nil
}

// says looks for the words in the letter of t, and then in the reply its citizen
// has. A number needs no letter.
func (d *Desk) says(ctx context.Context, t *ticket.Ticket, query string, words []string) (Excerpt, bool, error) {
	if strings.Contains(t.Number, strings.ToUpper(strings.Join(strings.Fields(query), "-"))) {
		return Excerpt{}, true, nil
	}
	l, err := d.Store.Letter(ctx, t.LetterID)
	if err != nil {
		return Excerpt{}, false, err
	}
	if e, ok := excerptOf(t.Title+"\n"+l.Text, words); ok {
		return e, true, nil
	}
	drafts, err := d.Store.Drafts(ctx, t.ID)
	if err != nil {
		return Excerpt{}, false, err
	}
	for _, r := range slices.Backward(drafts) {
		if r.ReleasedAt.IsZero() {
			continue
		}
		if e, ok := excerptOf(r.Text, words); ok {
			return e, true, nil
		}
	}
	return Excerpt{}, false, nil
}

// excerptOf is the passage of a text around the first of some words; false where
// it lacks one of them.
func excerptOf(text string, words []string) (Excerpt, bool) {
	shown := []rune(seal.Mask(text))
	plain := []rune(strings.ToLower(string(shown)))
	first := len(plain)
	for _, w := range words {
		at := indexRunes(plain, []rune(w), 0)
		if at < 0 {
			return Excerpt{}, false
		}
		first = min(first, at)
	}
	from, to := max(0, first-around), min(len(shown), first+2*around)
	e := Excerpt{Text: strings.ReplaceAll(string(shown[from:to]), "\n", " ")}
	for _, w := range words {
		word := []rune(w)
		for at := indexRunes(plain, word, from); at >= 0 && at+len(word) <= to; at = indexRunes(plain, word, at+len(word)) {
			e.Marks = append(e.Marks, Mark{at - from, at + len(word) - from})
		}
	}
	slices.SortFunc(e.Marks, func(a, b Mark) int { return a.From - b.From })
	return e, true
}

// indexRunes is where a word stands in a text from a place on; -1: nowhere.
func indexRunes(text, word []rune, from int) int {
	for i := from; i+len(word) <= len(text); i++ {
		if slices.Equal(text[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
