package desk

import (
	"context"
	"strconv"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// maxSupplied is the longest text with which a citizen completes a letter, in
// characters; an event's note holds it.
const maxSupplied = ticket.MaxNote

// Supplied is what a citizen completes a letter with.
type Supplied struct {
	Text        string
	Attachments []string // attachment ids, uploaded before
}

// Supply completes a letter whose citizen was asked to: the desk goes on where
// it was, and the clocks with it.
func (d *Desk) Supply(ctx context.Context, number, code string, s Supplied) (Timeline, error) {
	f := channel.CheckText("/text", "补充内容", s.Text, maxSupplied)
	if f == nil {
		f = channel.CheckAttachments(s.Attachments)
	}
	if f != nil {
		return Timeline{}, problem.New(problem.Invalid, "letter.invalid", f.Message).With(*f)
	}
	return d.citizenMoves(ctx, number, code, ticket.Command{Move: ticket.Supply, Note: s.Text}, s.Attachments...)
}

// LetterRating is how a citizen found the answer to a letter.
type LetterRating struct {
	Score   int      // 1 (很差) to 5 (很好)
	Solved  bool     // whether the matter is solved
	Comment string   // may be empty
	Reasons []string // codes of ticket.RatingReasons
}

// RateLetter stores a citizen's rating of the answer, once a round.
func (d *Desk) RateLetter(ctx context.Context, number, code string, r LetterRating) (Timeline, error) {
	if strings.TrimSpace(r.Comment) != "" {
		if f := channel.CheckText("/comment", "评价说明", r.Comment, maxSupplied); f != nil {
			return Timeline{}, problem.New(problem.Invalid, "rating.invalid", f.Message).With(*f)
		}
	}
	return d.citizenMoves(ctx, number, code, ticket.Command{Move: ticket.Rate, Score: r.Score, Solved: r.Solved, Reasons: r.Reasons, Note: r.Comment})
}

// Withdraw takes a letter back at its citizen's wish.
func (d *Desk) Withdraw(ctx context.Context, number, code, reason string) (Timeline, error) {
	if strings.TrimSpace(reason) != "" {
		if f := channel.CheckText("/reason", "撤回原因", reason, maxSupplied); f != nil {
			return Timeline{}, problem.New(problem.Invalid, "letter.invalid", f.Message).With(*f)
		}
	}
	return d.citizenMoves(ctx, number, code, ticket.Command{Move: ticket.Withdraw, Note: reason})
}

// citizenMoves makes a move with the own ticket, to whose letter files are added,
// and shows where it stands now.
func (d *Desk) citizenMoves(ctx context.Context, number, code string, c ticket.Command, files ...string) (Timeline, error) {
	t, err := d.own(ctx, number, code)
	if err != nil {
		return Timeline{}, err
	}
	err = d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := tx.TicketByID(ctx, t.ID)
		if err != nil {
			return err
		}
		command := c
		command.EventID, command.At = d.NewID(), d.at()
		if err := addFiles(ctx, tx, now.LetterID, files); err != nil {
			return err
		}
		detail := map[string]string{"by": "citizen"}
		if len(files) > 0 {
			detail["files"] = strconv.Itoa(len(files))
		}
		return d.carry(ctx, tx, &now, command, detail)
	})
	if err != nil {
		return Timeline{}, err
	}
	return d.Lookup(ctx, number, code)
}

func addFiles(ctx context.Context, tx Tx, letterID string, files []string) error {
	if len(files) == 0 {
		return nil
	}
	if err := checkAttachments(ctx, tx, files); err != nil {
		return err
	}
	return tx.AddFiles(ctx, letterID, files...)
}

// own is the ticket that number and code open. A wrong number and a wrong code
// are the same "ticket.not_found" after the same work.
func (d *Desk) own(ctx context.Context, number, code string) (ticket.Ticket, error) {
	number, code = ticket.NormaliseNumber(number), ticket.NormaliseCode(code)
	t, hash, err := d.Store.TicketCode(ctx, number)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return ticket.Ticket{}, err
	}
	if right := ticket.CodeMatches(d.CodeKey, hash, number, code); !right || err != nil {
		return ticket.Ticket{}, problem.New(problem.NotFound, "ticket.not_found", "没有查到。请核对编号和查询码。")
	}
	return t, nil
}
