package knowledge_test

import (
	"slices"
	"testing"

	"jiesu/internal/desk/knowledge"
)

// answers are the entries a decision gives, first to last.
func answers(d knowledge.Decision) []string {
	var ids []string
	if d.Kind == knowledge.Answer {
		ids = append(ids, d.Answer.Entry)
	}
	for _, r := range d.More {
		ids = append(ids, r.Entry)
	}
	return ids
}

func TestEveryQuestionOfAMessageIsAnswered(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	for text, want := range map[string][]string{
		"身份证丢了怎么补办？另外户口怎么迁到外地？":                         {"id-lost", "hukou-move"},
		"驾驶证到期怎么换证？还有就是养狗要办什么证？":                        {"licence-expired", "dog-register"},
		"身份证丢了怎么补办，护照丢了怎么补办":                            {"id-lost", "passport-lost"},
		"1. 身份证丢了怎么补办 2. 养狗要办什么证 3. 怎么查交通违法":            {"id-lost", "dog-register", "violation-query"},
		"我想问：一、驾驶证丢了怎么补办；二、新生儿怎么上户口":                    {"licence-lost", "hukou-newborn"},
		"①护照丢了怎么补办②驾驶证到期怎么换证":                           {"passport-lost", "licence-expired"},
		"护照丢了怎么补办\n驾驶证丢了怎么补办":                           {"passport-lost", "licence-lost"},
		"身份证丢了怎么补办？要多少钱？":                               {"id-lost", "id-fee"}, // the second is about the first's subject
		"身份证丢了怎么补办？急！":                                  {"id-lost"},
		"身份证丢了怎么补办？我的身份证不见了怎么办？":                        {"id-lost"}, // the same twice
		"身份证丢了怎么补办？护照丢了怎么补办？驾驶证丢了怎么补办？养狗要办什么证？怎么查交通违法？": {"id-lost", "passport-lost", "licence-lost", "dog-register"},
	} {
		d, _, err := m.Match(t.Context(), lib, text, today)
		if err != nil {
			t.Fatal(err)
		}
		if got := answers(d); !slices.Equal(got, want) {
			t.Errorf("%q: got %s %v, want %v", text, d.Kind, got, want)
		}
		checkDecision(t, d)
	}
}

// TestAnUnsureQuestionDoesNotSpoilASureOne, and is not passed over in silence.
func TestAnUnsureQuestionDoesNotSpoilASureOne(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	for text, missed := range map[string][]string{
		"身份证丢了怎么补办？另外红烧肉怎么做才好吃？": {"另外红烧肉怎么做才好吃？"},
		"公积金怎么提取？身份证丢了怎么补办？":     {"公积金怎么提取？"},
		"在吗？身份证丢了怎么补办？怎么办？谢谢！":   nil,
	} {
		d, _, err := m.Match(t.Context(), lib, text, today)
		if err != nil {
			t.Fatal(err)
		}
		if got := answers(d); !slices.Equal(got, []string{"id-lost"}) || !slices.Equal(d.Missed, missed) {
			t.Errorf("%q: got %s %v, missed %q", text, d.Kind, got, d.Missed)
		}
	}
}

func TestOneQuestionStaysOne(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	for _, text := range []string{
		"身份证还有效吗", "我还有一个孩子怎么上户口", "2026.3.1办的身份证丢了怎么补办", "身份证丢了，怎么补办", "身份证号码11怎么改", "一是身份证丢了",
		"护照丢了怎么补办，要带什么", "15:30 丢的身份证怎么补办",
	} {
		d, _, err := m.Match(t.Context(), lib, text, today)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.More)+len(d.Missed) > 0 {
			t.Errorf("%q was split: %v, missed %q", text, answers(d), d.Missed)
		}
	}
}
