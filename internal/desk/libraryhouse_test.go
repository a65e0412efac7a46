package desk_test

import (
	"testing"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/assignment"
)

// brake is an entry of the traffic police, with changes.
func brake(change ...review.Attribute) review.Content {
	attributes := map[string]string{
		"variants": "电动自行车刹车坏了能上路吗\n电瓶车刹车失灵怎么办\n电动车没有刹车会罚款吗\n骑车刹车不灵被查怎么办\n刹车不合格的电动车能骑吗",
		"category": "交管", "audience": "person", "certainty": "A", "basis": "law-resident-id-card | 第十一条", "valid_from": "2026-01-01", "review_by": "2027-06-01",
	}
	title, body := "电动自行车刹车不合格怎么处理？", "刹车不合格的电动自行车不得上路，请到维修点修好后再骑；被查到的，按规定处理。"
	for _, a := range change {
		switch a.Name {
		case "title":
			title = a.Value
		case "body":
			body = a.Value
		default:
			attributes[a.Name] = a.Value
		}
	}
	c := review.Content{Title: title, Body: body, Disclosure: review.Disclosure{Decision: review.Full, Reason: "concern"}}
	for name, value := range attributes {
		if value != "" {
			c.Attributes = append(c.Attributes, review.Attribute{Name: name, Value: value})
		}
	}
	return c
}

func with(name, value string) review.Attribute { return review.Attribute{Name: name, Value: value} }

func (h *house) draftEntry(t *testing.T, id string, c review.Content) desk.TextView {
	t.Helper()
	v, err := h.DraftText(t.Context(), h.writer(), desk.TextDraft{Kind: review.Entry, Subject: id, Content: c})
	must(t, err)
	return v
}

func (h *house) releaser() desk.Actor {
	a := h.person("force", assignment.TaskForce, access.TaskForce)
	a.Reports = true
	return a
}

func (h *house) release(t *testing.T, id string) error {
	t.Helper()
	must(t, h.GateDue(t.Context()))
	_, err := h.takes(t, h.releaser(), id, desk.TextCommand{Move: review.Publish})
	if err != nil {
		return err
	}
	must(t, h.ReloadLibrary(t.Context()))
	return nil
}

// released lets an entry pass everything.
func (h *house) released(t *testing.T, id string, c review.Content) desk.TextView {
	t.Helper()
	v := h.draftEntry(t, id, c)
	h.approved(t, v.ID)
	must(t, h.release(t, v.ID))
	return v
}

func (h *house) answers(t *testing.T, text string) (entry string, version int) {
	t.Helper()
	d, err := h.Ask(t.Context(), desk.Question{Text: text})
	must(t, err)
	if d.Kind != knowledge.Answer {
		return "", 0
	}
	return d.Answer.Entry, d.Answer.Version
}
