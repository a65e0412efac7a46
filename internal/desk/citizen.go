package desk

import (
	"context"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// maxSupplied is the longest text with which a citizen completes a letter, in
// characters; an event's note holds it.
const maxSupplied = ticket.MaxNote

// Supply completes a letter whose citizen was asked to: the desk goes on where
// it was, and the clocks with it.
func (d *Desk) Supply(ctx context.Context, number, code, text string) (Timeline, error) {
	if f := channel.CheckText("/text", "补充内容", text, maxSupplied); f != nil {
		return Timeline{}, problem.New(problem.Invalid, "letter.invalid", f.Message).With(*f)
	}
	return d.citizenMoves(ctx, number, code, ticket.Command{Move: ticket.Supply, Note: text})
}

// LetterRating is how a citizen found the answer to a letter.
type LetterRating struct {
	Score   int    // 1 (很差) to 5 (很好)
	Solved  bool   // whether the matter is solved
	Comment string // may be empty
}

// RateLetter stores a citizen's rating of the answer, once a round.
func (d *Desk) RateLetter(ctx context.Context, number, code string, r LetterRating) (Timeline, error) {
	if strings.TrimSpace(r.Comment) != "" {
		if f := channel.CheckText("/comment", "评价说明", r.Comment, maxSupplied); f != nil {
			return Timeline{}, problem.New(problem.Invalid, "rating.invalid", f.Message).With(*f)
		}
	}
	return d.citizenMoves(ctx, number, code, ticket.Command{Move: ticket.Rate, Score: r.Score, Solved: r.Solved, Note: r.Comment})
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

// citizenMoves makes a move with the own ticket and shows where it stands now.
func (d *Desk) citizenMoves(ctx context.Context, number, code string, c ticket.Command) (Timeline, error) {
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
		return d.carry(ctx, tx, &now, command, map[string]string{"by": "citizen"})
	})
	if err != nil {
		return Timeline{}, err
	}
	return d.Lookup(ctx, number, code)
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
