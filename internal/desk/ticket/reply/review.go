package reply

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu/internal/problem"
)

// Ordinary returns the outcomes of kinds that have none of their own.
func Ordinary() []Outcome { return []Outcome{Resolved, Partly, Explained, NotAccepted, Referred} }

// Outcomes returns every outcome, in the order forms show them.
func Outcomes() []Outcome {
	return slices.Concat(Ordinary(), []Outcome{AlreadyPublic, Provided, PartlyProvided, Withheld, NotHeld, NotResponsible, Duplicate, SpecialLaw}, Adoption())
}

// Adoption returns the outcomes of an opinion on a consultation.
func Adoption() []Outcome { return []Outcome{Adopted, PartlyAdopted, NotAdopted} }

// Name is the Chinese name of o, or empty for an unknown outcome.
func (o Outcome) Name() string {
	switch o {
	case Resolved:
		return "已解决"
	case Partly:
		return "部分解决"
	case Explained:
		return "已解释说明"
	case NotAccepted:
		return "诉求不予支持"
	case Referred:
		return "已转有权单位"
	case AlreadyPublic:
		return "已经主动公开"
	case Provided:
		return "予以公开"
	case PartlyProvided:
		return "部分公开"
	case Withheld:
		return "不予公开"
	case NotHeld:
		return "信息不存在"
	case NotResponsible:
		return "不属于本机关负责公开"
	case Duplicate:
		return "重复申请，不重复处理"
	case SpecialLaw:
		return "依照有关法律、行政法规的规定办理"
	case Adopted:
		return "采纳"
	case PartlyAdopted:
		return "部分采纳"
	case NotAdopted:
		return "不予采纳"
	}
	return ""
}

// Basis is what the law calls an answer to a request for information by; empty
// for the other outcomes.
func (o Outcome) Basis() string {
	const law = "政府信息公开条例"
	items := map[Outcome]string{
		AlreadyPublic: "一", Provided: "二", Withheld: "三", NotHeld: "四", NotResponsible: "五", Duplicate: "六", SpecialLaw: "七",
	}
	if o == PartlyProvided {
		return law + "第三十七条"
	}
	if items[o] == "" {
		return ""
	}
	return law + "第三十六条第" + items[o] + "项"
}

// First returns the first revision of the reply to a round of a ticket.
func First(ticketID string, round int) Draft { return Draft{TicketID: ticketID, Round: round} }

// Revise returns the revision that follows d. It carries no approval: whoever
// edits a text starts its review anew.
func (d Draft) Revise(id, author, text string, outcome Outcome, at time.Time) (Draft, error) {
	next := Draft{
		ID: id, TicketID: d.TicketID, Round: d.Round, Revision: d.Revision + 1,
		Text: strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")), Outcome: outcome,
		Author: author, At: at,
	}
	if err := next.Check(); err != nil {
		return Draft{}, err
	}
	return next, nil
}

// Check reports every part of d that cannot go to a citizen.
func (d *Draft) Check() error {
	var fields []problem.Field
	if f := checkText(d.Text); f != nil {
		fields = append(fields, *f)
	}
	if d.Outcome.Name() == "" {
		fields = append(fields, problem.Field{Pointer: "/outcome", Code: "unknown", Message: "请选择办理结果。"})
	}
	if len(fields) > 0 {
		return problem.New(problem.Invalid, "reply.invalid", "答复有几处需要修改。").With(fields...)
	}
	if d.Author == "" {
		return problem.New(problem.Internal, "reply.author", "答复缺少拟稿人。")
	}
	return nil
}

func checkText(s string) *problem.Field {
	field := func(code, message string) *problem.Field {
		return &problem.Field{Pointer: "/text", Code: code, Message: message}
	}
	switch {
	case s == "":
		return field("empty", "答复内容不能为空，请写明办理情况。")
	case !utf8.ValidString(s):
		return field("encoding", "答复内容含有无法识别的字符，请使用UTF-8编码。")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return field("control_character", "答复内容含有不可见的控制字符，请删除后重试。")
	case utf8.RuneCountInString(s) > MaxText:
		return field("too_long", "答复内容太长，请控制在5000字以内。")
	case strings.Contains(s, machineMarkStart):
		return field("machine_mark", "请逐句核对机器草拟的内容，并删去标记后再保存。")
	}
	return nil
}

// Approved reports whether somebody else has approved d.
func (d *Draft) Approved() bool { return d.ApprovedBy != "" }

// Approve marks d as approved by reviewer, who must not be its author.
func (d *Draft) Approve(reviewer string, at time.Time) error {
	switch {
	case reviewer == "":
		return problem.New(problem.Internal, "reply.reviewer", "缺少审核人。")
	case reviewer == d.Author:
		return problem.New(problem.Denied, "reply.own", "不能审核自己拟写的答复，请由其他人审核。")
	case !d.ReleasedAt.IsZero():
		return problem.New(problem.Conflict, "reply.released", "这份答复已经发出。")
	case d.Approved():
		return problem.New(problem.Conflict, "reply.approved", "这份答复已经审核通过。")
	}
	d.ApprovedBy, d.ApprovedAt = reviewer, at
	return nil
}

// SendBack takes an approval away, so that the text is reviewed again whether
// or not it was edited.
func (d *Draft) SendBack() error {
	if !d.ReleasedAt.IsZero() {
		return problem.New(problem.Conflict, "reply.released", "这份答复已经发出。")
	}
	d.ApprovedBy, d.ApprovedAt = "", time.Time{}
	return nil
}

// Release marks an approved text as sent.
func (d *Draft) Release(at time.Time) error {
	switch {
	case !d.Approved() || d.ApprovedBy == d.Author:
		return problem.New(problem.Conflict, "reply.unapproved", "答复还没有审核通过，不能发出。")
	case !d.ReleasedAt.IsZero():
		return problem.New(problem.Conflict, "reply.released", "这份答复已经发出。")
	}
	d.ReleasedAt = at
	return nil
}
