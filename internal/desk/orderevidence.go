package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// maxEvidence is how much goes with one operation, in bytes.
const maxEvidence = 20 << 20

// describeFiles says of the files that were chosen by their ids what they are. They
// are those of the ticket's letter, or were uploaded for it just now.
func (d *Desk) describeFiles(ctx context.Context, tx Tx, o *Order, t *ticket.Ticket, op *hotline.Op) error {
	files := op.Files()
	if len(files) == 0 {
		return nil
	}
	switch p, _ := d.platform(o.Platform); {
	case t.Restricted():
		return problem.New(problem.Conflict, "order.files_report", "举报的附件不能报12345平台。")
	case !p.takes(op.Kind):
		return problem.New(problem.Conflict, "order.files_untaken", "这个平台的接口不接收附件，请在平台上补传。")
	}
	l, err := tx.Letter(ctx, t.LetterID)
	if err != nil {
		return err
	}
	var total int64
	for i := range files {
		f := &files[i]
		if !slices.Contains(l.Attachments, f.ID) {
			if err := addFiles(ctx, tx, t.LetterID, []string{f.ID}); err != nil {
				return err
			}
		}
		a, err := tx.AttachmentInfo(ctx, f.ID)
		if err != nil {
			return err
		}
		if err := d.usable(&a); err != nil {
			return err
		}
		total += a.Size
		*f = hotline.Evidence{ID: a.ID, Kind: evidenceKind(&a), Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256}
	}
	if total > maxEvidence {
		return problem.New(problem.TooLarge, "order.files_large", "一次报送的附件合计不能超过20MB。")
	}
	return nil
}

// evidenceKind tells what was recorded from what was written.
func evidenceKind(a *channel.Attachment) string {
	if class, _, _ := strings.Cut(a.Type, "/"); class == "image" || class == "audio" || class == "video" {
		return "evidence"
	}
	return "doc"
}

// withFiles is op with what is in its files. One that cannot be read, or is not what
// was chosen, is refused while there is somebody to choose another.
func (d *Desk) withFiles(ctx context.Context, tx Tx, op hotline.Op) (hotline.Op, error) {
	files := slices.Clone(op.Files())
	for i := range files {
		f := &files[i]
		_, content, err := d.usableFile(ctx, tx, f.ID)
		sum := sha256.Sum256(content)
		if ctx.Err() == nil && (err != nil || hex.EncodeToString(sum[:]) != f.SHA256) {
			return op, problem.New(problem.Conflict, "order.file_unreadable", "附件“"+f.Name+"”无法读取，请去掉或者换一个再确认。").Because(err)
		}
		if err != nil {
			return op, err
		}
		f.Data = content
	}
	switch {
	case op.Return != nil:
		told := *op.Return
		told.Attachments, op.Return = files, &told
	case op.Complete != nil:
		told := *op.Complete
		told.Attachments, op.Complete = files, &told
	}
	return op, nil
}
