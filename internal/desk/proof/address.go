package proof

import "strings"

// addresses looks for where somebody lives: a house number behind a word of
// living, or a flat. Where an office stands is no secret.
func (c *Checker) addresses(p *page) {
	p.each(c.shapes.address, []string{"号", "室", "房", "栋", "幢", "单元"}, func(m []int) {
		from, to := m[0], m[1]
		// What leads to the place belongs to the sentence.
		if i := strings.LastIndexAny(p.line[from:m[3]], "住在于到至是为址"); i >= 0 {
			from += i + len("住")
		}
		lived := holds(p.before(from, 10), "住", "户籍地", "家庭地址", "户口所在地", "家在")
		switch flat := c.shapes.flat.MatchString(p.line[from:to]); {
		case lived:
			p.personal("address", "住址", "【住址】", Block, from, to)
		case flat && !office(p.before(from, 16)+p.line[from:to]+p.after(to, 16)):
			p.personal("address", "到门牌的地址", "【地址】", Warn, from, to)
		}
	})
}

func office(s string) bool {
	return holds(s, "派出所", "公安局", "大厅", "窗口", "中心", "分局", "支队", "大队", "检察院", "法院", "办公地址", "办理地点", "委员会")
}
