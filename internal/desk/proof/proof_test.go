package proof_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/proof"
	"jiesu/internal/desk/ticket/deadline"
)

func sources(tb testing.TB) proof.Sources {
	tb.Helper()
	calendar, err := deadline.LoadCalendar()
	if err != nil {
		tb.Fatal(err)
	}
	inForce := func(title, number string) knowledge.Document {
		return knowledge.Document{Title: title, Number: number, Published: "2020-01-01", Effective: "2020-01-01", Validity: "in_force"}
	}
	repealed := inForce("中华人民共和国噪声污染防治法", "主席令第104号")
	repealed.Validity = "repealed"
	later := inForce("中华人民共和国危险化学品安全法", "")
	later.Effective = "2027-05-01"
	secret := inForce("公安机关内部巡查规定", "公通字〔2026〕1号")
	secret.Published = ""
	return proof.Sources{
		Documents: []knowledge.Document{
			inForce("中华人民共和国治安管理处罚法", "主席令第49号"), inForce("中华人民共和国道路交通安全法", ""), inForce("中华人民共和国刑事诉讼法", ""),
			inForce("中华人民共和国行政复议法", "主席令第9号"), inForce("中华人民共和国政府信息公开条例", "国务院令第711号"),
			inForce("中华人民共和国民法典", "主席令第45号"), inForce("中华人民共和国居民身份证法", ""), inForce("中华人民共和国生态环境法典", ""),
			inForce("国务院办公厅关于进一步优化地方政务服务便民热线的指导意见", "国办发〔2020〕53号"),
			inForce("公安机关信访工作规定", "公通字〔2023〕9号"), inForce("户口居民身份证管理工作规范（试行）", "公通字〔2021〕12号"),
			repealed, later, secret,
		},
		Calendar: calendar,
		Lines:    []string{"110", "12389", "0660-3366110"},
		Domains:  []string{"gov.cn"},
		At:       time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC),
	}
}

func checker(tb testing.TB) *proof.Checker {
	tb.Helper()
	c, err := proof.Shipped()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestGoldenTexts holds the checks against texts marked by a person: a finding
// not marked costs reviewers' trust, a mark not found may reach the public.
func TestGoldenTexts(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/texts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var texts []struct {
		Text    string   `yaml:"text"`
		Private bool     `yaml:"private"`
		Report  bool     `yaml:"report"`
		Remedy  []string `yaml:"remedy"`
		Expect  []string `yaml:"expect"`
	}
	if err := yaml.UnmarshalWithOptions(data, &texts, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	c, against := checker(t), sources(t)
	right, alarms, missed := 0, 0, 0
	for _, text := range texts {
		var found []string
		for _, f := range c.Check(proof.Text{Text: text.Text, Public: !text.Private, Report: text.Report, Remedy: text.Remedy}, against) {
			mark := f.Code + " " + string([]rune(text.Text)[f.From:f.To])
			found = append(found, mark)
			switch {
			case slices.Contains(text.Expect, mark):
				right++
			case f.Severity == proof.Block:
				t.Errorf("%s\nblocked for %s", text.Text, mark)
			default:
				alarms++
				t.Logf("not marked: %s in %s", mark, text.Text)
			}
		}
		for _, mark := range text.Expect {
			if !slices.Contains(found, mark) {
				missed++
				t.Logf("not found: %s in %s", mark, text.Text)
			}
		}
	}
	precision, recall := float64(right)/float64(right+alarms), float64(right)/float64(right+missed)
	t.Logf("%d texts, %d marks: precision %.3f, recall %.3f", len(texts), right+missed, precision, recall)
	if precision < 0.97 || recall < 0.9 {
		t.Error("worse than it was")
	}
}

func BenchmarkCheck(b *testing.B) {
	c, against := checker(b), sources(b)
	paragraph := "您反映的噪声问题，我局高度重视，已安排城区派出所民警于2026年11月20日（星期五）到现场核实。依据《中华人民共和国治安管理处罚法》第八十八条的规定，对当事人张某某予以警告，处二百元以上五百元以下罚款（大写：伍佰元整）。如有疑问，请拨打0660-3366110咨询，或者登录https://www.gd.gov.cn查询，感谢您对公安工作的支持。"
	text := string([]rune(strings.Repeat(paragraph, 40))[:5000])
	for b.Loop() {
		c.Check(proof.Text{Text: text, Public: true}, against)
	}
}
