package ticket

import (
	"slices"

	"jiesu/internal/problem"
)

// The five grades of the national rating scheme (国办发〔2019〕51号).
const (
	worstScore = 1 // 很差
	badScore   = 2 // 差: the best one that calls for somebody to look
	plainScore = 3 // 一般
	bestScore  = 5 // 很好
)

// MaxRatingReasons is how many reasons one rating may be given.
const MaxRatingReasons = 5

// RatingReason is why somebody gave a rating, and the grades it fits.
type RatingReason struct {
	Reason

	From, To int
}

// RatingReasons lists why an answer is rated as it is; several may be chosen.
func RatingReasons() []RatingReason {
	return []RatingReason{
		{Reason{"solved_well", "问题得到解决"}, plainScore, bestScore},
		{Reason{"prompt", "办理及时"}, plainScore, bestScore},
		{Reason{"clear", "答复清楚明白"}, plainScore, bestScore},
		{Reason{"kind", "态度热情"}, plainScore, bestScore},
		{Reason{"not_solved", "问题没有解决"}, worstScore, plainScore},
		{Reason{"off_point", "答非所问或者照搬条文"}, worstScore, plainScore},
		{Reason{"wrong", "答复与事实或者规定不符"}, worstScore, plainScore},
		{Reason{"slow", "办理太慢"}, worstScore, plainScore},
		{Reason{"not_contacted", "没有联系核实"}, worstScore, plainScore},
		{Reason{"rude", "态度不好"}, worstScore, plainScore},
		{Reason{"shifted", "推诿扯皮"}, worstScore, plainScore},
	}
}

// AppealReasons lists why a unit may find a rating unfair; the citizen reads them
// where the appeal is upheld, so that they tell facts and blame nobody.
func AppealReasons() []Reason {
	return []Reason{
		{"mistaken", "来信人误选了评价档次"},
		{"wrong_facts", "评价所述与核实的情况不符"},
		{"other_matter", "评价针对的不是本件的办理"},
		{"no_basis", "诉求没有法律、法规、政策依据，已经依法解释说明"},
		{"outside_duty", "诉求不属于公安机关职责，已经告知办理途径"},
		{"abusive", "评价只有辱骂、威胁等内容，没有涉及本件的办理"},
	}
}

// Contestable reports whether e is a rating that somebody was not content with.
func (e *Event) Contestable() bool {
	return e.Move == Rate && e.Score >= worstScore && (e.Score <= plainScore || !e.Solved)
}

// Dissatisfied reports whether the answer of this round was rated, and its
// citizen is not content or says that the matter is not solved.
func (t *Ticket) Dissatisfied() bool { return t.Rating != 0 && (t.Rating <= badScore || !t.Solved) }

func (t *Ticket) admitRating(c Command) error {
	switch {
	case c.Score < worstScore || c.Score > bestScore:
		return problem.New(problem.Invalid, "ticket.score", "请从“很好”到“很差”五档中选择一档。")
	case t.Rating != 0:
		return problem.New(problem.Conflict, "ticket.rated", "本次答复已经评价过。")
	case len(c.Reasons) > MaxRatingReasons:
		return problem.New(problem.Invalid, "ticket.rating_reasons", "评价原因最多选5项。")
	}
	for i, code := range c.Reasons {
		if slices.Contains(c.Reasons[:i], code) || !fits(code, c.Score) {
			return problem.New(problem.Invalid, "ticket.rating_reasons", "评价原因和所选的档次不符，请重新选择。")
		}
	}
	return nil
}

func fits(code string, score int) bool {
	return slices.ContainsFunc(RatingReasons(), func(r RatingReason) bool { return r.Code == code && score >= r.From && score <= r.To })
}
