package desk

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/deadline"
)

// What is said to people on WeChat, where there is nothing to click but words.
const (
	weChatHandOver = "回复“留给专班”，可以把问题转给信箱专班办理。"
	weChatProgress = "查进度请回复编号和查询码，中间空一格，例如：261122-4827-1935 7K2M-9QXB-3T0V-HAPD。"
	weChatPicture  = "图片已收到，会和您说的其他内容一起转交。请再用文字说明您的问题。" + weChatHandOver
	weChatUnheard  = "没有听清这段语音，已经存下，会和您说的其他内容一起转交。请再用文字说明您的问题。" + weChatHandOver
	weChatFilm     = "视频已收到，但不会随信提交。需要提交的，请用网上来信表单上传。"
	weChatNoted    = "已记下，会和您说的其他内容一起转交。请再用文字说明您的问题。" + weChatHandOver
	weChatNothing  = "请先说明您的问题，再留给专班办理。"
	weChatSample   = "（示例内容，未经本单位审核，不作为办事依据）"
)

// maxWeChat is how long a message on WeChat may be, in bytes.
const maxWeChat = 2048

// asksHandOver reports whether somebody wants the task force to take it on.
func asksHandOver(text string) bool {
	switch bareWords(text) {
	case "留给专班", handedOver, "转专班", "转给专班", "交给专班", "留言":
		return true
	}
	return false
}

// asksProgress reports whether somebody wants to know how to see where a letter
// stands.
func asksProgress(text string) bool {
	switch bareWords(text) {
	case "进度", "查进度", "查询", "查询进度", "查询码":
		return true
	}
	return false
}

// bareWords is text without blanks and marks around it.
func bareWords(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
}

// numberAndCode reads what opens a ticket's timeline from a text that says
// nothing else of weight.
func numberAndCode(text string) (number, code string, ok bool) {
	pair := regexp.MustCompile(`(?:^|\D)(\d{6}-?\d{4}-?\d{4})[^0-9A-Za-z]+([0-9A-Za-z]{4}(?:-?[0-9A-Za-z]{4}){3})(?:[^0-9A-Za-z]|$)`)
	m := pair.FindStringSubmatch(width.Narrow.String(text))
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// spokenOnWeChat is what was said to a citizen, in plain words.
func spokenOnWeChat(ms []conversation.Message, site string) string {
	var said []string
	for i := range ms {
		var body struct {
			AnswerBody

			Text string `json:"text"`
		}
		if json.Unmarshal(ms[i].Body, &body) != nil {
			continue
		}
		body.AnswerBody.Text = body.Text
		if ms[i].Kind == conversation.Answer {
			body.Text = plainAnswer(&body.AnswerBody, site)
		}
		said = append(said, body.Text)
	}
	return strings.Join(said, "\n\n")
}

// plainAnswer is an answer with what it rests on, no longer than a message may
// be: a reviewed text is not cut without saying where the rest is.
func plainAnswer(b *AnswerBody, site string) string {
	var tail strings.Builder
	for _, r := range b.replies() {
		for _, basis := range r.Basis {
			tail.WriteString("\n依据：" + basis.Title + basis.Article)
		}
		if r.Sample && !r.fixed() {
			tail.WriteString("\n" + weChatSample)
		}
	}
	switch {
	case b.Decision == knowledge.None, b.Answer != nil && b.Answer.Entry == "line:smalltalk.human":
		tail.WriteString("\n" + weChatHandOver)
	}
	return fitWeChat(b.Text, tail.String(), b.page(site))
}

// replies are the answers to all questions of a message.
func (b *AnswerBody) replies() []AnswerReply {
	if b.Answer == nil {
		return nil
	}
	return append([]AnswerReply{*b.Answer}, b.More...)
}

// page is where an answer can be read in full; empty where nobody knows.
func (b *AnswerBody) page(site string) string {
	if site == "" || b.Answer == nil || b.Answer.fixed() {
		return ""
	}
	return site + "/library/" + b.Answer.Entry
}

func (r *AnswerReply) fixed() bool { return (&knowledge.Reply{Entry: r.Entry}).Fixed() }

// fitWeChat is text and tail, or as much of text as a message holds, and where
// the rest is.
func fitWeChat(text, tail, page string) string {
	if len(text)+len(tail) <= maxWeChat {
		return text + tail
	}
	rest := "……\n（内容较长，没有显示完整）"
	if page != "" {
		rest = "……\n全文：" + page
	}
	end := max(0, maxWeChat-len(rest))
	for end > 0 && !utf8.RuneStart(text[min(end, len(text)-1)]) {
		end--
	}
	return text[:min(end, len(text))] + rest
}

// plainTimeline tells where a letter stands.
func plainTimeline(t *Timeline) string {
	lines := []string{"编号：" + t.Number, "状态：" + t.Status.Name(), "承办：" + t.Unit}
	if t.Status.Open() {
		lines = append(lines, "答复期限："+deadline.Date(t.DueAt))
	}
	for _, s := range t.Steps {
		lines = append(lines, deadline.Date(s.At)+" "+s.Text)
	}
	switch {
	case t.Reply == nil:
	case t.Kind == channel.Report: // it stays where only its writer reads it
		lines = append(lines, "已有答复，请在网站上凭编号和查询码查看。")
	default:
		lines = append(lines, "答复：\n"+t.Reply.Text)
	}
	return fitWeChat(strings.Join(lines, "\n"), "", "")
}
