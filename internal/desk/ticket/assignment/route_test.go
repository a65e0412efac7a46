package assignment_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu/internal/desk/ticket/assignment"
)

func router(t *testing.T) *assignment.Router {
	t.Helper()
	r, err := assignment.LoadRouter()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type request = assignment.Request

func TestRoutes(t *testing.T) {
	t.Parallel()
	r := router(t)
	for name, c := range map[string]struct {
		q          request
		unit, rule string
	}{
		"nothing known":               {request{Kind: "consult", Text: "你们好"}, "mailbox", "fallback"},
		"unknown category":            {request{Kind: "help", Category: "mars", Text: "你好"}, "mailbox", "fallback"},
		"category":                    {request{Kind: "consult", Category: "exit-entry", Text: "多久能办好"}, "exit-entry", "catalogue-0/12"},
		"category beats words":        {request{Kind: "consult", Category: "exit-entry", Text: "驾驶证 违章 罚单"}, "exit-entry", "catalogue-0/12"},
		"words":                       {request{Kind: "help", Title: "驾驶证", Text: "丢了"}, "traffic", "traffic"},
		"words with blanks":           {request{Kind: "help", Text: "驾 驶 证丢了"}, "traffic", "traffic"},
		"more words beat fewer":       {request{Kind: "help", Text: "坐交通车去办护照和签证"}, "exit-entry", "exit-entry"},
		"counter without district":    {request{Kind: "consult", Category: "hukou", Text: "落户"}, "patrol", "catalogue-0/2"},
		"counter in a district":       {request{Kind: "consult", Category: "hukou", District: "west", Text: "落户"}, "branch-west", "catalogue-0/1"},
		"unknown district":            {request{Kind: "consult", Category: "hukou", District: "mars", Text: "落户"}, "patrol", "catalogue-0/2"},
		"district alone":              {request{Kind: "help", District: "coast", Text: "请帮忙"}, "branch-coast", "district"},
		"district alone, no matter":   {request{Kind: "suggestion", District: "coast", Text: "多办活动"}, "mailbox", "fallback"},
		"website error":               {request{Kind: "site_error", Text: "交通栏目错别字"}, "office-open", "website"},
		"disclosure":                  {request{Kind: "consult", Text: "我要申请信息公开"}, "office-open", "disclosure"},
		"report by category":          {request{Kind: "report", Category: "gang", Text: "有人"}, "criminal", "report-gang"},
		"report by words":             {request{Kind: "report", Text: "楼上有人聚赌"}, "patrol", "report-vice"},
		"report with two matters":     {request{Kind: "report", Text: "贩毒窝点，还卖冰毒和大麻，有人赌博"}, "narcotics", "report-drugs"},
		"report nobody can place":     {request{Kind: "report", Text: "隔壁有点怪"}, "mailbox", "fallback"},
		"report does not follow home": {request{Kind: "report", Category: "drugs", District: "east", Text: "x"}, "narcotics", "report-drugs"},
		"conduct":                     {request{Kind: "complaint", Text: "民警态度差"}, "inspection", "police-conduct"},
		"noise":                       {request{Kind: "complaint", District: "east", Text: "半夜噪音扰民"}, "branch-east", "case-branch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Route(c.q)
			if got.Unit != c.unit || got.Rule != c.rule || got.Reason == "" {
				t.Errorf("got %+v, want %s by %s", got, c.unit, c.rule)
			}
			if len(got.Avoid) != 0 {
				t.Errorf("nobody is complained about, yet %v are avoided", got.Avoid)
			}
		})
	}
}

func TestEveryReportCategoryHasItsDetachment(t *testing.T) {
	t.Parallel()
	r := router(t)
	want := map[string]string{
		"gang": "criminal", "guns": "patrol", "fraud": "criminal", "smuggling": "economic", "drugs": "narcotics",
		"vice": "patrol", "economic": "economic", "food-drug-environment": "fdec",
	}
	reports := 0
	for _, c := range r.Catalogue() {
		if c.Report {
			reports++
			if got := r.Route(request{Kind: "report", Category: c.Code, District: "east"}); got.Unit != want[c.Code] {
				t.Errorf("%s goes to %s, want %s", c.Name, got.Unit, want[c.Code])
			}
		}
	}
	if reports != 8 {
		t.Errorf("got %d report categories, want the eight of the mailbox", reports)
	}
}

// TestAReportWithoutCategoryIsTriaged: words find the detachment, else the task
// force looks; no district office does.
func TestAReportWithoutCategoryIsTriaged(t *testing.T) {
	t.Parallel()
	r := router(t)
	for text, want := range map[string]string{
		"有人干坏事，说不清是什么": "mailbox", "村霸收保护费": "criminal", "地下室藏着雷管": "patrol", "群里教人刷单": "criminal", "码头夜里偷运冻品": "economic",
		"邻居在家吸毒": "narcotics", "棋牌室聚赌": "patrol", "这家公司虚开发票": "economic", "工厂夜里偷排": "fdec",
	} {
		for _, category := range []string{"", "other"} {
			if got := r.Route(request{Kind: "report", Category: category, District: "east", Text: text}); got.Unit != want {
				t.Errorf("%s (%q) goes to %s, want %s", text, category, got.Unit, want)
			}
		}
	}
}

func TestComplaintNeverReachesWhomItIsAbout(t *testing.T) {
	t.Parallel()
	r := router(t)
	for name, c := range map[string]struct {
		q     request
		unit  string
		avoid string
	}{
		"branch named in the text": {
			request{Kind: "complaint", District: "east", Text: "城东分局不受理我的报案"},
			"inspection", "branch-east station-east-1 station-east-2",
		},
		"station named by alias": {
			request{Kind: "complaint", Category: "hukou", District: "east", Title: "朝晖路所", Text: "窗口拖着不办"},
			"inspection", "station-east-1",
		},
		"unit named in its own field": {
			request{Kind: "complaint", Category: "traffic", Text: "乱开单", Names: []string{"交警大队 张某"}},
			"inspection", "traffic",
		},
		"officer of an unknown unit": {
			request{Kind: "complaint", Category: "traffic", District: "east", Text: "路口", Names: []string{"李某某"}},
			"inspection", "",
		},
		"inspection itself":            {request{Kind: "complaint", Text: "督察支队不回复"}, "petitions", "inspection"},
		"inspection and petitions":     {request{Kind: "complaint", Text: "督察支队和信访科互相推"}, "politics", "inspection petitions"},
		"the task force":               {request{Kind: "complaint", Text: "信箱专班不回信"}, "inspection", "mailbox"},
		"everybody on the list":        {request{Kind: "complaint", Text: "督察支队、信访科、政治处、信箱专班都不管"}, "bureau", "mailbox inspection petitions politics"},
		"report about who would check": {request{Kind: "report", Category: "drugs", Text: "禁毒支队有人通风报信"}, "inspection", "narcotics"},
		"report that names a place":    {request{Kind: "report", Category: "vice", Text: "云桥派出所对面有赌场"}, "patrol", "station-west-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Route(c.q)
			if got.Unit != c.unit || strings.Join(got.Avoid, " ") != c.avoid || got.Reason == "" {
				t.Errorf("got %+v, want %s and avoided %q", got, c.unit, c.avoid)
			}
		})
	}
}

func TestNamingAUnitIsNoComplaint(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"consult", "help", "suggestion", "praise"} {
		got := router(t).Route(request{Kind: kind, Category: "traffic", Text: "车管所几点上班？", Names: []string{"车管所"}})
		if got.Unit != "traffic" || got.Avoid != nil {
			t.Errorf("%s: got %+v", kind, got)
		}
	}
}

// TestAvoidanceHoldsForAnyLetter throws together whatever a letter may say.
func TestAvoidanceHoldsForAnyLetter(t *testing.T) {
	t.Parallel()
	r := router(t)
	tr := r.Tree()
	var names []string
	for _, u := range tr.Units()[1:] {
		names = append(append(names, u.Name), u.Aliases...)
	}
	var officers []assignment.Officer
	for i, u := range tr.Units() {
		officers = append(officers, assignment.Officer{ID: u.ID, Name: "欧阳" + string(rune('甲'+i)), Unit: u.ID})
	}
	r.KnowOfficers(officers)
	var codes []string
	for _, c := range r.Catalogue() {
		codes = append(codes, c.Code)
	}
	rapid.Check(t, func(t *rapid.T) {
		named := rapid.SliceOfN(rapid.SampledFrom(names), 1, 6).Draw(t, "named")
		q := request{
			Kind:     rapid.SampledFrom([]string{"complaint", "report"}).Draw(t, "kind"),
			Category: rapid.SampledFrom(append(codes, "", "mars")).Draw(t, "category"),
			District: rapid.SampledFrom([]string{"", "east", "west", "coast", "mars"}).Draw(t, "district"),
		}
		switch said := strings.Join(named, rapid.SampledFrom([]string{"", "、", "驾驶证贩毒民警"}).Draw(t, "between")); rapid.IntRange(0, 2).Draw(t, "where") {
		case 0:
			q.Title = said
		case 1:
			q.Text = said
		default:
			q.Names = named
		}
		accused := rapid.SliceOfN(rapid.SampledFrom(officers), 0, 3).Draw(t, "accused")
		for _, o := range accused {
			q.Text += "，民警" + o.Name
		}
		got := r.Route(q)
		lead, ok := tr.ByID(got.Unit)
		for _, id := range got.Co {
			if slices.ContainsFunc(strings.Split(tr.Path(id), "/"), func(above string) bool { return slices.Contains(got.Avoid, above) }) {
				t.Fatalf("%s is avoided, and may have to help", id)
			}
		}
		for _, o := range accused {
			if !slices.Contains(got.Avoid, assignment.AboutUser(o.ID)) {
				t.Fatalf("about a person of %s, who may see it", o.Unit)
			}
			if o.Unit != tr.Root().ID && slices.ContainsFunc(tr.Below(o.Unit), func(u assignment.Unit) bool { return u.ID == lead.ID }) {
				t.Fatalf("about a person of %s, and goes to %s", o.Unit, lead.ID)
			}
		}
		if !ok {
			t.Fatalf("%+v goes to nobody: %+v", q, got)
		}
		for _, name := range named {
			about, _ := tr.ByName(name)
			if lead.Path == about.Path || strings.HasPrefix(lead.Path, about.Path+"/") {
				t.Fatalf("about %s, and goes to %s", about.ID, lead.ID)
			}
			for _, u := range tr.Below(about.ID) {
				if !slices.Contains(got.Avoid, u.ID) {
					t.Fatalf("about %s, and %s may see it", about.ID, u.ID)
				}
			}
		}
	})
}

func TestBadRulesAreRefused(t *testing.T) {
	t.Parallel()
	tr := tree(t)
	const good = `{version: 1, categories: [{code: a, name: 甲}], avoidance: [inspection], rules: [{id: r, priority: 1, categories: [a], districts: [east], keywords: [字], unit: traffic}]}`
	r, err := assignment.ParseRouter(tr, []byte(good))
	if err != nil || r.Version() != 1 {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown key":            {"version: 1,", "version: 1, colour: red,"},
		"unknown unit":           {"unit: traffic", "unit: mars"},
		"no unit":                {", unit: traffic", ""},
		"unknown category":       {"categories: [a],", "categories: [b],"},
		"category without name":  {"name: 甲", `name: ""`},
		"category twice":         {"[{code: a, name: 甲}]", "[{code: a, name: 甲}, {code: a, name: 乙}]"},
		"unknown district":       {"districts: [east]", "catalogue-0/2"},
		"empty keyword":          {"[字]", "[' ']"},
		"rule without id":        {"id: r", `id: ""`},
		"rule twice":             {"rules: [", "rules: [{id: r, unit: legal}, "},
		"unknown avoidance unit": {"[inspection]", "[mars]"},
		"not YAML":               {"rules: [", "rules: ]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatal("the change changes nothing")
			}
			if _, err := assignment.ParseRouter(tr, []byte(bad)); err == nil {
				t.Error("accepted")
			}
		})
	}
}
