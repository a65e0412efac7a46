package proof

import "strings"

// remedies notes what a refusal has to say and does not: it points at the words
// that refuse, or at the end of the text.
func remedies(p *page) {
	from, to := len(p.line), len(p.line)
	for _, refusal := range []string{"不予公开", "部分公开", "不予支持", "不予受理", "不予处理", "不予办理"} {
		if i := strings.LastIndex(p.line, refusal); i >= 0 {
			from, to = i, i+len(refusal)
			break
		}
	}
	var missing []string
	for _, words := range p.Remedy {
		if !strings.Contains(p.line, words) {
			missing = append(missing, words)
		}
	}
	if len(missing) > 0 {
		p.add(Finding{
			Code: "remedy.missing", Severity: Block,
			Message: "拒绝的答复应当写明不服时的救济途径（" + strings.Join(missing, "、") + "）。",
		}, from, to)
	}
}
