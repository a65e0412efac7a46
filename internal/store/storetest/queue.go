package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
)

func (k *kit) claim(at time.Time) (jobs []desk.Job) {
	k.Helper()
	k.change(func(ctx context.Context, tx desk.Tx) (err error) {
		jobs, err = tx.ClaimJobs(ctx, at, at.Add(time.Minute), 10)
		return err
	})
	return jobs
}

func testEnqueue(k *kit) {
	first, second, later := k.job("1"), k.job("2"), k.job("3")
	later.RunAt = noon().Add(time.Hour)
	first.RunAt = noon().Add(-time.Hour)
	again := k.job("1")
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.Enqueue(ctx, second, first, later), tx.Enqueue(ctx, again), tx.Enqueue(ctx))
	})
	got := k.claim(noon())
	first.LeaseUntil, second.LeaseUntil = noon().Add(time.Minute), noon().Add(time.Minute)
	first.Attempts, second.Attempts = 1, 1
	same(k, "claimed, oldest first", got, []desk.Job{first, second})
	counts, err := k.JobCounts(k.Context())
	ok(k, err)
	same(k, "counts", counts, map[desk.JobState]int{desk.JobReady: 3})
}

func testJobsClaimedOnce(k *kit) {
	k.change(func(ctx context.Context, tx desk.Tx) error {
		for range 200 {
			if err := tx.Enqueue(ctx, k.job(k.id())); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	claimed := map[string]int{}
	together(8, func(int) {
		for {
			var jobs []desk.Job
			err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) (err error) {
				jobs, err = tx.ClaimJobs(ctx, noon(), noon().Add(time.Minute), 9)
				return err
			})
			if err != nil {
				k.Error(err)
			}
			if len(jobs) == 0 {
				return
			}
			mu.Lock()
			for _, j := range jobs {
				claimed[j.ID]++
			}
			mu.Unlock()
		}
	})
	each(k, "job", claimed, 200)
}

func testLease(k *kit) {
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.Enqueue(ctx, k.job("1"), k.job("2")) })
	same(k, "leased", len(k.claim(noon())), 2)
	same(k, "nothing left", len(k.claim(noon().Add(59*time.Second))), 0)
	late := k.claim(noon().Add(30 * time.Second))
	same(k, "still leased", len(late), 0)
	jobs := k.claim(noon().Add(time.Minute))
	same(k, "the lease ran out", len(jobs), 2)
	slow := jobs[0]
	slow.Attempts, slow.State = 1, desk.JobDone // who claimed it first comes back too late
	err := k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.FinishJob(ctx, slow) })
	wantCode(k, err, problem.Conflict, "job.lost")

	done, again := jobs[0], jobs[1]
	same(k, "a claim is an attempt", jobs[0].Attempts, 2)
	done.State = desk.JobDone
	again.RunAt, again.LastError = noon().Add(time.Hour), "http.timeout"
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.FinishJob(ctx, done), tx.FinishJob(ctx, again))
	})
	same(k, "not before its time", len(k.claim(noon().Add(59*time.Minute))), 0)
	jobs = k.claim(noon().Add(time.Hour))
	again.LeaseUntil, again.Attempts = noon().Add(61*time.Minute), 3
	same(k, "again", jobs, []desk.Job{again})
	counts, err := k.JobCounts(k.Context())
	ok(k, err)
	same(k, "counts", counts, map[desk.JobState]int{desk.JobReady: 1, desk.JobDone: 1})
}

func testNotifications(k *kit) {
	n := desk.Notification{ID: "n1", Unit: "mailbox", To: "handler", Ticket: "J1", Kind: "clock.warn", Text: "还有1天", At: noon()}
	newer := n
	newer.ID, newer.At = "n2", noon().Add(time.Hour)
	other := n
	other.ID, other.Unit = "n3", "branch"
	changed := n
	changed.Text = "另一句"
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return errors.Join(tx.InsertNotification(ctx, n), tx.InsertNotification(ctx, newer), tx.InsertNotification(ctx, other), tx.InsertNotification(ctx, changed))
	})
	got, err := k.Notifications(k.Context(), []string{"mailbox", "user:u9"}, 10)
	ok(k, err)
	same(k, "newest first, each once", got, []desk.Notification{newer, n})
}

func testIdempotency(k *kit) {
	i := desk.Idempotency{
		Scope: "letters", Key: []byte{0, 1, 255}, Request: []byte("hash"), Response: []byte(`{"query_code":"K7"}`), ExpiresAt: noon().Add(time.Hour),
	}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.SaveIdempotency(ctx, i) })
	got, err := k.Idempotent(k.Context(), "letters", i.Key)
	ok(k, err)
	same(k, "kept", got, i)
	// The loser of a race may look at what the winner stored, and end well.
	k.change(func(ctx context.Context, tx desk.Tx) error {
		wantCode(k, tx.SaveIdempotency(ctx, i), problem.Conflict, "idempotency.taken")
		_, err := tx.Idempotent(ctx, "letters", i.Key)
		return err
	})
	_, err = k.Idempotent(k.Context(), "other", i.Key)
	wantCode(k, err, problem.NotFound, "idempotency.not_found")
}

func testLaterAttachment(k *kit) {
	first, other := k.open(nil), k.open(nil)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		if err := tx.InsertAttachment(ctx, channel.Attachment{ID: "later", Name: "路口.jpg", Type: "image/jpeg", At: noon()}, []byte{1}); err != nil {
			return err
		}
		return tx.AddFiles(ctx, first.LetterID, "later")
	})
	l, err := k.Letter(k.Context(), first.LetterID)
	ok(k, err)
	same(k, "files of the letter", l.Attachments, []string{"later"})
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.AddFiles(ctx, other.LetterID, "later") })
	wantCode(k, err, problem.Conflict, "attachment.taken")
}

func testAttachment(k *kit) {
	a := channel.Attachment{ID: "a1", Name: "李四 身份证.jpg", Type: "image/jpeg", Size: 5, SHA256: "abc", At: noon()}
	content := []byte{0xff, 0xd8, 0, 1, 2}
	k.change(func(ctx context.Context, tx desk.Tx) error { return tx.InsertAttachment(ctx, a, content) })
	got, kept, err := k.Attachment(k.Context(), "a1")
	ok(k, err)
	same(k, "attachment", got, a)
	same(k, "content", kept, content)
	info, err := k.AttachmentInfo(k.Context(), "a1")
	ok(k, err)
	same(k, "without its content", info, a)
	_, err = k.AttachmentInfo(k.Context(), "a2")
	wantCode(k, err, problem.NotFound, "attachment.not_found")
	err = k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error { return tx.InsertAttachment(ctx, a, content) })
	wantCode(k, err, problem.Conflict, "attachment.taken")

	file := func() (letter string, err error) {
		l := k.letter()
		l.Attachments = []string{"a1"}
		return l.ID, k.InTx(k.Context(), func(ctx context.Context, tx desk.Tx) error {
			return tx.InsertTicket(ctx, l, k.ticket(l.ID), []byte("code"))
		})
	}
	id, err := file()
	ok(k, err)
	l, err := k.Letter(k.Context(), id)
	ok(k, err)
	same(k, "files of the letter", l.Attachments, []string{"a1"})
	_, err = file()
	wantCode(k, err, problem.Conflict, "attachment.taken")
	// A file that found its letter stays; one that did not goes after a day.
	k.change(func(ctx context.Context, tx desk.Tx) error {
		return tx.InsertAttachment(ctx, channel.Attachment{ID: "loose", Name: "x.txt", At: noon()}, content)
	})
	k.change(func(ctx context.Context, tx desk.Tx) error {
		_, err := sweep(ctx, tx, noon().Add(23*time.Hour))
		return err
	})
	_, err = k.AttachmentInfo(k.Context(), "loose")
	ok(k, err)
	k.change(func(ctx context.Context, tx desk.Tx) error {
		_, err := sweep(ctx, tx, noon().Add(25*time.Hour))
		return err
	})
	_, err = k.AttachmentInfo(k.Context(), "loose")
	wantCode(k, err, problem.NotFound, "attachment.not_found")
	_, err = k.AttachmentInfo(k.Context(), "a1")
	ok(k, err)
}

func testUnanswered(k *kit) {
	note := func(text string, at time.Time) {
		k.change(func(ctx context.Context, tx desk.Tx) error {
			return tx.NoteUnanswered(ctx, desk.Unanswered{Text: text, Count: 1, FirstAt: at, LastAt: at})
		})
	}
	note("停车费怎么交", noon())
	note("猫丢了", noon())
	note("猫丢了", noon().Add(time.Hour))
	got, err := k.Unanswered(k.Context(), 10)
	ok(k, err)
	same(k, "most asked first", got, []desk.Unanswered{
		{Text: "猫丢了", Count: 2, FirstAt: noon(), LastAt: noon().Add(time.Hour)},
		{Text: "停车费怎么交", Count: 1, FirstAt: noon(), LastAt: noon()},
	})
}
