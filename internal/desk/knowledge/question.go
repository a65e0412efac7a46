package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// asks reports whether a clause asks something.
func asks(clause string) bool {
	for _, cue := range [...]string{
		"?", "？", "吗", "怎么", "怎样", "如何", "咋", "什么", "啥", "哪", "几", "多少", "多久", "能不能", "可不可以",
		"可以", "是否", "能否", "请问", "想问", "行不", "要不要", "用不用", "需不需要", "为何", "嗎", "怎麼", "什麼", "麽",
	} {
		if strings.Contains(clause, cue) {
			return true
		}
	}
	return false
}

// second thoughts: words a further question begins with.
func second() []string {
	return []string{
		"另外", "还有就是", "还有个", "还有", "还想问", "还想知道", "顺便", "顺带", "再问", "再就是", "再请问", "同时想问", "以及想问", "其次", "最后问", "最后想问",
	}
}

// sentences cuts text where sentences end, and where a second thought begins
// after a first one that asks: 还有 alone also stands in 还有效吗. It keeps the
// closing mark: a question mark is what asks.
func sentences(text string) []string {
	var out []string
	for _, s := range cut(text, "。！？!?；;\n\r") {
		out = append(out, thoughts(s)...)
	}
	return out
}

// thoughts cuts one sentence before each second thought.
func thoughts(sentence string) []string {
	const near = 300 // bytes before it in which the first thought must ask
	words := second()
	var out []string
	for from, i := 0, 1; ; i++ {
		if i >= len(sentence) {
			return append(out, sentence[from:])
		}
		starts := func(w string) bool { return strings.HasPrefix(sentence[i:], w) }
		if i > from && utf8.RuneStart(sentence[i]) && slices.ContainsFunc(words, starts) && asks(sentence[max(from, i-near):i]) {
			out, from = append(out, sentence[from:i]), i
		}
	}
}

// cut splits after each of the marks and drops what is blank.
func cut(text, marks string) []string {
	var out []string
	for text != "" {
		end := strings.IndexAny(text, marks)
		if end < 0 {
			end = len(text)
		} else {
			_, size := utf8.DecodeRuneInString(text[end:])
			end += size
		}
		if part := strings.TrimSpace(text[:end]); strings.Trim(part, marks) != "" {
			out = append(out, part)
		}
		text = text[end:]
	}
	return out
}

// focus finds what a long letter asks: its asking clauses, each with the
// clause before it, which often names the matter. Short text is its own focus.
func focus(text string) (string, bool) {
	const long = 45
	if utf8.RuneCountInString(text) <= long {
		return "", false
	}
	clauses := cut(text, "。！？!?；;，,\n\r")
	var kept []string
	taken := -1
	for i, c := range clauses {
		if !asks(c) {
			continue
		}
		if i > 0 && taken < i-1 {
			kept = append(kept, clauses[i-1])
		}
		kept, taken = append(kept, c), i
	}
	if len(kept) == 0 || len(kept) == len(clauses) {
		return "", false
	}
	return strings.Join(kept, ""), true
}

// most is how many questions of one message are looked at.
const most = 4

// several splits a message that asks more than one thing into its questions;
// nil where it asks one.
func several(text string) []string {
	if items := listed(text); len(items) > 1 {
		return items[:min(most, len(items))]
	}
	var asking []string
	for _, s := range sentences(text) {
		if asks(s) {
			asking = append(asking, s)
		}
	}
	if len(asking) < 2 {
		return nil
	}
	return asking[:min(most, len(asking))]
}

// listed are the items of a numbered list; what stands before the first number
// is not one of them.
func listed(text string) []string {
	for style := range 5 {
		var items []string
		from := -1
		rest, at := text, 0
		for n := 1; n <= 9; n++ {
			i, size := find(rest, number19(style, n))
			if i < 0 {
				break
			}
			if from >= 0 {
				items = append(items, text[from:at+i])
			}
			from = at + i + size
			rest, at = text[from:], from
		}
		if from < 0 || len(items) == 0 {
			continue
		}
		items = append(items, text[from:])
		for i := range items {
			items[i] = strings.Trim(items[i], " 　\t\r\n,，;；")
		}
		return slices.DeleteFunc(items, func(s string) bool { return s == "" })
	}
	return nil
}

// number19 is how the n-th item of a list begins, n from 1 to 9.
func number19(style, n int) []string {
	nth := func(s string) string { return string([]rune(s)[n-1]) }
	digit, han := nth("123456789"), nth("一二三四五六七八九")
	switch style {
	case 0:
		return []string{digit + ".", digit + "、", digit + "．", digit + ")", digit + "）", digit + ":", digit + "："}
	case 1:
		return []string{han + "、", han + "，", han + ".", han + "）", han + ")"}
	case 2:
		return []string{nth("①②③④⑤⑥⑦⑧⑨")}
	case 3:
		return []string{"第" + han + "，", "第" + han + "、", "第" + han + ","}
	}
	return []string{han + "是", han + "来"}
}

// find is the first place one of the words stands in text as a number of its
// own, not as part of a longer one, and its length there.
func find(text string, words []string) (at, size int) {
	at = -1
	for _, w := range words {
		for from := 0; ; {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			i += from
			from = i + len(w)
			before, _ := utf8.DecodeLastRuneInString(text[:i])
			after, _ := utf8.DecodeRuneInString(text[from:])
			if partOfNumber(before) || unicode.IsDigit(after) && strings.ContainsAny(w, ".:：．") {
				continue
			}
			if at < 0 || i < at {
				at, size = i, len(w)
			}
			break
		}
	}
	return at, size
}

func partOfNumber(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune("一二三四五六七八九十百第.", r)
}
