package review_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/desk/review"
)

// shown writes what changed as [before→after].
func shown(spans []review.Span) string {
	var out strings.Builder
	for _, s := range spans {
		if s.Same() {
			out.WriteString(s.Before)
		} else {
			out.WriteString("[" + s.Before + "→" + s.After + "]")
		}
	}
	return out.String()
}

func TestDifferencesReadWell(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ before, after, want string }{
		{"", "", ""},
		{"", "新的。", "[→新的。]"},
		{"请到车管所办理。", "请到车管所办理。", "请到车管所办理。"},
		{"请到车管所办理。", "请到市车管所办理。", "请到[→市]车管所办理。"},
		{"2026年7月1日起施行。", "2026年10月15日起施行。", "2026年[7月1→10月15]日起施行。"},
		{"请拨打110。谢谢。", "请拨打122。谢谢。", "请拨打[110→122]。谢谢。"},
		{"第一句。第二句。第三句。", "第一句。第三句。", "第一句。[第二句。→]第三句。"},
		{"先交材料。", "材料应当先审后交。", "[先交材料→材料应当先审后交]。"},
		{"符合条件的可以申请。", "不符合条件的不得申请。", "[→不]符合条件的[可以→不得]申请。"},
		{"依照旧的规定由派出所在十日内决定。", "按新办法应由派出所在法定期限作出决定。", "[依照旧的规定→按新办法应]由派出所在[十日内→法定期限作出]决定。"},
		{"下载App Store应用", "下载App Mall应用", "下载App [Store→Mall]应用"},
		{"他说：“可以。”我们走。", "他说：“不可以。”我们走。", "他说：“[→不]可以。”我们走。"},
	} {
		if got := shown(review.Diff(test.before, test.after)); got != test.want {
			t.Errorf("%s\n%s\ngot  %s\nwant %s", test.before, test.after, got, test.want)
		}
	}
}

// TestDifferencesAreBothTexts takes any texts, what is no text among them.
func TestDifferencesAreBothTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		piece := rapid.SampledFrom([]string{"甲", "乙", "丙", "的", "，", "。", "！", "”", "\n", "a", "B7", " ", "20", "\xff", "\U00020000"})
		draw := func(name string) string {
			return strings.Join(rapid.SliceOfN(piece, 0, 80).Draw(r, name), "")
		}
		before, after := draw("before"), draw("after")
		if keep := rapid.IntRange(0, len(before)).Draw(r, "keep"); rapid.Bool().Draw(r, "alike") {
			after = before[:keep] + after[:min(len(after), 9)] + before[keep:]
		}
		spans := review.Diff(before, after)
		var a, b strings.Builder
		for i, s := range spans {
			a.WriteString(s.Before)
			b.WriteString(s.After)
			if s.Before+s.After == "" || i > 0 && s.Same() == spans[i-1].Same() {
				r.Fatalf("%q is not one step: %q", s, spans)
			}
		}
		if a.String() != before || b.String() != after {
			r.Fatalf("%q and %q became %q", before, after, spans)
		}
		if before == after && len(spans) > 1 {
			r.Fatalf("nothing changed, yet %q", spans)
		}
		if !reflect.DeepEqual(spans, review.Diff(before, after)) {
			r.Fatal("another time it is another")
		}
	})
}

func TestTextsWithoutMeasureAreShownWhole(t *testing.T) {
	t.Parallel()
	before, after := strings.Repeat("甲乙", review.MaxBody), strings.Repeat("丙丁", review.MaxBody)
	if got := review.Diff(before+"末", after+"末"); len(got) != 2 || got[0] != (review.Span{Before: before, After: after}) || !got[1].Same() {
		t.Errorf("%d spans", len(got))
	}
}

func TestComparedPartByPart(t *testing.T) {
	t.Parallel()
	before, after := text("请带身份证。"), text("请带居住证。")
	before.Attributes = []review.Attribute{{"basis", "旧"}, {"fee", "10元"}, {"valid_from", "2026-07-01"}}
	after.Attributes = []review.Attribute{{"basis", "旧"}, {"phone", "12345"}, {"valid_from", "2026-08-01"}}
	after.Disclosure = review.Disclosure{Decision: review.Redacted, Reason: "personal"}
	var got []string
	for _, c := range review.Compare(&before, &after) {
		got = append(got, c.Part+" "+shown(c.Spans))
	}
	want := []string{
		"body 请带[身份→居住]证。", "disclosure [全文公开：群众普遍关心，可以主动公开→处理后公开：已经去除个人信息]",
		"/fee [10元→]", "/phone [→12345]", "/valid_from 2026-[07→08]-01",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func BenchmarkDiff(b *testing.B) {
	sentence := []rune("办理居住证应当提交身份证、居住地住址证明和近期照片，材料齐全的当场受理，十五日内办结，遇有法定节假日顺延。")
	letters := func(step int) string {
		var out []rune
		for i := range review.MaxBody {
			out = append(out, sentence[(i*step+i/len(sentence))%len(sentence)])
		}
		return string(out)
	}
	far := strings.Map(func(r rune) rune { return r + 0x1000 }, letters(1))
	for name, pair := range map[string][2]string{
		"one_character": {letters(1), strings.Replace(letters(1), "十五日", "十日", 1)},
		"every_place":   {letters(1), strings.ReplaceAll(letters(1), "十五日", "十日")},
		"shuffled":      {letters(1), letters(7)},
		"nothing_alike": {letters(1), far},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				review.Diff(pair[0], pair[1])
			}
		})
	}
}
