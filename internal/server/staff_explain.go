package server

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/web/portal"
)

// objectionChoices is how many candidates an editor may pick the right one of.
const objectionChoices = 4

func (p staffPages) explainForm(c *gin.Context) {
	if actor := actorOf(c.Request.Context()); !actor.Edits {
		p.fail(c, notAnEditor())
		return
	}
	p.show(c, http.StatusOK, portal.Explain{})
}

func (p staffPages) explain(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, text := c.Request.Context(), field(c, "text")
	e, err := p.desk.Explain(ctx, actorOf(ctx), text)
	if problems, ok := fieldProblems(err, func(string) string { return "text" }); ok {
		p.show(c, http.StatusUnprocessableEntity, portal.Explain{Text: text, Errors: problems})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, portal.Explain{Text: e.Text, Result: explanationView(&e)})
}

func explanationView(e *desk.Explained) *portal.Explanation {
	v := &portal.Explanation{
		Read: e.Text, Decision: decisionName(e.Decision.Kind), Because: e.Reason.Sentence(), Reason: string(e.Reason), Line: e.Line,
		Limits: list(e.Limits, func(l knowledge.Limit) portal.Figure {
			return portal.Figure{Name: limitName(l.Name), Code: l.Name, Value: l.Value}
		}),
		Options: list(e.Decision.Options, func(o knowledge.Option) portal.Brief { return portal.Brief{ID: o.Entry, Question: o.Question} }),
	}
	if a := e.Decision.Answer; a != nil && a.Question != "" {
		v.Answer = &portal.Brief{ID: a.Entry, Question: a.Question}
	}
	parts := 0
	for i := range e.Readings {
		r := &e.Readings[i]
		name := "整句话"
		switch r.Role {
		case knowledge.Whole:
		case knowledge.Focus:
			name = "其中问的话"
		case knowledge.Part:
			parts++
			name = "第" + strconv.Itoa(parts) + "问"
		}
		v.Readings = append(v.Readings, readingView(name, r))
	}
	if len(e.Readings) > 0 {
		for i, w := range e.Readings[0].Candidates {
			if i < objectionChoices {
				v.Choices = append(v.Choices, portal.Choice{Value: w.Entry, Name: w.Question})
			}
		}
	}
	return v
}

func readingView(name string, r *knowledge.Take) portal.Reading {
	v := portal.Reading{
		Name: name, Text: r.Text, Normalised: r.Normalised, Concepts: r.Concepts, Slots: r.Slots, Confidence: r.Confidence, Ours: r.Ours,
		Evidence:  list(r.Evidence, summand),
		Obstacles: list(r.Obstacles, func(o knowledge.Reason) string { return o.Sentence() }),
		Candidates: list(r.Candidates, func(w knowledge.Weighed) portal.Candidate {
			return portal.Candidate{ID: w.Entry, Question: w.Question, Score: w.Score, Features: list(w.Features, summand)}
		}),
	}
	if r.Mended != r.Normalised {
		v.Mended = r.Mended
	}
	return v
}

func summand(c knowledge.Contribution) portal.Summand {
	return portal.Summand{Name: summandName(c.Name), Code: c.Name, Value: c.Value, Weight: c.Weight, Product: c.Product()}
}

func decisionName(k knowledge.Kind) string {
	switch k {
	case knowledge.Answer:
		return "直接回答"
	case knowledge.Clarify:
		return "请群众选择"
	case knowledge.Emergency:
		return "紧急情况"
	case knowledge.Restricted:
		return "限制话题"
	case knowledge.SmallTalk:
		return "寒暄"
	case knowledge.None:
	}
	return "不回答"
}

func limitName(code string) string {
	switch code {
	case "answer":
		return "直接回答至少要的把握"
	case "margin":
		return "至少比第二条高"
	case "clarify":
		return "反问至少要的把握"
	case "near":
		return "选项最多比第一条低"
	case "related":
		return "判断是否属于本库时按领先多少算"
	}
	return ""
}

// summandName says in words what a part of a score measures; a part without
// words shows its code alone.
func summandName(code string) string {
	names := map[string]string{
		"exact": "一字不差", "char_dice": "共同的字", "char_title": "和标准问题共同的字", "char_entry": "和任一写法共同的字",
		"pair_entry": "共同的相邻两字", "sound_question": "读音相同", "subject_dice": "所说事物相同", "subject_question": "所说事物被覆盖",
		"subject_entry": "任一写法说到这事物", "order": "字的顺序", "order_question": "简称的顺序", "object_missing": "条目没说到的事物",
		"object_extra": "条目多说的事物", "action_missing": "条目没说到的办理", "action_extra": "条目多说的办理", "aspect_missing": "条目没说到的方面",
		"aspect_extra": "条目多说的方面", "slot_conflict": "情形不同", "slot_extra": "条目限定的情形", "keyword": "关键词和各种写法里出现", "answer_text": "答案里出现",
		"title_slot": "标准问题专说的情形", "loss": "条目没有的关键字", "subject": "所说事物相同", "elsewhere": "标准问题没说到的事物",
		"in_pairs": "条目的相邻两字在问题里", "other_thing": "条目多说的事物", "in_title": "和标准问题共同的字",
		"first": "第一条的得分", "margin": "领先第二条", "length": "问题长短", "concepts": "业务词多少", "bias": "起点",
		"popular": "常被编辑确认", "rest": "其他",
	}
	return names[code]
}
