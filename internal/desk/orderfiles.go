package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// JobPullFiles fetches the files of orders from their platforms.
const JobPullFiles = "order.pull"

const (
	filesTogether = 20
	pullTries     = 6 // then a file is shown as failed
)

// FetchFile fetches a file from a platform (id). What will not be there the next time
// either is a problem of kind NotFound or TooLarge.
type FetchFile func(ctx context.Context, platform string, f hotline.Attachment) ([]byte, error)

// addOrderFiles notes files that lie at a platform, and has them pulled at once:
// their addresses soon lead nowhere.
func (d *Desk) addOrderFiles(ctx context.Context, tx Tx, o *Order, added []hotline.Attachment) error {
	if len(added) == 0 {
		return nil
	}
	known, err := tx.OrderFiles(ctx, o.ID)
	if err != nil {
		return err
	}
	files := make([]OrderFile, len(added))
	for i := range added {
		files[i] = OrderFile{OrderID: o.ID, N: len(known) + i + 1, State: FileWaiting, File: added[i]}
	}
	if err := tx.InsertOrderFiles(ctx, files...); err != nil {
		return err
	}
	return tx.Enqueue(ctx, pullJob(o.ID, len(known), d.at()))
}

func pullJob(orderID string, after int, at time.Time) Job {
	return readyJob(JobPullFiles, orderID+"/"+strconv.Itoa(after)+"/"+at.Format(time.RFC3339Nano), struct{}{}, at, at)
}

// PullFiles fetches what waits. It fails while anything still waits, so that it is
// tried again.
func (d *Desk) PullFiles(ctx context.Context) error {
	files, err := d.Store.WaitingFiles(ctx, filesTogether)
	if err != nil {
		return err
	}
	var left bool
	var failed []error // one that cannot be kept is not in the way of the rest
	for i := range files {
		waits, err := d.pullFile(ctx, &files[i])
		switch {
		case problem.HasCode(err, "order.file_taken"): // by another one at work
		case err != nil:
			failed = append(failed, err)
		}
		left = left || waits
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if left || len(files) == filesTogether {
		return problem.New(problem.Unavailable, "order.files_wait", "12345工单的附件还没有全部取回。")
	}
	return nil
}

// pullFile fetches one file and keeps it with the letter, or why that cannot be.
func (d *Desk) pullFile(ctx context.Context, f *OrderFile) (waits bool, err error) {
	o, err := d.Store.Order(ctx, f.OrderID)
	if err != nil {
		return false, err
	}
	a, content, refusal := d.fetched(ctx, o.Platform, f)
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	was := f.Tries
	f.Tries++
	switch {
	case refusal == nil:
		f.State, f.Attachment, f.Reason = FileKept, a.ID, ""
	case problem.KindOf(refusal) == problem.Unavailable && f.Tries < pullTries:
		waits, f.Reason = true, reasonOf(refusal)
	default:
		f.State, f.Reason = FileFailed, reasonOf(refusal)
	}
	return waits, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		t, err := tx.TicketByID(ctx, o.TicketID)
		if err != nil {
			return err
		}
		if err := tx.UpdateOrderFile(ctx, *f, FileWaiting, was); err != nil {
			return err
		}
		if f.State == FileFailed {
			return tx.Enqueue(ctx, staffJob(&t, "order.file", screening(&t), toTaskForce, f.OrderID+"/"+strconv.Itoa(f.N)+"/"+strconv.Itoa(f.Tries), d.at()))
		}
		if f.State == FileWaiting {
			return nil
		}
		if err := d.keepFile(ctx, tx, a, content); err != nil {
			return err
		}
		return tx.AddFiles(ctx, t.LetterID, a.ID)
	})
}

// fetched is a file as it may be kept. What goes wrong on the way is Unavailable;
// everything else will be so the next time too.
func (d *Desk) fetched(ctx context.Context, platform string, f *OrderFile) (channel.Attachment, []byte, error) {
	none := channel.Attachment{}
	if d.FetchFile == nil || f.File.FetchURL == "" {
		return none, nil, problem.New(problem.Invalid, "order.file_none", "平台没有提供附件的地址。")
	}
	if f.File.Size > channel.MaxUpload {
		return none, nil, problem.New(problem.TooLarge, "attachment.too_large", "附件太大。")
	}
	content, err := d.FetchFile(ctx, platform, f.File)
	if err != nil {
		if _, ours := errors.AsType[*problem.Error](err); !ours {
			err = problem.New(problem.Unavailable, "order.file_unreachable", "附件暂时无法取回。").Because(err)
		}
		return none, nil, err
	}
	if want := strings.ToLower(f.File.SHA256); want != "" {
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			return none, nil, problem.New(problem.Invalid, "order.file_changed", "附件与平台登记的内容不一致。")
		}
	}
	return d.attachmentOf(f.File.Name, content)
}

func reasonOf(err error) string {
	if e, ok := errors.AsType[*problem.Error](err); ok {
		return e.Code
	}
	return "internal"
}

// PullAgain has the files fetched again that could not be.
func (d *Desk) PullAgain(ctx context.Context, a Actor, id string) (OrderView, error) {
	return d.workOrder(ctx, a, id, "pull", func(ctx context.Context, tx Tx, o *Order, _ *ticket.Ticket) error {
		files, err := tx.OrderFiles(ctx, o.ID)
		if err != nil {
			return err
		}
		files = slices.DeleteFunc(files, func(f OrderFile) bool { return f.State != FileFailed })
		for _, f := range files {
			was := f.Tries
			f.State, f.Tries = FileWaiting, 0
			if err := tx.UpdateOrderFile(ctx, f, FileFailed, was); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, pullJob(o.ID, 0, d.at()))
	})
}

// copyFiles gives the letter of a new ticket the files of the one before it: a
// file belongs to one letter, and where it came from may be gone.
func (d *Desk) copyFiles(ctx context.Context, tx Tx, from *ticket.Ticket, ticketID string) error {
	to, err := tx.TicketByID(ctx, ticketID)
	if err != nil {
		return err
	}
	l, err := tx.Letter(ctx, from.LetterID)
	if err != nil {
		return err
	}
	for _, id := range l.Attachments {
		a, content, err := tx.Attachment(ctx, id)
		if err != nil {
			return err
		}
		a.ID = newID()
		if err := d.keepFile(ctx, tx, a, content); err != nil {
			return err
		}
		if err := tx.AddFiles(ctx, to.LetterID, a.ID); err != nil {
			return err
		}
	}
	return nil
}
