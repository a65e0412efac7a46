package proof

import (
	"strings"

	"jiesu/internal/seal"
)

// persons looks for personal data: PIPL art. 25 lets none of it be published
// without its owner's consent.
func (c *Checker) persons(p *page) {
	for _, f := range seal.Find(p.line) {
		c.number(p, f)
	}
	for _, n := range c.names.find(p.chars) {
		p.name(n)
	}
	for i := range c.shapes.private {
		p.labelled(&c.shapes.private[i])
	}
	c.addresses(p)
	if p.Report {
		c.reporters(p)
	}
}

// personal notes a datum that must not be shown. What only its owner reads is
// less grave; what answers a report is grave for everybody.
func (p *page) personal(code, what, shown string, severity Severity, from, to int) {
	p.hide(from, to, shown)
	if severity == Block && !p.Public && !p.Report {
		severity = Warn
	}
	p.add(Finding{Code: "person." + code, Severity: severity, Message: "这里有" + what + "，请删去或者隐去。"}, from, to)
}

// number notes what the detectors of the seal have found.
func (c *Checker) number(p *page, f seal.Finding) {
	datum := p.line[f.Start:f.End]
	shown := seal.Mask(datum)
	switch f.Kind {
	case seal.IDCard:
		p.personal("id_card", "公民身份号码", shown, Block, f.Start, f.End)
	case seal.Mobile:
		if !p.publicLine(datum) {
			p.personal("phone", "手机号码", shown, Block, f.Start, f.End)
		}
	case seal.Landline:
		c.landline(p, f.Start, f.End)
	case seal.BankCard:
		if !holds(p.before(f.Start, 8), "编号", "单号", "案号", "文号", "流水号", "条码", "受理号", "网址", "http") {
			p.personal("bank_card", "银行卡号", shown, Block, f.Start, f.End)
		}
	case seal.Plate:
		p.personal("plate", "车牌号", shown, Block, f.Start, f.End)
	}
}

// landline notes a telephone that is not known to be an office's. The one an
// office is reached by belongs into the list of public lines.
func (c *Checker) landline(p *page, from, to int) {
	switch {
	case p.publicLine(p.line[from:to]):
	case holds(p.before(from, 12), "咨询", "服务", "监督", "值班", "办公", "窗口", "举报电话", "投诉电话", "热线", "传真"):
		p.unlisted(from, to)
	default:
		p.personal("phone", "固定电话号码", "【电话号码】", Warn, from, to)
	}
}

// unlisted notes a number that reads like an office's; whose it is, nobody knows.
func (p *page) unlisted(from, to int) {
	p.hide(from, to, "【电话号码】")
	p.add(Finding{Code: "person.line", Severity: Note, Message: "这个电话不在公开电话登记表里，请核对号码，并登记。"}, from, to)
}

func (p *page) hide(from, to int, shown string) {
	p.hidden = append(p.hidden, mask{p.number[from], p.number[to], shown})
}

// publicLine reports whether a number is on the list, with or without its area
// code.
func (p *page) publicLine(number string) bool {
	digits := onlyDigits(number)
	for _, line := range p.Lines {
		if known := onlyDigits(line); known != "" && (known == digits || len(digits) >= 7 && strings.HasSuffix(known, digits)) {
			return true
		}
	}
	return false
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// name notes somebody's name. An officer's may be meant to be known.
func (p *page) name(n person) {
	severity, what := Block, "姓名"
	if n.officer {
		severity, what = Note, "民警姓名"
	}
	if !p.Public && !p.Report {
		severity = Note // the one it answers may be named
	}
	shown := seal.MaskName(string(p.chars[n.from:n.to]))
	p.personal("name", what, shown, severity, p.start[n.from], p.start[n.to])
}

// labelled notes what is personal because of the word in front of it.
func (p *page) labelled(s *private) {
	p.each(s.shape, s.cues, func(m []int) {
		from, to := m[2], m[3]
		switch datum := p.line[from:to]; {
		case s.code == "phone":
			if !p.publicLine(datum) {
				p.unlisted(from, to)
			}
		case s.code == "email" && p.ours(datum[strings.LastIndexByte(datum, '@')+1:]):
		case s.code == "account" && holds(p.before(from, 12), "公众号", "小程序", "服务号", "官方"):
		default:
			p.personal(s.code, s.what, s.shown, s.severity, from, to)
		}
	})
}

// reporters notes words that tell who reported.
func (c *Checker) reporters(p *page) {
	p.each(c.shapes.reporter, []string{"举报", "您", "你"}, func(m []int) {
		p.add(Finding{Code: "person.reporter", Severity: Block, Message: "答复举报不得写出举报人的身份、职务、住处或者与当事人的关系，请删去。"}, m[0], m[1])
	})
}
