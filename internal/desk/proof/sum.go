package proof

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sums checks amounts written twice, shares of more than all, and ranges the
// wrong way round.
func (c *Checker) sums(p *page) {
	c.capitals(p)
	c.shares(p)
	p.each(c.shapes.interval, []string{"至", "到", "-", "—", "~"}, p.interval)
	p.each(c.shapes.penalty, []string{"以上"}, func(m []int) {
		low, high := numeral(p.line[m[2]:m[3]]), numeral(p.line[m[6]:m[7]])
		if p.line[m[4]:m[5]] == p.line[m[8]:m[9]] && low > high && high > 0 {
			p.reversed(m[0], m[1])
		}
	})
}

func (p *page) reversed(from, to int) {
	p.add(Finding{Code: "sum.reversed", Severity: Warn, Message: "范围的起止颠倒了，请核对。"}, from, to)
}

// interval checks 5至3个工作日, 500元-200元.
func (p *page) interval(m []int) {
	unit := p.line[m[8]:m[9]]
	if m[4] >= 0 && p.line[m[4]:m[5]] != unit {
		return
	}
	low, errLow := strconv.ParseFloat(p.line[m[2]:m[3]], 64)
	high, errHigh := strconv.ParseFloat(p.line[m[6]:m[7]], 64)
	if errLow == nil && errHigh == nil && low > high && !goesOn(p.before(m[0], 2)) {
		p.reversed(m[0], m[1])
	}
}

// goesOn reports whether a number is the end of a longer one.
func goesOn(before string) bool {
	if before == "" {
		return false
	}
	last := before[len(before)-1]
	return last >= '0' && last <= '9' || strings.IndexByte("-/.", last) >= 0 || last == ',' && onlyDigits(before) != ""
}

// shares notes more than a hundred per cent, where nothing grows or is surpassed.
func (c *Checker) shares(p *page) {
	p.each(c.shapes.percent, []string{"%"}, func(m []int) {
		share, err := strconv.ParseFloat(p.line[m[2]:m[3]], 64)
		if err != nil || share <= 100 || holds(p.before(m[0], 2), ".") {
			return
		}
		if !holds(p.before(m[0], 12), "增", "升", "提高", "上涨", "涨", "超", "同比", "环比", "扩大", "翻") {
			p.add(Finding{Code: "sum.share", Severity: Warn, Message: "百分比超过了100%，请核对。"}, m[0], m[1])
		}
	})
}

// capitals compares an amount in capitals with the digits in or before the same
// brackets.
func (c *Checker) capitals(p *page) {
	p.each(c.shapes.capitals, []string{"元", "圆"}, func(m []int) {
		amount, ok := fen(p.line[m[0]:m[1]])
		if !ok {
			return
		}
		if digits, ok := c.digitsBeside(p, m[0], m[1]); ok && digits != amount {
			p.add(Finding{Code: "sum.capitals", Severity: Block, Message: "大写金额与小写金额不一致，请核对。"}, m[0], m[1])
		}
	})
}

// digitsBeside is the amount in digits behind or before capitals, with nothing
// but brackets and words such as 大写 between.
func (c *Checker) digitsBeside(p *page, from, to int) (int64, bool) {
	const joint = "(): ,¥￥小大写人民币即为计共"
	behind := strings.TrimLeft(p.line[to:], joint)
	if m := c.shapes.digits.FindStringSubmatchIndex(behind); m != nil && m[0] == 0 && len(behind) < len(p.line[to:]) {
		return parseAmount(behind[m[2]:m[3]], behind[m[4]:m[5]])
	}
	ahead := strings.TrimRight(p.line[:from], joint)
	if len(ahead) == from || !strings.HasSuffix(ahead, "元") {
		return 0, false
	}
	at := max(0, len(ahead)-30)
	for at < len(ahead) && !utf8.RuneStart(ahead[at]) {
		at++
	}
	all := c.shapes.digits.FindAllStringSubmatch(ahead[at:], -1)
	if len(all) == 0 || !strings.HasSuffix(ahead, all[len(all)-1][0]) {
		return 0, false
	}
	last := all[len(all)-1]
	return parseAmount(last[1], last[2])
}

// parseAmount reads yuan in digits as fen.
func parseAmount(digits, unit string) (int64, bool) {
	yuan, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64)
	if unit == "万" {
		yuan *= 10_000
	}
	if err != nil || yuan > 1e12 {
		return 0, false
	}
	return int64(math.Round(yuan * 100)), true
}

// fen reads an amount in capitals, such as 壹万贰仟元伍角整.
func fen(capitals string) (int64, bool) {
	const signs = "零壹贰叁肆伍陆柒捌玖"
	total, part, one := int64(0), int64(0), int64(0)
	for _, r := range capitals {
		digit := strings.IndexRune(signs, r)
		unit := map[rune]int64{'拾': 10, '佰': 100, '仟': 1000}[r]
		switch {
		case digit >= 0:
			one = int64(utf8.RuneCountInString(signs[:digit]))
		case unit > 0:
			if one == 0 && unit == 10 {
				one = 1
			}
			part, one = part+one*unit, 0
		case r == '万':
			total, part, one = total+(part+one)*10_000, 0, 0
		case r == '亿':
			total, part, one = (total+part+one)*100_000_000, 0, 0
		case r == '元', r == '圆':
			total, part, one = (total+part+one)*100, 0, 0
		case r == '角':
			total, one = total+one*10, 0
		case r == '分':
			total, one = total+one, 0
		}
	}
	return total, total > 0 && total < 1e14
}
