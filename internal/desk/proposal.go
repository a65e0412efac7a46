package desk

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/reply"
	"jiesu/internal/seal"
)

// newReplyProposal takes in what a model wrote. Only entries it was given count
// as a basis, and what stands in none of those it cites is pointed out.
func newReplyProposal(text string, cited []string, sources []knowledge.Entry) ReplyProposal {
	p := ReplyProposal{Mark: reply.MachineMark}
	var basis []knowledge.Entry
	for _, name := range cited {
		name = oneLine(name, 80)
		at := slices.IndexFunc(sources, func(e knowledge.Entry) bool {
			return name == e.ID || name == Cited{Entry: e.ID, Version: e.Version}.name()
		})
		switch {
		case at < 0 && name != "" && !slices.Contains(p.Dropped, name) && len(p.Dropped) < mostNotes:
			p.Dropped = append(p.Dropped, name)
		case at >= 0 && !slices.ContainsFunc(basis, func(e knowledge.Entry) bool { return e.ID == sources[at].ID }):
			basis = append(basis, sources[at])
		}
	}
	p.Citations = citable(basis)
	if len(basis) == 0 {
		p.Mark = reply.MachineMarkUnfounded
	}
	body := []rune(printable(text))
	if room := reply.MaxText - utf8.RuneCountInString(p.Mark) - 1; len(body) > room {
		body = body[:room]
	}
	p.Text = p.Mark + "\n" + string(body)
	p.Unfounded = unfounded(string(body), basis)
	return p
}

// mostNotes bounds what is listed: a model that misses everything needs no list.
const mostNotes = 10

// unfounded lists what of a text could mislead and stands in none of the
// entries: links, titles of documents, long numbers, and amounts of time and
// money.
func unfounded(text string, basis []knowledge.Entry) []string {
	var known strings.Builder
	for _, e := range basis {
		known.WriteString(e.Question + "\n" + e.Answer + "\n")
		for _, b := range e.Basis {
			known.WriteString("《" + b.Title + "》" + b.Number + b.Article + "\n")
		}
	}
	claims := regexp.MustCompile(`https?://[^\s，。；）)]+|www\.[^\s，。；）)]+|《[^》]{2,40}》|[0-9０-９][0-9０-９-]{4,}|[0-9０-９一二三四五六七八九十百千万两]+(?:个)?(?:工作日|自然日|小时|日|天|个月|年|元)`)
	var out []string
	for _, c := range claims.FindAllString(text, -1) {
		if len(out) < mostNotes && !strings.Contains(known.String(), c) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// impersonal is a letter without what tells who wrote it: personal data masked,
// the writer's own name, and names after the words people give them with. Names
// of others have no shape a machine could trust.
func impersonal(text, name string) string {
	if name = strings.TrimSpace(name); utf8.RuneCountInString(name) > 1 {
		text = strings.ReplaceAll(text, name, "【姓名】")
	}
	introduced := regexp.MustCompile(`(我叫|我的名字[是叫]?|姓名[是为]?|联系人[是为]?|来信人|敬礼)([:：！!\s]*)\p{Han}[\p{Han}·]{1,3}`)
	return introduced.ReplaceAllString(seal.Mask(text), "$1$2【姓名】")
}

// oneLine is s without what does not belong in a line, at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(printable(s)), " ")
	return clip(s, n)
}

// printable is s without control and invisible characters; lines stay.
func printable(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, s))
}
