package knowledge_test

import (
	"testing"

	"jiesu/internal/desk/knowledge"
)

// TestFollowUpsAreReadWithWhatWasTalkedAbout over the small library, where each
// answer repeats its question and so speaks of little.
func TestFollowUpsAreReadWithWhatWasTalkedAbout(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	lost := knowledge.Topic{Entry: "id-lost", Asked: "身份证丢了怎么补办"}
	passport := knowledge.Topic{Entry: "passport-apply"}
	for _, c := range []struct {
		topic      knowledge.Topic
		text, want string // empty: no answer
	}{
		{lost, "那要多少钱？", "id-fee"},
		{lost, "收费吗", "id-fee"},
		{lost, "那小孩呢", "id-minor"},
		{lost, "过期了呢", "id-expired"},
		{lost, "那驾照呢", "licence-lost"},
		{lost, "护照呢？", "passport-lost"},
		{passport, "要带什么材料", "passport-apply"},
		{passport, "丢了怎么办", "passport-lost"},
		{knowledge.Topic{Entry: "id-fee", Asked: "身份证要多少钱"}, "那驾照呢", ""}, // what a licence costs is not known
		{lost, "养狗要办什么证", "dog-register"},                                // a subject of its own: a new topic
		{knowledge.Topic{}, "那要多少钱？", ""},
		{passport, "那要多少钱？", ""}, // nothing here says what a passport costs
		{lost, "多久能拿到", ""},      // nor how long it takes
		{lost, "那医保呢", ""},
		{lost, "明天会下雨吗", ""},
		{lost, "那晚饭吃什么", ""},
		{lost, "孩子发烧怎么办", ""},
		{lost, "那怎么办", ""},
		{lost, "", ""},
		{knowledge.Topic{Entry: "gone"}, "要多少钱", ""},
	} {
		r, err := m.Follow(t.Context(), lib, c.topic, c.text, today)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if r.Decision.Kind == knowledge.Answer {
			got = r.Decision.Answer.Entry
		}
		if got != c.want {
			t.Errorf("after %v, %q is read as %q: got %s %q, want %q", c.topic, c.text, r.Asked, r.Decision.Kind, got, c.want)
		}
		checkDecision(t, r.Decision)
	}
}

// TestSlotsCarryOver: what follows keeps the case until it is changed.
func TestSlotsCarryOver(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	topic := knowledge.Topic{Entry: "id-lost", Asked: "身份证丢了怎么补办"}
	for _, c := range []struct{ text, want string }{{"那小孩呢", "id-minor"}, {"那要多少钱", "id-fee"}, {"过期了呢", "id-expired"}} {
		r, err := m.Follow(t.Context(), lib, topic, c.text, today)
		if err != nil {
			t.Fatal(err)
		}
		if r.Decision.Kind != knowledge.Answer || r.Decision.Answer.Entry != c.want {
			t.Fatalf("%q is read as %q: %+v", c.text, r.Asked, r.Decision)
		}
		topic = knowledge.Topic{Entry: c.want, Asked: r.Asked}
	}
}

func TestOthersLeavesOutWhatWasRefused(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	refused := []string{"id-lost", "id-fee"}
	options, err := m.Others(t.Context(), lib, "身份证", refused, today)
	if err != nil {
		t.Fatal(err)
	}
	if len(options) < 2 || len(options) > 4 {
		t.Fatalf("options %v", options)
	}
	for _, o := range options {
		if o.Entry == "id-lost" || o.Entry == "id-fee" || o.Question == "" {
			t.Errorf("offered %+v", o)
		}
	}
	for _, text := range []string{"", "红烧肉", "？"} {
		if options, err := m.Others(t.Context(), lib, text, nil, today); err != nil || len(options) == 1 {
			t.Errorf("%q: %v, %v", text, options, err)
		}
	}
}

func TestOptionsSayWhatTellsThemApart(t *testing.T) {
	t.Parallel()
	lib, m := desk2(t)
	options, err := m.Others(t.Context(), lib, "身份证", []string{"id-minor"}, today)
	if err != nil {
		t.Fatal(err)
	}
	hints := map[string]string{}
	for _, o := range options {
		hints[o.Entry] = o.Hint
	}
	if hints["id-fee"] != "费用" || hints["id-lost"] != "丢失、补办" {
		t.Errorf("told apart by %v", hints)
	}
}

func TestSameMatter(t *testing.T) {
	t.Parallel()
	lib, _ := desk2(t)
	if !lib.SameMatter("丢了", "身份证") || !lib.SameMatter("身份证丢了", "身份证") || lib.SameMatter("养狗", "身份证") {
		t.Error("a matter is known by its objects")
	}
}
