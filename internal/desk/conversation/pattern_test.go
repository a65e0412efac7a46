package conversation

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// TestAPatternFitsWhatItsExpressionFits compares the shortcut with the plain
// regular expression, over texts made of the characters that matter.
func TestAPatternFitsWhatItsExpressionFits(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{
		"打|砍我", "有人.{0,3}(?:打|砍)我", "^救命$|快来", "[打砍]人", "我?被打", "(?:打+)|x", "(?:我|你){2}打", "[^我]打", "打?", "(?i)help me|打", "(?:有人|他)(?:在)?(?:打|[踢踹])", "",
	} {
		p, err := newPattern(expr)
		if err != nil {
			t.Fatal(err)
		}
		re := regexp.MustCompile(expr)
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringOfN(rapid.RuneFrom([]rune("打砍我你有人被在救命快来踢踹他 xHhelpme")), 0, 12, -1).Draw(t, "text")
			if got, want := p.fits(text), expr != "" && re.MatchString(text); got != want {
				t.Fatalf("%q on %q: %v, the expression says %v", expr, text, got, want)
			}
		})
	}
	if _, err := newPattern("(("); err == nil {
		t.Error("a broken expression was accepted")
	}
}

// BenchmarkGate is what every question and letter pays.
func BenchmarkGate(b *testing.B) {
	for name, text := range map[string]string{
		"question": "请问身份证丢了怎么补办，需要带什么材料？",
		"danger":   "楼下有人拿着刀追着人砍，快来人啊",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Gate(text)
			}
		})
	}
}
