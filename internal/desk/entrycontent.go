package desk

import (
	"strings"
	"time"
	"unicode/utf8"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/problem"
)

// The attributes of an entry under review: lists have one item a line, days are
// written 2026-01-31.
const (
	entryVariants   = "variants"
	entryCategory   = "category"
	entryAudience   = "audience" // person, enterprise, both
	entryKeywords   = "keywords"
	entryBasis      = "basis" // id of a document, and the article behind a bar
	entryCertainty  = "certainty"
	entryLocal      = "local"
	entryPublishAt  = "publish_at" // RFC 3339; none: as soon as it is published
	entryValidFrom  = "valid_from"
	entryValidTo    = "valid_to"
	entryReviewBy   = "review_by"
	entryConditions = "item_conditions"
	entryMaterials  = "item_materials"
	entryProcedure  = "item_procedure"
	entryTimeLimit  = "item_time_limit"
	entryFee        = "item_fee"
)

// What a text that is read on a phone may measure, in characters.
const (
	maxQuestion = 60
	minAnswer   = 20
	maxAnswer   = 600
	minVariants = 5
)

// entryText is an entry as it is written in a text under review.
type entryText struct {
	knowledge.Entry

	PublishAt time.Time // zero: at once
	fields    []problem.Field
}

func (t *entryText) fault(name, code, message string) {
	t.fields = append(t.fields, problem.Field{Pointer: "/attributes/" + name, Code: code, Message: message})
}

// readEntry reads an entry from the content of a text. What cannot be read is in
// its fields.
func readEntry(c *review.Content) entryText {
	t := entryText{Entry: knowledge.Entry{Question: c.Title, Answer: c.Body, Audience: "both", Certainty: "B"}}
	for _, a := range c.Attributes {
		if !t.set(a.Name, a.Value) && !t.setItem(a.Name, a.Value) {
			t.fault(a.Name, "unknown", "问答没有这一项内容。")
		}
	}
	return t
}

// set fills in an attribute and reports whether it knows it.
func (t *entryText) set(name, value string) bool {
	switch name {
	case entryVariants:
		t.Variants = lines(value)
	case entryCategory:
		t.Category = value
	case entryAudience:
		t.Audience = value
	case entryKeywords:
		t.Keywords = lines(value)
	case entryBasis:
		for _, l := range lines(value) {
			document, article, _ := strings.Cut(l, "|")
			t.Basis = append(t.Basis, knowledge.Basis{Document: strings.TrimSpace(document), Article: strings.TrimSpace(article)})
		}
	case entryCertainty:
		t.Certainty = value
	case entryLocal:
		t.Local = value
	case entryPublishAt:
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			t.fault(name, "time", "时间请写成 2026-01-31T08:00:00+08:00 的格式。")
		}
		t.PublishAt = at.UTC()
	case entryValidFrom:
		t.ValidFrom = t.day(name, value)
	case entryValidTo:
		t.ValidTo = t.day(name, value)
	case entryReviewBy:
		t.ReviewBy = t.day(name, value)
	default:
		return false
	}
	return true
}

func (t *entryText) setItem(name, value string) bool {
	item := knowledge.ServiceItem{}
	if t.Item != nil {
		item = *t.Item
	}
	switch name {
	case entryConditions:
		item.Conditions = lines(value)
	case entryMaterials:
		item.Materials = lines(value)
	case entryProcedure:
		item.Procedure = lines(value)
	case entryTimeLimit:
		item.TimeLimit = value
	case entryFee:
		item.Fee = value
	default:
		return false
	}
	t.Item = &item
	return true
}

func (t *entryText) day(name, value string) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, value, deadline.Beijing())
	if err != nil {
		t.fault(name, "date", "日期请写成 2026-01-31 的格式。")
	}
	return day
}

func lines(s string) []string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// content writes an entry as the content of a text; [readEntry] reads it back.
func (t *entryText) content(d review.Disclosure) review.Content {
	c := review.Content{Title: t.Question, Body: t.Answer, Disclosure: d}
	add := func(name, value string) {
		if value != "" {
			c.Attributes = append(c.Attributes, review.Attribute{Name: name, Value: value})
		}
	}
	day := func(name string, at time.Time) {
		if !at.IsZero() {
			add(name, at.In(deadline.Beijing()).Format(time.DateOnly))
		}
	}
	var basis []string
	for _, b := range t.Basis {
		basis = append(basis, strings.TrimSuffix(b.Document+" | "+b.Article, " | "))
	}
	add(entryVariants, strings.Join(t.Variants, "\n"))
	add(entryCategory, t.Category)
	add(entryAudience, t.Audience)
	add(entryKeywords, strings.Join(t.Keywords, "\n"))
	add(entryBasis, strings.Join(basis, "\n"))
	add(entryCertainty, t.Certainty)
	add(entryLocal, t.Local)
	if !t.PublishAt.IsZero() {
		add(entryPublishAt, t.PublishAt.Format(time.RFC3339))
	}
	day(entryValidFrom, t.ValidFrom)
	day(entryValidTo, t.ValidTo)
	day(entryReviewBy, t.ReviewBy)
	if i := t.Item; i != nil {
		add(entryConditions, strings.Join(i.Conditions, "\n"))
		add(entryMaterials, strings.Join(i.Materials, "\n"))
		add(entryProcedure, strings.Join(i.Procedure, "\n"))
		add(entryTimeLimit, i.TimeLimit)
		add(entryFee, i.Fee)
	}
	return c
}

// maxEntryID is the longest id of an entry.
const maxEntryID = 80

// isEntryID reports whether s is words of small letters and digits with a hyphen
// between them.
func isEntryID(s string) bool {
	for word := range strings.SplitSeq(s, "-") {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return false
		}
	}
	return len(s) <= maxEntryID
}

// measure finds what of an entry is missing or does not measure up: a text that
// others are to read is complete.
func (t *entryText) measure() {
	for _, f := range []struct {
		bad                 bool
		name, code, message string
	}{
		{utf8.RuneCountInString(t.Question) > maxQuestion, "question", "too_long", "问题最多60个字。"},
		{utf8.RuneCountInString(t.Answer) < minAnswer || utf8.RuneCountInString(t.Answer) > maxAnswer, "answer", "length", "答案要在20到600个字之间。"},
		{len(t.Variants) < minVariants, entryVariants, "too_few", "至少写五种群众会用的问法，一行一种。"},
		{t.Category == "", entryCategory, "required", "请选择类别。"},
		{t.Audience != "person" && t.Audience != "enterprise" && t.Audience != "both", entryAudience, "unknown", "适用对象请写 person、enterprise 或者 both。"},
		{t.Certainty != "A" && t.Certainty != "B" && t.Certainty != "C", entryCertainty, "unknown", "核对程度请写 A、B 或者 C。"},
		{len(t.Basis) == 0, entryBasis, "required", "请写明依据，一行一件：文件编号 | 条款。"},
		{t.ValidFrom.IsZero(), entryValidFrom, "required", "请写明生效日期。"},
		{t.ReviewBy.IsZero(), entryReviewBy, "required", "请写明最迟复核日期。"},
		{!t.ValidTo.IsZero() && t.ValidTo.Before(t.ValidFrom), entryValidTo, "order", "失效日期早于生效日期。"},
	} {
		if f.bad {
			t.fault(f.name, f.code, f.message)
		}
	}
}
