package desk

import (
	"context"
	"strconv"
	"strings"

	"jiesu/internal/desk/consultation"
	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

// resultOf is what the review of a consultation's result belongs to; that of its
// draft belongs to its id.
func resultOf(id string) string { return id + "/result" }

// consultText is what the draft of a consultation, and its result, mean to the
// desk: published, the one is approved and the other reported.
type consultText struct{ desk *Desk }

// found reads the consultation a review belongs to.
func (k consultText) found(ctx context.Context, tx Tx, it *review.Item) (c consultation.Consultation, t consultation.Tally, result bool, err error) {
	id, _, result := strings.Cut(it.Subject, "/")
	if c, err = tx.Consultation(ctx, id); err == nil && result {
		t, err = tallied(ctx, tx, &c)
	}
	return c, t, result, err
}

// suits refuses another text than the consultation's own: it is edited there,
// and what becomes of opinions may have changed since.
func (k consultText) suits(ctx context.Context, tx Tx, it *review.Item) error {
	move := it.Ledger[len(it.Ledger)-1].Move
	if move == review.Withdraw {
		return nil
	}
	c, t, result, err := k.found(ctx, tx, it)
	if err != nil {
		return err
	}
	if result && t.Pending > 0 && move != review.Write && move != review.Edit {
		return consultation.Undecided()
	}
	if own := consultContent(&c, &t, result); own.Sum() != it.Latest().Hash {
		return problem.New(problem.Conflict, "consultation.changed", "征求意见的内容，或者意见的采纳情况，已经和送审的不同，请先在征求意见中保存，再重新送审。")
	}
	return nil
}

func (k consultText) published(ctx context.Context, tx Tx, a Actor, it *review.Item) error {
	c, t, result, err := k.found(ctx, tx, it)
	if err != nil {
		return err
	}
	at, was, what := k.desk.at(), c.Version, "approve"
	if result {
		what = "publish"
		if err = c.ApproveResult(a.ID, t, at); err == nil {
			err = c.Publish(t, at)
		}
	} else {
		err = c.Approve(a.ID, k.desk.period, at)
	}
	if err != nil {
		return err
	}
	return k.desk.keepConsultation(ctx, tx, a, &c, was, what, nil)
}

// withdrawn refuses to take back what the public has been told.
func (k consultText) withdrawn(ctx context.Context, tx Tx, _ Actor, it *review.Item) error {
	c, _, _, err := k.found(ctx, tx, it)
	if err == nil && c.State != consultation.Draft && c.State != consultation.Closed {
		err = problem.New(problem.Conflict, "consultation.withdraw", "这一期征求意见已经审定，不能撤回。")
	}
	return err
}

// reviewConsultation makes what is written in a consultation the latest version
// of its review, and of that of its result where there is one.
func (d *Desk) reviewConsultation(ctx context.Context, tx Tx, a Actor, c *consultation.Consultation, t consultation.Tally, result bool) error {
	subject, content := c.ID, consultContent(c, &t, result)
	if result {
		subject = resultOf(c.ID)
	}
	return d.writeText(ctx, tx, a, review.Item{Kind: review.Consultation, Subject: subject, Unit: c.Unit, UnitPath: c.UnitPath}, content)
}

// consultContent is everything of a consultation, or of its result, that the
// public reads. What becomes of the opinions stands in it as a fingerprint, which
// is another one once any of it is decided otherwise.
func consultContent(c *consultation.Consultation, t *consultation.Tally, result bool) review.Content {
	content := review.Content{Title: c.Content.Title, Body: c.Content.Text, Disclosure: review.Disclosure{Decision: review.Full, Reason: "interest"}}
	add := func(name, value string) {
		if value != "" {
			content.Attributes = append(content.Attributes, review.Attribute{Name: name, Value: value})
		}
	}
	if !result {
		add("contact", c.Content.Contact)
		add("days", strconv.Itoa(c.Content.Days))
		add("explanation", c.Content.Explanation)
		add("ground", c.Content.Ground)
		add("how", c.Content.How)
		add("opens_on", c.Content.OpensOn)
		add("short", c.Content.Short)
		return content
	}
	content.Title += "：征求意见的结果"
	content.Body = ""
	if c.Result != nil {
		content.Body = c.Result.Public()
	}
	var counts []string
	for _, o := range t.Outcomes {
		counts = append(counts, o.Outcome.Name()+strconv.Itoa(o.N)+"条")
	}
	add("opinions", "收到意见"+strconv.Itoa(t.Received)+"条，撤回"+strconv.Itoa(t.Withdrawn)+"条；"+strings.Join(counts, "，")+"。")
	add("opinions_mark", letters(t.Mark))
	return content
}

// letters is a hexadecimal fingerprint without figures: a machine that looks for
// numbers of people must not find any in it.
func letters(hex string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + 'g'
		}
		return r
	}, hex)
}
