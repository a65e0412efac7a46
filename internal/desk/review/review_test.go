package review_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu/internal/desk/review"
	"jiesu/internal/problem"
)

func at() time.Time { return time.Date(2026, 6, 8, 1, 30, 0, 0, time.UTC) }

// shipped are the chains of the product, read once.
var shipped = sync.OnceValue(func() *review.Rules {
	r, err := review.LoadRules()
	if err != nil {
		panic(err)
	}
	return r
})

func chain(k review.Kind, a review.Audience) review.Chain {
	c, err := shipped().Chain(k, a)
	if err != nil {
		panic(err)
	}
	return c
}

// person is somebody of the traffic unit, whose id tells the role: "head", or
// "head2".
func person(id string) review.Person {
	return review.Person{ID: id, Name: "张" + id, Unit: "traffic", UnitPath: "bureau/traffic", Roles: []string{strings.TrimRight(id, "0123456789")}}
}

func text(body string) review.Content {
	return review.Content{
		Title: "电动自行车怎么上牌", Body: body, Attributes: []review.Attribute{{"valid_from", "2026-07-01"}, {"basis", "道路交通安全法第十八条"}},
		Disclosure: review.Disclosure{Decision: review.Full, Reason: "concern"},
	}
}

// entry is a public text by somebody.
func entry(t *testing.T, by string) review.Item {
	t.Helper()
	return begun(t, review.Entry, review.Public, by)
}

func begun(t *testing.T, k review.Kind, a review.Audience, by string) review.Item {
	t.Helper()
	it, err := review.Item{ID: "r1", Kind: k, Audience: a, Unit: "traffic", UnitPath: "bureau/traffic"}.
		Begin(review.Command{By: person(by), Content: text("请带身份证到车管所办理。"), At: at()})
	must(t, err)
	return it
}

// command is what somebody has to say to make a move, all of it right.
func command(it *review.Item, m review.Move, by string) review.Command {
	c := review.Command{Move: m, By: person(by), At: at().Add(time.Duration(len(it.Ledger)) * time.Hour), Hash: it.Latest().Hash}
	switch m {
	case review.Edit:
		c.Content = text(it.Latest().Content.Body + "改。")
	case review.Submit:
		c.Chain = chain(it.Kind, it.Audience)
	case review.Pass:
		c.Gates = review.Gates()
	case review.SendBack:
		c.Gate, c.Reason, c.Words = review.Wording, "unclear", "请写明地址。"
		c.Comments = []review.Comment{{From: 5, To: 8, Quote: string([]rune(it.Latest().Content.Body)[5:8]), Text: "哪一个？"}}
	case review.Resume:
		c.Words = "全市只有一个车管所。"
	case review.Withdraw:
		c.Reason, c.Words = "outdated", "规定已经修改。"
	case review.Write, review.Publish:
	}
	if w, ok := it.Wait(); ok {
		c.Step = w.Step.ID
	}
	return c
}

// does makes a move that has to succeed.
func does(t *testing.T, it *review.Item, m review.Move, by string) {
	t.Helper()
	if err := it.Apply(command(it, m, by)); err != nil {
		t.Fatalf("%s by %s: %v", m, by, err)
	}
}

// readers take the six steps of a public text.
func readers() []string {
	return []string{"handler2", "head", "editor", "taskforce", "taskforce2", "leader"}
}

// approved has passed every step.
func approved(t *testing.T, it *review.Item) {
	t.Helper()
	does(t, it, review.Submit, "handler")
	for _, by := range readers() {
		does(t, it, review.Pass, by)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !problem.HasCode(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func TestSixPeopleReadAPublicText(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	does(t, &it, review.Submit, "handler")
	for i, by := range readers() {
		if w, ok := it.Wait(); !ok || w.Step.ID != it.Chain.Steps[i].ID || !w.Since.Equal(it.UpdatedAt) {
			t.Fatalf("it waits for %+v", w)
		}
		refused(t, "published early", it.Apply(command(&it, review.Publish, "taskforce")), "review.state")
		does(t, &it, review.Pass, by)
	}
	if _, waits := it.Wait(); waits || it.State != review.Approved || it.Live != 0 {
		t.Fatalf("after six steps: %s, live %d", it.State, it.Live)
	}
	does(t, &it, review.Publish, "taskforce")
	if it.State != review.Published || it.Live != 1 || len(it.Marks(1)) != 6 {
		t.Errorf("published: %s, live %d, marks %v", it.State, it.Live, it.Marks(1))
	}
	does(t, &it, review.Edit, "handler")
	if it.State != review.Draft || it.Live != 1 || len(it.Marks(2)) != 0 || len(it.Marks(1)) != 6 {
		t.Errorf("edited: %s, live %d, marks %v", it.State, it.Live, it.Marks(2))
	}
	does(t, &it, review.Withdraw, "taskforce")
	if it.Live != 0 {
		t.Error("withdrawn, and the public has it yet")
	}
}

func TestAReplyIsReadByTheUnitAndTheDesk(t *testing.T) {
	t.Parallel()
	it := begun(t, review.Reply, review.OnePerson, "handler")
	does(t, &it, review.Submit, "handler")
	other := command(&it, review.Pass, "head")
	other.By.UnitPath = "bureau/traff"
	refused(t, "the head of another unit", it.Apply(other), "review.unit")
	above := command(&it, review.Pass, "head")
	above.By.UnitPath = "bureau"
	must(t, it.Apply(above))
	does(t, &it, review.Pass, "taskforce")
	does(t, &it, review.Publish, "taskforce")
}

func TestNobodyReadsWhatTheyHaveAPartIn(t *testing.T) {
	t.Parallel()
	deputy := func(c *review.Command, of string) {
		p := person(of)
		c.For = &p
	}
	for name, test := range map[string]struct {
		by   string
		edit func(*review.Command)
		want string
	}{
		"the author":                        {"handler", nil, "review.own"},
		"for the author":                    {"handler3", func(c *review.Command) { deputy(c, "handler") }, "review.own"},
		"the author for somebody":           {"handler", func(c *review.Command) { deputy(c, "handler3") }, "review.own"},
		"for whom it was edited":            {"head2", nil, "review.own"},
		"who has taken another step":        {"handler2", func(c *review.Command) { c.By.Roles = []string{"head"} }, "review.twice"},
		"for whom another step was taken":   {"head3", nil, "review.twice"},
		"a deputy of who has taken another": {"head4", func(c *review.Command) { deputy(c, "handler2") }, "review.twice"},
		"another role":                      {"leader", nil, "review.role"},
		"a deputy of another role":          {"head", func(c *review.Command) { deputy(c, "leader") }, "review.role"},
		"a deputy of themselves":            {"head", func(c *review.Command) { deputy(c, "head") }, "review.deputy"},
		"nobody":                            {"", nil, "review.actor"},
		"the step before":                   {"head", func(c *review.Command) { c.Step = "proof_1" }, "review.step"},
		"the step after":                    {"editor", func(c *review.Command) { c.Step = "proof_2" }, "review.step"},
		"an older version":                  {"head", func(c *review.Command) { c.Hash = "0" }, "review.stale"},
		"a gate left open":                  {"head", func(c *review.Command) { c.Gates = review.Gates()[1:] }, "review.gates"},
		"a reason for passing":              {"head", func(c *review.Command) { c.Reason = "mistake" }, "review.reason"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			it := entry(t, "handler")
			edit := command(&it, review.Edit, "editor2")
			deputy(&edit, "head2")
			must(t, it.Apply(edit))
			does(t, &it, review.Submit, "handler")
			first := command(&it, review.Pass, "handler2")
			first.For = &review.Person{ID: "head3", UnitPath: "bureau", Roles: []string{"handler"}}
			must(t, it.Apply(first))
			c, before := command(&it, review.Pass, test.by), it
			if test.edit != nil {
				test.edit(&c)
			}
			if test.want == "review.role" && c.Step != "review_1" {
				t.Fatalf("the second step is %s", c.Step)
			}
			refused(t, name, it.Apply(c), test.want)
			if len(it.Ledger) != len(before.Ledger) || it.Version != before.Version || it.State != before.State {
				t.Error("a refusal changed it")
			}
			does(t, &it, review.Pass, "head")
		})
	}
}

func TestAnObjectionSaysToWhat(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	does(t, &it, review.Submit, "handler")
	for name, test := range map[string]struct {
		edit func(*review.Command)
		want string
	}{
		"no gate":                   {func(c *review.Command) { c.Gate = "" }, "review.gate"},
		"a reason of another gate":  {func(c *review.Command) { c.Reason = "state_secret" }, "review.reason"},
		"no words":                  {func(c *review.Command) { c.Words = " " }, "review.words"},
		"another passage":           {func(c *review.Command) { c.Comments[0].From++ }, "review.comment"},
		"a passage beyond the end":  {func(c *review.Command) { c.Comments[0].From, c.Comments[0].To, c.Comments[0].Quote = 90, 99, "" }, "review.comment"},
		"no passage":                {func(c *review.Command) { c.Comments[0].To, c.Comments[0].Quote = 5, "" }, "review.comment"},
		"a comment without words":   {func(c *review.Command) { c.Comments[0].Text = "" }, "review.comment"},
		"hundreds of comments":      {func(c *review.Command) { c.Comments = slices.Repeat(c.Comments, 101) }, "review.comment"},
		"who may not read it":       {func(c *review.Command) { c.By = person("leader") }, "review.role"},
		"words no one can read out": {func(c *review.Command) { c.Words = "请\x00改" }, "review.words"},
	} {
		c := command(&it, review.SendBack, "handler2")
		test.edit(&c)
		refused(t, name, it.Apply(c), test.want)
	}
	if it.State != review.InReview {
		t.Fatalf("it is %s", it.State)
	}
}

func TestWhatWasSentBackGoesOnOrBeginsAnew(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	does(t, &it, review.Submit, "handler")
	does(t, &it, review.Pass, "handler2")
	does(t, &it, review.SendBack, "head")
	if last := it.Ledger[len(it.Ledger)-1]; last.Gate != review.Wording || last.Comments[0].Quote != "到车管" || it.State != review.Returned {
		t.Fatalf("%s after %+v", it.State, last)
	}
	silent := command(&it, review.Resume, "handler")
	silent.Words = ""
	refused(t, "no answer", it.Apply(silent), "review.words")
	stays, edited := it, it
	does(t, &stays, review.Resume, "handler")
	if w, _ := stays.Wait(); w.Step.ID != "review_1" || !w.Since.Equal(stays.UpdatedAt) {
		t.Errorf("it goes on with %+v", w)
	}
	refused(t, "who has read before", stays.Apply(command(&stays, review.Pass, "handler2")), "review.twice")
	does(t, &stays, review.Pass, "head")

	old := command(&edited, review.Resume, "handler")
	does(t, &edited, review.Edit, "handler3")
	refused(t, "of the text as it was", edited.Apply(old), "review.stale")
	does(t, &edited, review.Submit, "handler")
	if w, _ := edited.Wait(); w.Step.ID != "proof_1" || len(edited.Marks(1)) != 1 {
		t.Errorf("it begins with %+v", w)
	}
	refused(t, "who edited", edited.Apply(command(&edited, review.Pass, "handler3")), "review.own")
	does(t, &edited, review.Pass, "handler2")
}

func TestACopyIsAnotherText(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	for range 2 {
		does(t, &it, review.Edit, "handler")
	}
	left, right := it, it
	edit := command(&left, review.Edit, "handler")
	must(t, left.Apply(edit))
	edit.Content.Attributes[0].Value = "改在外面"
	does(t, &right, review.Withdraw, "head")
	again := command(&right, review.Edit, "head")
	again.Content.Body = "另外写的。"
	must(t, right.Apply(again))
	if got := left.Latest().Content; got.Body == "另外写的。" || left.Ledger[3].Move != review.Edit || got.Attributes[0].Value == "改在外面" || got.Attributes[1].Value == "改在外面" {
		t.Errorf("what happened elsewhere happened to %+v", got)
	}
}

func TestAnApprovalEndsAuthorship(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	approved(t, &it)
	does(t, &it, review.Edit, "head2")
	does(t, &it, review.Submit, "head2")
	if got := it.Authors(2); !slices.Equal(got, []string{"head2"}) {
		t.Errorf("the second version is by %v", got)
	}
	if got := it.Authors(1); !slices.Equal(got, []string{"handler"}) {
		t.Errorf("the first version is by %v", got)
	}
	does(t, &it, review.Pass, "handler")
}

func TestATextIsComplete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit func(*review.Content)
		want string
	}{
		"no title":            {func(c *review.Content) { c.Title = "" }, "/title"},
		"a body too long":     {func(c *review.Content) { c.Body = strings.Repeat("长", review.MaxBody+1) }, "/body"},
		"a control character": {func(c *review.Content) { c.Body = "甲\x01" }, "/body"},
		"an empty attribute":  {func(c *review.Content) { c.Attributes[0].Value = "" }, "/attributes"},
		"one attribute twice": {func(c *review.Content) { c.Attributes[0].Name = "basis" }, "/attributes"},
		"a crowd of them":     {func(c *review.Content) { c.Attributes = slices.Repeat(c.Attributes, 21) }, "/attributes"},
		"no decision":         {func(c *review.Content) { c.Disclosure = review.Disclosure{} }, "/disclosure/decision"},
		"not for the public": {func(c *review.Content) {
			c.Disclosure = review.Disclosure{Decision: review.RequesterOnly, Reason: "own_matter"}
		}, "/disclosure/decision"},
		"no reason": {func(c *review.Content) { c.Disclosure.Reason = "state_secret" }, "/disclosure/reason"},
	} {
		it := entry(t, "handler")
		c := command(&it, review.Edit, "handler")
		test.edit(&c.Content)
		var e *problem.Error
		if err := it.Apply(c); !errors.As(err, &e) || e.Code != "review.invalid" || e.Fields[0].Pointer != test.want {
			t.Errorf("%s: %v", name, err)
		}
		if len(it.Versions) != 1 {
			t.Errorf("%s: it was kept", name)
		}
	}
	it := entry(t, "handler")
	same := command(&it, review.Edit, "handler")
	same.Content = text(it.Latest().Content.Body)
	refused(t, "nothing changed", it.Apply(same), "review.unchanged")
	for name, edit := range map[string]func(*review.Content){
		"a value": func(c *review.Content) { c.Attributes[1].Value += "）" },
		"a name":  func(c *review.Content) { c.Attributes[1].Name += "s" },
		"the decision": func(c *review.Content) {
			c.Disclosure = review.Disclosure{Decision: review.Redacted, Reason: "personal"}
		},
		"its reason":          func(c *review.Content) { c.Disclosure.Reason = "interest" },
		"where the body ends": func(c *review.Content) { c.Title, c.Body = c.Title+"请", strings.TrimPrefix(c.Body, "请") },
	} {
		as, c := it, command(&it, review.Edit, "handler")
		c.Content = text(it.Latest().Content.Body)
		edit(&c.Content)
		if err := as.Apply(c); err != nil {
			t.Errorf("%s is no change: %v", name, err)
		}
	}
}

func TestOtherRefusals(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	wrong := command(&it, review.Submit, "handler")
	wrong.Chain = chain(review.Reply, review.OnePerson)
	refused(t, "the chain of a reply", it.Apply(wrong), "review.chain")
	wrong.Chain = chain(review.Entry, review.Public)
	wrong.Chain.Steps = wrong.Chain.Steps[:5]
	refused(t, "a shortened chain", it.Apply(wrong), "review.chain")
	refused(t, "no such move", it.Apply(command(&it, "burn", "handler")), "review.unknown_move")
	why := command(&it, review.Withdraw, "handler")
	why.Reason = "mistake"
	refused(t, "no reason", it.Apply(why), "review.reason")
	_, err := shipped().Chain(review.Reply, review.Public)
	refused(t, "a reply as such for everybody", err, "review.no_chain")
	_, err = review.Item{Kind: "poem", Audience: review.Public}.Begin(review.Command{By: person("handler"), Content: text("诗")})
	refused(t, "a poem", err, "review.kind")
	_, err = review.Item{Kind: review.Entry, Audience: review.Public}.Begin(review.Command{Content: text("无名氏")})
	refused(t, "nobody", err, "review.actor")
	_, err = it.At(2)
	refused(t, "a version there is not", err, "review.no_version")
	_, err = it.Form(0)
	refused(t, "its form", err, "review.no_version")
}

func TestWhatIsPublishedIsWhatWasSigned(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*review.Item){
		"another body":          func(it *review.Item) { it.Versions[0].Content.Body += "。" },
		"a pass less":           func(it *review.Item) { it.Ledger = slices.Delete(it.Ledger, 3, 4) },
		"a pass of other bytes": func(it *review.Item) { it.Ledger[3].Hash = "0" },
		"no chain":              func(it *review.Item) { it.Chain, it.Ledger = review.Chain{}, it.Ledger[:2] },
	} {
		it := entry(t, "handler")
		approved(t, &it)
		spoil(&it)
		refused(t, name, it.Apply(command(&it, review.Publish, "taskforce")), "review.incomplete")
		if it.Live != 0 {
			t.Errorf("%s: the public has it", name)
		}
	}
}

func TestTheFormTellsWhoDecidedWhat(t *testing.T) {
	t.Parallel()
	it := entry(t, "handler")
	does(t, &it, review.Submit, "handler")
	does(t, &it, review.SendBack, "handler2")
	does(t, &it, review.Edit, "handler3")
	does(t, &it, review.Submit, "handler")
	for i, by := range readers() {
		c := command(&it, review.Pass, by)
		if i == 3 {
			absent := person("taskforce3")
			c.By, c.For = person("taskforce"), &absent
		}
		must(t, it.Apply(c))
	}
	does(t, &it, review.Publish, "taskforce")

	first, err := it.Form(1)
	must(t, err)
	if len(first.Readings) != 1 || first.Readings[0].Reason.Name != "不够通俗，群众难以看懂" || !first.Approved.IsZero() || first.Published != nil {
		t.Errorf("of the version sent back: %+v", first)
	}
	f, err := it.Form(2)
	must(t, err)
	var names []string
	for _, a := range f.Authors {
		names = append(names, a.By.Name)
	}
	if !slices.Equal(names, []string{"张handler", "张handler3"}) || f.Hash != it.Latest().Hash || f.Chain != shipped().Version {
		t.Errorf("by %v: %+v", names, f)
	}
	if len(f.Readings) != 6 || f.Readings[1].Name != "一审" || len(f.Readings[1].Gates) != 5 || f.Readings[3].For.ID != "taskforce3" || f.Readings[5].By.Unit != "traffic" || f.Readings[5].Gate != "" {
		t.Errorf("read by %+v", f.Readings)
	}
	if f.Decision != review.Full || f.Reason.Basis != "政府信息公开条例第十九条" || !f.Approved.Equal(f.Readings[5].At) || f.Published == nil || f.Published.By.ID != "taskforce" || f.Ended != nil {
		t.Errorf("decided: %+v", f)
	}
	does(t, &it, review.Edit, "handler")
	approved(t, &it)
	does(t, &it, review.Publish, "taskforce2")
	does(t, &it, review.Withdraw, "head")
	old, err := it.Form(2)
	must(t, err)
	now, err := it.Form(3)
	must(t, err)
	if old.Ended == nil || old.Ended.By.ID != "taskforce2" || now.Ended == nil || now.Ended.By.ID != "head" || len(now.Authors) != 1 {
		t.Errorf("the second ended %+v, the third is by %+v", old.Ended, now.Authors)
	}
}
