package server

import (
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

func labelStateName(s desk.LabelState) string {
	switch s {
	case desk.LabelWaiting:
		return "待确认"
	case desk.LabelConfirmed:
		return "已确认"
	case desk.LabelRejected:
	}
	return "不采用"
}

func outcomeOf(o desk.ImportOutcome) string {
	switch o {
	case desk.ImportNew:
		return "新增"
	case desk.ImportChanged:
		return "修改"
	case desk.ImportSame:
		return "没有变化"
	case desk.ImportDrafted:
		return "已有同样的稿件"
	case desk.ImportRefused:
		return "不能导入"
	}
	return ""
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

func attributeNames() []choice {
	return []choice{
		{"level", "级别"},
		{"from", "开始时间"},
		{"until", "结束时间"},
		{"variants", "其他问法"},
		{"category", "类别"},
		{"audience", "对象"},
		{"keywords", "关键词"},
		{"basis", "依据"},
		{"certainty", "可靠程度"},
		{"local", "本地情况"},
		{"publish_at", "发布时间"},
		{"valid_from", "施行日期"},
		{"valid_to", "失效日期"},
		{"review_by", "复审日期"},
		{"item_conditions", "办理条件"},
		{"item_materials", "所需材料"},
		{"item_procedure", "办理流程"},
		{"item_time_limit", "办理时限"},
		{"item_fee", "收费"},
		{"contact", "咨询电话"},
		{"days", "期限（天）"},
		{"explanation", "起草说明"},
		{"ground", "法律依据"},
		{"how", "提出意见的方式"},
		{"opens_on", "开始日期"},
		{"short", "缩短期限的理由"},
		{"opinions", "意见情况"},
		{"opinions_mark", "采纳情况的指纹"},
		{"outcome", "办理结果"},
		{"revision", "修改次数"},
	}
}
