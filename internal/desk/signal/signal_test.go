package signal_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu/internal/desk/signal"
	"jiesu/internal/problem"
)

// text reads s as far as these tests need: no word of the trade, no filler.
func text(s string) signal.Text { return signal.NewText(s, s, nil, nil) }

func model(tb testing.TB) *signal.Model {
	tb.Helper()
	m, err := signal.NewModel(signal.NewBackground([]signal.Text{
		text("身份证丢了怎么补办"), text("户口迁移怎么办理"), text("驾驶证到期怎么换证"), text("怎么办"), text("护照可以代办吗"), text("养犬怎么登记"),
	}))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestSame(t *testing.T) {
	t.Parallel()
	m := model(t)
	p := func(a, b string) float64 {
		x, y := text(a), text(b)
		got, reasons := m.Same(m.Read(&x), m.Read(&y))
		if len(reasons) == 0 {
			t.Errorf("no reason for %v", got)
		}
		return got
	}
	base := p("路口信号灯坏了三天没人修", "路口的信号灯坏了没人修")
	if base < 0.6 {
		t.Errorf("two letters about one light: %.2f", base)
	}
	if far := p("路口信号灯坏了三天没人修", "小区里夜间施工噪音太大"); far > 0.1 {
		t.Errorf("a light and a noise: %.2f", far)
	}
	for name, c := range map[string][2]string{
		"another number": {"科目2考试怎么预约", "科目3考试怎么预约"},
		"the opposite":   {"外地户口怎么迁入本市", "本地户口怎么迁入本市"},
		"a negation":     {"驾驶证过期能补换吗", "驾驶证没过期能补换吗"},
	} {
		if same, other := p(c[0], c[0]), p(c[0], c[1]); other > same-0.05 {
			t.Errorf("%s: %.2f, the same words %.2f", name, other, same)
		}
	}
}

func TestComparingHasNoDirection(t *testing.T) {
	t.Parallel()
	m := model(t)
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.StringOf(rapid.RuneFrom([]rune("身份证户口灯坏了 怎么不能abc123一二上下\u200b😀")))
		a, b := text(said.Draw(t, "a")), text(said.Draw(t, "b"))
		x, _ := m.Same(m.Read(&a), m.Read(&b))
		y, _ := m.Same(m.Read(&b), m.Read(&a))
		if !(x >= 0 && x <= 1) || x-y > 1e-9 || y-x > 1e-9 {
			t.Fatalf("%v and %v", x, y)
		}
	})
}

// labelled makes pairs: the same words in another order, and other words.
func labelled(n int) []signal.Labelled {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("信号灯 身份证 护照 噪音 停车 户口 迁移 补办 损坏 夜间 学校 路口 小区 电话 材料 地址")
	say := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = words[r.IntN(len(words))]
		}
		return out
	}
	out := make([]signal.Labelled, n)
	for i := range out {
		a := say(5)
		b := say(5)
		same := i%2 == 0
		if same {
			b = append(append([]string{}, a[1:]...), a[0])
		}
		out[i] = signal.Labelled{A: text(strings.Join(a, " ")), B: text(strings.Join(b, " ")), Same: same}
	}
	return out
}

func TestFit(t *testing.T) {
	t.Parallel()
	back := signal.NewBackground([]signal.Text{text("怎么办")})
	file, f, err := signal.Fit(labelled(200), back)
	if err != nil {
		t.Fatal(err)
	}
	if f.AUROC < 0.98 || f.Pairs != 200 || f.Same != 100 || f.BestF1 < 0.95 {
		t.Errorf("figures %+v", f)
	}
	again, _, err := signal.Fit(labelled(200), back)
	if err != nil || string(again) != string(file) {
		t.Errorf("the same pairs gave another model: %v\n%s\n%s", err, file, again)
	}
	if _, _, err := signal.Fit(labelled(60), back); !problem.HasCode(err, "signal.pairs") {
		t.Errorf("fitted to too few pairs: %v", err)
	}
	if got := model(t).Judge(labelled(100)); got.AUROC < 0.95 {
		t.Errorf("the shipped model on easy pairs: %+v", got)
	}
}

// letters makes letters with a vocabulary of n thousand characters.
func letters(n int) []signal.Text {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]signal.Text, n)
	for i := range out {
		rs := make([]rune, 120)
		for j := range rs {
			rs[j] = rune(0x4E00 + int(float64(3000)*r.Float64()*r.Float64()))
		}
		out[i] = text(string(rs))
	}
	return out
}

func TestIndexFindsWhatIsNearlyTheSame(t *testing.T) {
	t.Parallel()
	x := signal.NewIndex(42)
	all := letters(2000)
	for i := range all {
		x.Add(fmt.Sprintf("%05d", i), time.Unix(int64(i), 0), &all[i])
	}
	for i := 0; i < len(all); i += 97 {
		rs := []rune(string(all[i].Plain))
		changed := text(string(rs[:70]) + "另外再补充几句别的情况" + string(rs[90:]))
		near := x.Near("new", &changed, 5)
		if want := fmt.Sprintf("%05d", i); len(near) == 0 || near[0].ID != want || near[0].Share < 0.5 {
			t.Fatalf("letter %s changed a little finds %+v", want, near)
		}
		if near := x.Near(near[0].ID, &all[i], 5); len(near) > 0 && near[0].Share > 0.3 {
			t.Errorf("without itself, letter %d finds %+v", i, near[0])
		}
	}
	if near := x.Near("new", &signal.Text{}, 5); len(near) != 0 {
		t.Errorf("an empty letter finds %+v", near)
	}
}

func TestIndexKeepsAndForgets(t *testing.T) {
	t.Parallel()
	x := signal.NewIndex(42)
	all := letters(100)
	for i := range all {
		x.Add(fmt.Sprintf("%05d", i), time.Unix(int64(i), 0), &all[i])
		x.Add(fmt.Sprintf("%05d", i), time.Unix(0, 0), &all[0]) // known already
	}
	if x.Len() != 100 || !x.Knows("00007") || x.Knows("x") {
		t.Fatalf("holds %d letters", x.Len())
	}
	x.Forget(time.Unix(5, 0)) // too few to be worth it
	if x.Len() != 100 {
		t.Errorf("%d letters are left", x.Len())
	}
	x.Forget(time.Unix(50, 0))
	if x.Len() != 50 || x.Knows("00049") || !x.Knows("00050") {
		t.Errorf("%d letters are left", x.Len())
	}
	if near := x.Near("new", &all[10], 1); len(near) > 0 && near[0].ID == "00010" {
		t.Error("a forgotten letter is found")
	}
	if near := x.Near("new", &all[60], 1); len(near) == 0 || near[0].ID != "00060" {
		t.Errorf("a letter that stayed is not found: %+v", near)
	}
}

// BenchmarkIndex asks an index of a year's letters of a large city.
func BenchmarkIndex(b *testing.B) {
	x := signal.NewIndex(42)
	all := letters(100_000)
	for i := range all {
		x.Add(fmt.Sprintf("%036d", i), time.Unix(int64(i), 0), &all[i])
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		x.Near("new", &all[i%len(all)], 20)
	}
}
