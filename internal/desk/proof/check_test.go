package proof_test

import (
	"slices"
	"strings"
	"testing"

	"jiesu/faq"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/proof"
)

// marks are the findings on a public text, each as its code and passage.
func marks(t *testing.T, text string) []string {
	t.Helper()
	found := []string{}
	for _, f := range checker(t).Check(proof.Text{Text: text, Public: true}, sources(t)) {
		found = append(found, f.Code+" "+string([]rune(text)[f.From:f.To]))
	}
	return found
}

func holdTable(t *testing.T, table map[string][]string) {
	t.Helper()
	for text, want := range table {
		if got := marks(t, text); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"由欧阳明先生陈述。": {
			"person.name 欧阳明",
		},
		"证人：诸葛亮明（男）。": {
			"person.name 诸葛亮明",
		},
		"名叫高明的当事人。": {
			"person.name 高明",
		},
		"李四、王小五、赵六等三人被传唤。": {
			"person.name 李四",
			"person.name 王小五",
			"person.name 赵六",
		},
		"当事人高圆圆于当日到场，申请人于昨日提交，群众高声叫好。": {
			"person.name 高圆圆",
		},
		"司机马强驾驶车辆。": {
			"person.name 马强",
		},
	})
	holdTable(t, map[string][]string{
		"市民应主动到派出所登记，居民安居乐业，群众高兴。":      nil,
		"当事人张某、李某某、王××、陈*、刘x已和解。":       nil,
		"申请人方可办理，申请人向公安机关提交，申请人曾于去年提交。": nil,
		"姓名：必填；姓名（与证件一致）。":              nil,
		"广大同志、各位女士、先生：":                 nil,
		"张先生与李警官已到场，向王阿姨说明。":            nil,
	})
}

func TestNumbersThatArePublic(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"请拨打110、12389或者3366110。":              {},
		"电话：3399999。":                         {"person.line 3399999"},
		"身份证号110105194912310021（校验位写错）。":      {"person.id_card 110105194912310021"},
		"身份证号1101**********0021。":             {},
		"卡号：6222 0000 1111 2222。":             {"person.bank_card 6222 0000 1111 2222"},
		"订单号6222021234567890128。":             {},
		"《刑事诉讼法》第一百一十二条，案件编号202611230001234。": {},
		"手机１３８００１３８０００":                       {"person.phone １３８００１３８０００"},
		"请发邮件到xx@police.gov.cn。":              {},
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"户籍地为和顺村12号。":           {"person.address 和顺村12号"},
		"现住香城路8号院2栋1单元301室。":    {"person.address 香城路8号院2栋1单元301室"},
		"到城区分局香城路8号3楼301室领取。":   {},
		"在香城路8号门前设置了提示牌。":       {},
		"乘坐3号线到2号口，门牌号、编号均已核对。": {},
	})
}

func TestLaws(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"《中华人民共和国危险化学品安全法》规定": {"law.not_yet 中华人民共和国危险化学品安全法"},
		"《危险化学品安全法》将于明年施行。":   {},
		"按照《公安机关内部巡查规定》办理。":   {"law.unpublished 公安机关内部巡查规定"},
		"《户口居民身份证管理工作规范(试行)》、《国务院办公厅关于进一步优化地方政务服务便民热线的指导意见》": {},
		"《中华人民共和国政府信息公开条例》（国务院令第711号）第五十六条":                  {},
		"《政府信息公开条例》（国务院令第492号）":                              {"law.number 国务院令第492号"},
		"《政府信息公开条例》第五十七条":                                    {"law.article 第五十七条"},
		"（2026）粤1502民初123号判决，国办发〔2020〕第53号。":                 {"law.order 〔2020〕第53号"},
		"《道路交通法》《交通安全法》《大气污染防治法》《数据安全法》":                     {"law.title 道路交通法", "law.unknown 交通安全法"},
		"《信访条例》已经废止，原《婚姻法》也是。":                               {},
		"《平安报》《受案回执》《红楼梦》":                                   {},
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"民族成份、罪犯人数、残废军人、取消户口、存在次要矛盾、自己经历、与以往相比": {},
		"成份、消户、己经":        {"word.usage 成份", "word.typo 消户", "word.typo 己经"},
		"凡是要求“转账到”的都是诈骗。": {},
		"请转账到以下账户。":       {"word.demand 转账到"},
		"我们百分之百追回。":       {"word.promise 百分之百追回"},
		"银保监会":            {"word.organ 银保监会"},
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"https://www.gd.gov.cn/path?id=1。":      {},
		"登录www.gd.gov.cn，限速60km/h，和/或，A/B":      {},
		"https://gov.cn.evil.com":               {"link.foreign https://gov.cn.evil.com"},
		"https://user@www.gov.cn":               {"link.malformed https://user@www.gov.cn"},
		"http：//www.gov.cn":                     {"link.insecure http：//www.gov.cn"},
		"htps://www.gov.cn，https://[::1]/a":     {"link.malformed htps://www.gov.cn", "link.address https://[::1]/a"},
		"https://www..gov.cn、https://localhost": {"link.malformed https://www..gov.cn", "link.malformed https://localhost"},
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"2025年2月29日、2024年2月29日、2月30日、2026-13-01、2026.06.31": {"date.impossible 2025年2月29日", "date.impossible 2月30日", "date.impossible 2026-13-01", "date.impossible 2026.06.31"},
		"2026年10月10日(星期六)、2026年10月10日周日":                    {"date.weekday 2026年10月10日周日"},
		"自2026年9月30日起5个工作日内，即2026年10月13日前":                  {},
		"自2026年9月30日起5个工作日内，即2026年10月5日前":                   {"date.term 2026年10月5日"},
		"自2026年12月28日起10日内，至1月7日止":                          {},
		"自2030年9月30日起5个工作日内，至10月5日":                         {},
		"编号12026-13-01、IP 2026.13.1.5":                      {},
	})
}

func TestSums(t *testing.T) {
	t.Parallel()
	holdTable(t, map[string][]string{
		"壹仟零伍拾元叁角整（1050.30元）":             {},
		"1,500元（大写：壹仟伍佰元整）、1.5万元（壹万伍仟元整）": {},
		"1,500元（大写：壹仟元整）":                 {"sum.capitals 壹仟元整"},
		"达到150%，超过100%，增长200%，99.5%":      {"sum.share 150%"},
		"500元至200元、30至20个工作日、2,500元至800元": {"sum.reversed 500元至200元", "sum.reversed 30至20个工作日"},
		"一千元以上五百元以下、五日以上十日以下":             {"sum.reversed 一千元以上五百元以下"},
	})
}

// TestTheLibraryIsClean: what has been reviewed is not complained about.
func TestTheLibraryIsClean(t *testing.T) {
	t.Parallel()
	library, err := faq.Load(faq.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	against := sources(t)
	against.Documents = nil
	for _, d := range library.Documents {
		against.Documents = append(against.Documents, knowledge.Document{Title: d.Title, Number: d.Number, Published: d.Published, Effective: d.Effective, Validity: d.Validity})
	}
	c := checker(t)
	for _, e := range library.Entries {
		for _, f := range c.Check(proof.Text{Text: e.Question + "\n" + e.Answer, Public: true}, against) {
			if f.Severity != proof.Note {
				t.Errorf("%s: %s %s %s", e.ID, f.Severity, f.Code, f.Excerpt)
			}
		}
	}
}

// TestWhoReads: a reply to one person may name that person; a report's may name
// nobody.
func TestWhoReads(t *testing.T) {
	t.Parallel()
	const text = "尊敬的王丽华女士：您的电话13800138000已登记。"
	for _, c := range []struct {
		text proof.Text
		want []proof.Severity
	}{
		{proof.Text{Text: text, Public: true}, []proof.Severity{proof.Block, proof.Block}},
		{proof.Text{Text: text}, []proof.Severity{proof.Note, proof.Warn}},
		{proof.Text{Text: text, Report: true}, []proof.Severity{proof.Block, proof.Block}},
	} {
		var got []proof.Severity
		found := checker(t).Check(c.text, sources(t))
		for _, f := range found {
			got = append(got, f.Severity)
		}
		if !slices.Equal(got, c.want) || proof.Blocks(found) != slices.Contains(c.want, proof.Block) {
			t.Errorf("public %v, report %v: %v, want %v", c.text.Public, c.text.Report, got, c.want)
		}
	}
}

// TestExcerptsAreMasked: also where another finding reaches into the datum.
func TestExcerptsAreMasked(t *testing.T) {
	t.Parallel()
	text := "咨询电话0660-3399999。当事人张建国（手机13800138000，住红海大道128号502室）登录http://1.2.3.4/13800138000/粤N12345，身份证11010519491231002X。"
	found := checker(t).Check(proof.Text{Text: text, Public: true}, sources(t))
	if len(found) < 6 {
		t.Fatalf("found only %v", found)
	}
	for _, f := range found {
		for _, datum := range []string{"建国", "13800138000", "3399999", "128号", "N12345", "1949"} {
			if strings.Contains(f.Excerpt+f.Message+f.Suggestion, datum) {
				t.Errorf("%s shows %s: %+v", f.Code, datum, f)
			}
		}
	}
}

func TestRemedies(t *testing.T) {
	t.Parallel()
	c := checker(t)
	found := c.Check(proof.Text{Text: "决定不提供。", Remedy: []string{"行政复议", "行政诉讼"}}, sources(t))
	if len(found) != 1 || found[0].From != 6 || found[0].To != 6 || !strings.Contains(found[0].Message, "行政复议、行政诉讼") {
		t.Errorf("nothing refuses in words: %+v", found)
	}
}

// FuzzCheck: findings are in order, inside the text, at most one of a family on
// a passage, the same the second time, and show no number in clear.
func FuzzCheck(f *testing.F) {
	f.Add("当事人张建国，身份证11010519491231002X，依据《治安处罚法》[2020]53号，自2026年9月30日起3个工作日内，即10月3日前", true)
	f.Add("壹佰元（200元）\xff《》https://：//[ 5至3% 李四、王五等人", false)
	f.Add("自9999年12月31日起9999日内，至1月1日；元元元亿万仟(", true)
	c, against := checker(f), sources(f)
	f.Fuzz(func(t *testing.T, text string, report bool) {
		about := proof.Text{Text: text, Public: true, Report: report, Remedy: []string{"行政复议"}}
		found, runes := c.Check(about, against), []rune(text)
		for i, a := range found {
			if a.From < 0 || a.To < a.From || a.To > len(runes) || i > 0 && a.From < found[i-1].From {
				t.Fatalf("%+v in %d characters", a, len(runes))
			}
			for _, b := range found[i+1:] {
				if a.Code == b.Code && a.From < b.To && b.From < a.To {
					t.Fatalf("%+v and %+v on one passage", a, b)
				}
			}
			if datum := string(runes[a.From:a.To]); a.Code == "person.id_card" && strings.Contains(a.Excerpt, datum) {
				t.Fatalf("%q shown", datum)
			}
		}
		if again := c.Check(about, against); !slices.Equal(found, again) {
			t.Fatal("differs the second time")
		}
	})
}

// TestOnlyTheLibraryBlocksABasis: what nobody compared with the law's own text
// warns.
func TestOnlyTheLibraryBlocksABasis(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]proof.Severity{
		"依据《中华人民共和国噪声污染防治法》处理。":  proof.Block, // the library says that it is repealed
		"依据《婚姻法》处理。":             proof.Warn,
		"依据《政府信息公开条例》第五十七条处理。":   proof.Warn,
		"依据《公安机关内部巡查规定》办理。":      proof.Block,
		"依据《中华人民共和国危险化学品安全法》规定。": proof.Block,
	} {
		found := checker(t).Check(proof.Text{Text: text, Public: true}, sources(t))
		if len(found) != 1 || found[0].Severity != want {
			t.Errorf("%s: got %+v, want one that is %s", text, found, want)
		}
	}
}
