package knowledge_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"jiesu/internal/desk/knowledge"
)

func TestNormaliserBringsSpellingsTogether(t *testing.T) {
	t.Parallel()
	n := knowledge.NewNormaliser()
	for in, want := range map[string]string{
		"身份證遺失":                 "身份证遗失",
		"ＡＢＣ　１２３":               "abc 123",
		"身\u200b份\u200d证\ufeff": "身份证",
		"户口\x00本\x1b[0m":        "户口本 0m",
		"急急急急急！！！":              "急急",
		"满一百二十天":                "满120天",
		"二十五岁":                  "25岁",
		"十八岁":                   "18岁",
		"十分感谢":                  "十分感谢",
		"一下":                    "一下",
		"百姓":                    "百姓",
		"千万不要":                  "千万不要",
		"11000000":              "11000000",
		"  ？。，  ":               "",
		"":                      "",
		"\xff\xfe护照":            "护照",
	} {
		if got := n.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzNormaliser(f *testing.F) {
	for _, s := range []string{"身份證", "一百零八", "\xff", "٣", "ﷺ", strings.Repeat("十", 50)} {
		f.Add(s)
	}
	n := knowledge.NewNormaliser()
	f.Fuzz(func(t *testing.T, in string) {
		out := n.Text(in)
		if !utf8.ValidString(out) {
			t.Errorf("%q became invalid: %q", in, out)
		}
		if strings.Contains(out, "  ") || out != strings.TrimSpace(out) {
			t.Errorf("%q has blanks to spare: %q", in, out)
		}
		if strings.ContainsAny(out, "<>'\";\x00\u200b") {
			t.Errorf("%q kept marks: %q", in, out)
		}
	})
}

func TestMasksAreNotAskedAbout(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"我电话【电话号码】，身份证丢了":          "身份证丢了",
		"身份证号码：【身份证号】 身份证【身份证号】丢了": "身份证 丢了",
		"车牌【车牌号】被套牌":               "车牌 被套牌",
		"【盐田】的事":                   "盐田 的事",
	} {
		if got := knowledge.NewNormaliser().Text(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestNormaliserTakesNoShortCutThatShows: what is composed already reads as it would if
// it were composed again.
func TestNormaliserTakesNoShortCutThatShows(t *testing.T) {
	t.Parallel()
	n, r := knowledge.NewNormaliser(), rand.New(rand.NewPCG(3, 4))
	pool := []rune("身份證丢了ａＺ９！～？，、。 　\u3000aé\u0301①㎡ﾊﾞ急急一百二十Ａb-_【】\u200b豈")
	for range 2000 {
		text := make([]rune, 1+r.IntN(12))
		for i := range text {
			text[i] = pool[r.IntN(len(pool))]
		}
		if got, want := n.Text(string(text)), n.Text(norm.NFKC.String(string(text))); got != want {
			t.Fatalf("%q reads %q, composed %q", string(text), got, want)
		}
	}
}
