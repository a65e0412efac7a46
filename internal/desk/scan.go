package desk

import (
	"context"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
)

// JobScan has uploaded files looked at by the virus scanner.
const JobScan = "attachment.scan"

const (
	scanLease = 5 * time.Minute // longer than a scan may take
	scanAgain = time.Minute     // after a scanner that did not answer
	scanLate  = 15 * time.Minute
)

// whatInfected is a notice that a file with a virus came with a letter.
const whatInfected = "ticket.infected"

// ScanFile asks a virus scanner about a file. found names what is in it; empty:
// nothing is. An error is the scanner's: the file has to wait.
type ScanFile func(ctx context.Context, content []byte) (found string, err error)

// Quarantine is what waits for the scanner, and what it has found so far.
type Quarantine struct {
	Waiting  int
	Since    time.Time // the oldest came; zero: none waits
	Infected int
}

// ScanReader reads what waits for the scanner.
type ScanReader interface {
	Unscanned(ctx context.Context) (Quarantine, error)
	// LettersTicket is the id of the ticket a letter became.
	LettersTicket(ctx context.Context, letterID string) (string, error)
}

// FileWriter keeps files, and what the scanner found in them.
type FileWriter interface {
	InsertAttachment(ctx context.Context, a channel.Attachment, content []byte) error
	// ClaimUnscanned leases the file that waits the longest; empty: none is due.
	ClaimUnscanned(ctx context.Context, at, until time.Time) (id string, err error)
	// Scanned keeps what was found in a file that waits, or when to look again, and
	// returns its letter; empty: no letter has it yet, or it does not wait any more.
	Scanned(ctx context.Context, id string, s channel.Scan, next time.Time) (letterID string, err error)
}

// keepFile keeps a file, and has it scanned where there is a scanner.
func (d *Desk) keepFile(ctx context.Context, tx Tx, a channel.Attachment, content []byte) error {
	if d.Scan == nil {
		return tx.InsertAttachment(ctx, a, content)
	}
	a.Scan = channel.Waiting
	if err := tx.InsertAttachment(ctx, a, content); err != nil {
		return err
	}
	return tx.Enqueue(ctx, scanJob(a.ID, a.At))
}

func scanJob(key string, at time.Time) Job { return readyJob(JobScan, key, struct{}{}, at, at) }

// lookAgain is one job for all files that wait.
func lookAgain(at time.Time) Job {
	at = at.Truncate(scanAgain).Add(scanAgain)
	return scanJob("again/"+at.Format(time.RFC3339), at)
}

// usableFile is the content of a file that may be given away.
func (d *Desk) usableFile(ctx context.Context, r QueueReader, id string) (channel.Attachment, []byte, error) {
	a, content, err := r.Attachment(ctx, id)
	if err == nil {
		err = d.usable(&a)
	}
	if err != nil {
		return a, nil, err
	}
	return a, content, nil
}

// usable refuses files in quarantine. Without a scanner none waits for one.
func (d *Desk) usable(a *channel.Attachment) error {
	if d.Scan == nil && a.Scan == channel.Waiting {
		return nil
	}
	return a.Usable()
}

// ScanFiles has what waits scanned, one file after the other. A scanner that does
// not answer is asked again in a minute.
func (d *Desk) ScanFiles(ctx context.Context) error {
	for ctx.Err() == nil && d.Scan != nil {
		var id string
		err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
			at := d.at()
			if id, err = tx.ClaimUnscanned(ctx, at, at.Add(scanLease)); err != nil || id == "" {
				return err
			}
			return tx.Enqueue(ctx, lookAgain(at.Add(scanLease)))
		})
		if err != nil || id == "" {
			return err
		}
		answers, err := d.scanFile(ctx, id)
		if err != nil || !answers {
			return err
		}
	}
	return ctx.Err()
}

// scanFile reports whether the scanner answered.
func (d *Desk) scanFile(ctx context.Context, id string) (answers bool, err error) {
	a, content, err := d.Store.Attachment(ctx, id)
	if err != nil {
		return false, err
	}
	found, failure := d.Scan(ctx, content)
	return failure == nil, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		at := d.at()
		switch {
		case failure != nil:
			d.Log.WarnContext(ctx, "the virus scanner did not answer: uploads wait", "error", failure)
			if _, err := tx.Scanned(ctx, id, channel.Waiting, at); err != nil {
				return err
			}
			return tx.Enqueue(ctx, lookAgain(at))
		case found == "":
			_, err := tx.Scanned(ctx, id, channel.Clean, time.Time{})
			return err
		}
		return d.isolate(ctx, tx, &a, found)
	})
}

// isolate keeps an infected file from everybody and tells those who handle its
// letter, and those who look after security.
func (d *Desk) isolate(ctx context.Context, tx Tx, a *channel.Attachment, found string) error {
	letterID, err := tx.Scanned(ctx, a.ID, channel.Infected, time.Time{})
	if err != nil {
		return err
	}
	err = tx.Record(ctx, audit.Entry{At: d.at(), Actor: "system", Action: "attachment.infected", Object: "attachment/" + a.ID, Detail: map[string]string{"found": found}})
	if err != nil || letterID == "" {
		return err
	}
	id, err := tx.LettersTicket(ctx, letterID)
	if err != nil {
		return err
	}
	t, err := tx.TicketByID(ctx, id)
	if err != nil {
		return err
	}
	unit, to := screening(&t), toTaskForce
	if t.Dispatched() {
		unit, to = t.Lead, toHandler
	}
	jobs := []Job{staffJob(&t, whatInfected, unit, to, a.ID, d.at())}
	if force := screening(&t); force != unit {
		jobs = append(jobs, staffJob(&t, whatInfected, force, toTaskForce, a.ID+"/security", d.at()))
	}
	if err := tx.Enqueue(ctx, jobs...); err != nil || !t.Status.Open() {
		return err
	}
	return d.carry(ctx, tx, &t, ticket.Command{Move: ticket.Note, EventID: d.NewID(), At: d.at(), Note: "附件含病毒，已隔离，任何人不能查看。需要的，可以请来信人补充，重新提交。"}, map[string]string{"by": "scan"})
}

// unscanned is the finding that the scanner keeps files waiting.
func (d *Desk) unscanned(ctx context.Context) (Finding, error) {
	f := Finding{Kind: ScanStalled}
	if d.Scan == nil {
		return f, nil
	}
	q, err := d.Store.Unscanned(ctx)
	if !q.Since.IsZero() && d.at().Sub(q.Since) > scanLate {
		f.Count = q.Waiting
	}
	return f, err
}
