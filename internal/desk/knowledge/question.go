package knowledge

import (
	"strings"
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

// sentences cuts text where sentences end, and before a second thought
// begins. It keeps the closing mark: a question mark is what asks.
func sentences(text string) []string {
	for _, w := range [...]string{"另外", "还有就是", "顺便", "再问", "再就是", "同时想问"} {
		text = strings.ReplaceAll(text, w, "\n"+w)
	}
	return cut(text, "。！？!?；;\n\r")
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

// several splits a message that asks more than one thing into its questions.
func several(text string) []string {
	const most = 4
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
