package proof

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// laws checks the titles and numbers of what a text rests on: what is not
// published, not in force or over is no basis.
func (c *Checker) laws(p *page) {
	if strings.Contains(p.line, "《") {
		s := c.shelve(p.Documents, p.At)
		for _, m := range c.shapes.title.FindAllStringSubmatchIndex(p.line, -1) {
			c.cited(p, s, m[2], m[3], m[1])
		}
	}
	c.numbers(p)
}

// cited checks the title between bytes from and to, whose mark ends at end.
func (c *Checker) cited(p *page, s shelf, from, to, end int) {
	short := shorten(p.line[from:to])
	l := s[short]
	if l == nil {
		p.unknown(s, short, from, to)
		return
	}
	if !spokenOf(p, from, end) {
		p.stands(l, from, to)
	}
	c.numbered(p, l, end)
	c.counted(p, l, end)
}

// spokenOf reports whether a title is not cited as a basis, but as what was or
// will be.
func spokenOf(p *page, from, end int) bool {
	ahead, behind := p.before(from, 8), p.after(end, 16)
	return strings.HasSuffix(strings.TrimSuffix(ahead, "《"), "原") || strings.HasSuffix(ahead, "旧《") || holds(ahead, "废止", "失效", "将于", "曾依") ||
		holds(behind, "废止", "失效", "将于", "尚未施行", "起施行", "同时停止")
}

// stands checks that a law is in force. What only titles.yaml says of it does not
// stop anybody: it was not read in the law itself.
func (p *page) stands(l *law, from, to int) {
	f := Finding{Severity: Block}
	if l.aside {
		f.Severity = Warn
	}
	switch l.state {
	case inForce:
		return
	case notYet:
		f.Code, f.Message = "law.not_yet", "这份文件自"+l.since+"起施行，现在还不能作为依据。"
	case unpublished:
		f.Code, f.Message = "law.unpublished", "这份文件没有向社会公布，不得作为依据，请删去或者改引已公布的文件。"
	case over:
		f.Code, f.Message = "law.over", "这份文件已经废止或者失效，不能作为依据，请改引现行有效的规定。"
		if l.by != "" {
			f.Message = "这份文件自" + l.since + "起已经废止，不能作为依据，请核对现行规定。"
			f.Suggestion = l.by
		}
	}
	p.add(f, from, to)
}

// unknown notes a title that is not known, where it reads like one of a law.
func (p *page) unknown(s shelf, short string, from, to int) {
	ends := []string{"法", "法典", "条例", "规定", "办法", "细则", "规则", "意见", "解释", "通知", "决定", "规范", "公告"}
	if !slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(short, end) }) {
		return
	}
	if l := s.near(short); l != nil {
		p.add(Finding{Code: "law.title", Severity: Warn, Message: "没有这个名称的文件，是不是写错了？请核对全称。", Suggestion: strings.TrimPrefix(l.title, republic)}, from, to)
		return
	}
	p.add(Finding{Code: "law.unknown", Severity: Note, Message: "依据库里没有这份文件，请核对名称，并确认已经公布、现行有效。"}, from, to)
}

// numbered compares the number in brackets behind a title with the document's.
func (c *Checker) numbered(p *page, l *law, end int) {
	m := c.shapes.beside.FindStringSubmatchIndex(p.line[end:])
	if m == nil || l.number == "" || holds(l.number, "待核", "历经") {
		return
	}
	written := p.line[end+m[4] : end+m[5]]
	known := serial(strings.Split(folded(l.number), "(")[0])
	if known == "" || l.state != inForce || holds(folded(l.number), "(") || serial(written) == known {
		return
	}
	p.add(Finding{Code: "law.number", Severity: Warn, Message: "文号与文件名称对不上，请核对。", Suggestion: l.number}, end+m[4], end+m[5])
}

// serial is a document's number as it compares: brackets of any form are one,
// who issued it is left out where it is a decree.
func serial(number string) string {
	if i := strings.Index(number, "令"); i >= 0 {
		return onlyDigits(number[i:])
	}
	return strings.NewReplacer("[", "〔", "]", "〕", "(", "〔", ")", "〕", "【", "〔", "】", "〕", "第", "", " ", "").Replace(number)
}

// numbers checks how document numbers are written: GB/T 9704 wants 〔〕 around
// the year, and no 第 behind it.
func (c *Checker) numbers(p *page) {
	p.each(c.shapes.number, []string{"号"}, func(m []int) {
		open, year, closing := p.line[m[4]:m[5]], p.line[m[6]:m[7]], p.line[m[8]:m[9]]
		order := p.line[m[12]:m[13]]
		right := "〔" + year + "〕" + order + "号"
		switch {
		case open != "〔" || closing != "〕":
			p.add(Finding{Code: "law.brackets", Severity: Warn, Message: "文号的年份应当用六角括号〔〕。", Suggestion: right}, m[4], m[1])
		case m[10] != m[11]:
			p.add(Finding{Code: "law.order", Severity: Note, Message: "文号的序号前不加“第”字。", Suggestion: right}, m[4], m[1])
		}
	})
}

// counted notes an article the law does not have.
func (c *Checker) counted(p *page, l *law, end int) {
	m := c.shapes.article.FindStringSubmatchIndex(p.line[end:])
	if m == nil || l.articles == 0 {
		return
	}
	if n := numeral(p.line[end+m[2] : end+m[3]]); n > l.articles {
		p.add(Finding{
			Code: "law.article", Severity: Warn,
			Message: "这部法律法规只有" + strconv.Itoa(l.articles) + "条，请核对条文序号。",
		}, end+strings.Index(p.line[end:end+m[1]], "第"), end+m[1])
	}
}

// numeral reads a number below a hundred million in digits or in Chinese; -1
// where it is none.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	const signs = "零一二三四五六七八九"
	total, part, one := 0, 0, -1
	for _, r := range strings.ReplaceAll(s, "两", "二") {
		unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
		digit := strings.IndexRune(signs, r)
		switch {
		case digit >= 0:
			one = utf8.RuneCountInString(signs[:digit])
		case unit > 0:
			if one < 0 {
				one = 1
			}
			part, one = part+one*unit, -1
		case r == '万':
			total, part, one = (part+max(one, 0))*10_000, 0, -1
		default:
			return -1
		}
	}
	return total + part + max(one, 0)
}
