package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// archiveRead is what the trail calls taking a file out.
const archiveRead = "archive.read"

// Archive is everything the house keeps of a request for information that is
// over: its official file (政府信息公开条例 第四十五条).
type Archive struct {
	TicketView

	Contact channel.Contact
	Dates   []ExplainedClock
	Trail   []audit.Entry     // but for the looks at the file itself, which change nothing in it
	People  map[string]string // names by user id, of those who have an account
	Units   map[string]string // names by unit id
	EndedAt time.Time
}

// Archive takes out the file of a request that has ended. It names who asked, so
// that it needs the right to know that, and a reason; the look is audited.
func (d *Desk) Archive(ctx context.Context, a Actor, number, reason string) (Archive, error) {
	switch {
	case !slices.ContainsFunc(ticket.ArchiveReasons(), func(r ticket.Reason) bool { return r.Code == reason }):
		return Archive{}, problem.New(problem.Invalid, "archive.reason", "请从列表中选择调取档案的理由。").
			With(problem.Field{Pointer: "reason", Code: "unknown", Message: "请从列表中选择调取档案的理由。"})
	case !a.Contact:
		return Archive{}, problem.New(problem.Denied, "contact.denied", "您的岗位不能查看来信人信息，也不能调取档案。")
	}
	var file Archive
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		file = Archive{}
		if file.TicketView, err = d.view(ctx, tx, d.deputed(a), number); err != nil {
			return err
		}
		t := &file.Ticket
		if err := archivable(t); err != nil {
			return err
		}
		if err := d.fill(ctx, tx, &file); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: d.at(), Actor: a.ID, Action: archiveRead, Object: "ticket/" + t.ID, Detail: map[string]string{"reason": reason}})
	})
	return file, err
}

func archivable(t *ticket.Ticket) error {
	switch {
	case t.Kind != channel.Disclosure:
		return problem.New(problem.Conflict, "archive.kind", "只有政府信息公开申请有单独的档案。")
	case t.Status.Stage() != ticket.Archived:
		return problem.New(problem.Conflict, "archive.open", "这件申请还没有办结归档。")
	}
	return nil
}

// fill adds what a view does not show.
func (d *Desk) fill(ctx context.Context, tx Tx, file *Archive) error {
	t := &file.Ticket
	contact, err := tx.Contact(ctx, t.LetterID)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	file.Contact = contact
	file.Dates = d.explained(&file.Ticket, file.Clocks)
	trail, err := tx.Trail(ctx, "ticket/"+t.ID)
	if err != nil {
		return err
	}
	file.Trail = slices.DeleteFunc(trail, func(e audit.Entry) bool { return e.Action == archiveRead })
	for _, e := range file.Events {
		if e.To != e.From {
			file.EndedAt = e.At
		}
	}
	file.Units = map[string]string{}
	for _, u := range d.Tree.Units() {
		file.Units[u.ID] = u.Name
	}
	file.People, err = peopleNames(ctx, tx)
	return err
}

// ArchivedFile is the content of the i-th file of an archive that was taken out.
func (d *Desk) ArchivedFile(ctx context.Context, file *Archive, i int) ([]byte, error) {
	_, content, err := d.usableFile(ctx, d.Store, file.Files[i].ID)
	return content, err
}
