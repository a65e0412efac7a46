package seal_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"jiesu/internal/seal"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// ID cards: the standard's own examples, then near misses.
		"我的身份证11010519491231002X丢了":  "我的身份证【身份证号】丢了",
		"11010519491231002x":         "【身份证号】",
		"440524188001010014":         "【身份证号】",
		"１１０１０５１９４９１２３１００２Ｘ":         "【身份证号】",
		"110105 19491231 002X":       "【身份证号】",
		"110105194912310021":         "110105194912310021", // checksum
		"110105194913310022":         "110105194913310022", // month
		"11010519491231002X1":        "【身份证号】1",
		"010105194912310020":         "010105194912310020",
		"卡号110105194912310020000000": "卡号110105194912310020000000",

		// Telephones.
		"打13800138000找我":            "打【电话号码】找我",
		"电话：138-0013-8000，谢谢":       "电话：【电话号码】，谢谢",
		"138 0013 8000":             "【电话号码】",
		"+86 13800138000":           "+【电话号码】",
		"8613800138000":             "【电话号码】",
		"１３８００１３８０００":               "【电话号码】",
		"13800138000 13900139000":   "【电话号码】 【电话号码】",
		"13800138000/13900139000":   "【电话号码】/【电话号码】",
		"微信同号wx13800138000":         "微信同号wx【电话号码】",
		"010-12345678":              "010-12345678", // no local number begins with 1
		"010-62345678":              "【电话号码】",
		"0512-6234567":              "【电话号码】",
		"0512 62345678":             "【电话号码】",
		"12800138000":               "12800138000",
		"1380013800":                "1380013800",
		"138001380001":              "138001380001",
		"拨打110、119、120、96110、12345": "拨打110、119、120、96110、12345",

		// Bank cards.
		"卡号6222 0212 3456 7890 128转账": "卡号【银行卡号】转账",
		"4111111111111111":            "【银行卡号】",
		"4111-1111-1111-1111":         "【银行卡号】",
		"4111111111111112":            "4111111111111112", // Luhn
		"9111111111111111":            "9111111111111111",

		// Plates.
		"车牌苏A12345违停":     "车牌【车牌号】违停",
		"粤BD12345":        "【车牌号】",
		"粤B12345D":        "【车牌号】",
		"沪A·12345":        "【车牌号】",
		"京a-8888学":        "【车牌号】",
		"苏Ａ１２３４５":         "【车牌号】",
		"苏A123456789":     "苏A123456789",
		"云ABCDE":          "云ABCDE",
		"川流不息":            "川流不息",
		"新F1赛车":           "新F1赛车",
		"豫":               "豫",
		"粤Z1234港，苏E99999": "【车牌号】，【车牌号】",

		// What must stay.
		"":                       "",
		"2026年3月2日 14:30，3楼301室": "2026年3月2日 14:30，3楼301室",
		"文号苏公规〔2025〕1号":          "文号苏公规〔2025〕1号",
		"J20260302-0001":         "J20260302-0001",
		"罚款200元，扣6分，滞纳金20260302.15": "罚款200元，扣6分，滞纳金20260302.15",
		"2026-03-02 2026-03-03":     "2026-03-02 2026-03-03",
		"a<b && 3 > 2 \xff":         "a<b && 3 > 2 \xff",
	} {
		if got := seal.Mask(text); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestFindKinds(t *testing.T) {
	t.Parallel()
	text := "张三，11010519491231002X，13800138000，010-62345678，6222021234567890128，苏A12345"
	want := []seal.Kind{seal.IDCard, seal.Mobile, seal.Landline, seal.BankCard, seal.Plate}
	found := seal.Find(text)
	if len(found) != len(want) {
		t.Fatalf("found %v", found)
	}
	for i, f := range found {
		if f.Kind != want[i] {
			t.Errorf("%q is %s, want %s", text[f.Start:f.End], f.Kind, want[i])
		}
	}
}

// checked appends the check digit of GB 11643 to 17 digits.
func checked(digits string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(digits[i]-'0') * w
	}
	return digits + string("10X98765432"[sum%11])
}

// TestEveryIDCard: every well-formed number is found, and none with one digit
// mistyped. The weights here are those printed in the standard; the detector
// computes its own.
func TestEveryIDCard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := checked(fmt.Sprintf("%06d%04d%02d%02d%03d", rapid.IntRange(110000, 659999).Draw(t, "region"), rapid.IntRange(1900, 2026).Draw(t, "year"),
			rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(0, 999).Draw(t, "order")))
		before := rapid.SampledFrom([]string{"", "证号", "No.", "，"}).Draw(t, "before")
		if got := seal.Mask(before + id + "。"); got != before+"【身份证号】。" {
			t.Fatalf("%s came out as %s", id, got)
		}
		i := rapid.IntRange(0, 16).Draw(t, "place")
		wrong := []byte(id)
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		for _, f := range seal.Find(string(wrong)) {
			if f.Kind == seal.IDCard {
				t.Fatalf("%s passed as an ID card", wrong)
			}
		}
	})
}

// FuzzMask: findings are in order, inside the text and on character
// boundaries, and what is masked holds nothing more to find.
func FuzzMask(f *testing.F) {
	f.Add("我是张三，身份证11010519491231002X，电话138 0013 8000，车牌苏A·12345")
	f.Add("1 2 3 4-5  6\xff７８９０")
	f.Add("粤粤粤BD12345 0512-6234567x")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, found := range seal.Find(text) {
			if found.Start < end || found.End <= found.Start || found.End > len(text) {
				t.Fatalf("%+v in %d bytes after %d", found, len(text), end)
			}
			if end = found.End; utf8.ValidString(text) && !utf8.ValidString(text[found.Start:found.End]) {
				t.Fatalf("%+v cuts a character", found)
			}
		}
		if masked := seal.Mask(text); len(seal.Find(masked)) > 0 {
			t.Fatalf("%q still holds %v", masked, seal.Find(masked))
		}
	})
}

func TestMaskForScreens(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"张三": "张**", "欧阳修": "欧**", " 李 ": "李**", "": "", "𠮷野": "𠮷**"} {
		if got := seal.MaskName(name); got != want {
			t.Errorf("name %q: %q, want %q", name, got, want)
		}
	}
	for phone, want := range map[string]string{
		"13812345678": "138****5678", "010-62345678": "010****5678", "110": "****", "1234567": "****", "": "", "12345678": "123****5678",
	} {
		if got := seal.MaskPhone(phone); got != want {
			t.Errorf("phone %q: %q, want %q", phone, got, want)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	text := strings.Repeat("昨晚十点，苏A12345停在消防通道，我打了13800138000没有人接。", 40)
	for b.Loop() {
		seal.Mask(text)
	}
}
