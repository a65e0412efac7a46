package review_test

import (
	"errors"
	"testing"

	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

func TestWhatThePublicReadsOfAReply(t *testing.T) {
	t.Parallel()
	s := review.Source{Title: "张三的补办", Asked: "我叫张三，怎么补办？", Body: "张三：请带户口簿到李四处办理。"}
	rs := []review.Redaction{
		{Part: review.BodyPart, From: 9, To: 11, With: "窗口"},
		{Part: review.TitlePart, From: 0, To: 2, With: "【姓名】", By: "u1"},
		{Part: review.BodyPart, From: 0, To: 2, With: "来信人", By: "u1"},
		{Part: review.AskedPart, From: 2, To: 4, With: "【姓名】", Keep: true, By: "u1"},
	}
	if err := review.CheckRedactions(&s, rs); err != nil {
		t.Fatal(err)
	}
	c := s.Redact(rs)
	if c.Title != "【姓名】的补办" || c.Body != "来信人：请带户口簿到窗口处办理。" || len(c.Attributes) != 1 || c.Attributes[0].Value != s.Asked {
		t.Errorf("reads %+v", c)
	}
	if rs[0].Passage(&s) != "李四" {
		t.Errorf("hides %q", rs[0].Passage(&s))
	}
	refused(t, "unconfirmed", review.Confirmed(rs), "disclosure.unconfirmed")
	rs[0].By = "u2"
	if err := review.Confirmed(rs); err != nil {
		t.Error(err)
	}
	s.Asked = ""
	if c := s.Redact(nil); c.Attributes != nil || c.Body != s.Body {
		t.Errorf("without anything hidden it reads %+v", c)
	}
	for name, bad := range map[string]review.Redaction{
		"overlaps":     {Part: review.BodyPart, From: 1, To: 3},
		"behind":       {Part: review.BodyPart, From: 14, To: 99},
		"empty":        {Part: review.TitlePart, From: 3, To: 3},
		"unknown part": {Part: "notes", From: 0, To: 1},
	} {
		refused(t, name, review.CheckRedactions(&s, append(rs[:3:3], bad)), "disclosure.redaction")
	}
}

func TestWordsAreFoundWhereNothingElseIsHidden(t *testing.T) {
	t.Parallel()
	s := review.Source{Title: "王家路口", Asked: "王家路口的灯，王家桥边。", Body: "王师傅已修好路灯。"}
	hidden := []review.Redaction{{Part: review.TitlePart, From: 0, To: 2}, {Part: review.BodyPart, From: 0, To: 3, Keep: true}}
	for words, want := range map[string]any{
		"王家桥":  review.Redaction{Part: review.AskedPart, From: 7, To: 10},
		"王家路口": review.Redaction{Part: review.AskedPart, From: 0, To: 4}, // the title's is hidden in part
		"王家":   "ambiguous",
		"王师傅":  "unknown", // somebody looks after it already
		"李家":   "unknown",
		"":     "unknown",
	} {
		got, err := s.Find(words, hidden)
		if code, refused := want.(string); refused {
			if e, ok := errors.AsType[*problem.Error](err); !ok || e.Fields[0].Code != code {
				t.Errorf("%q: %v, want it %s", words, err, code)
			}
		} else if err != nil || got != want {
			t.Errorf("%q: %+v, %v", words, got, err)
		}
	}
}
