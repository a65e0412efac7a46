package ticket

import "jiesu/internal/desk/ticket/deadline"

// Reason is one entry of a list of reason codes.
type Reason struct {
	Code string
	Name string // Chinese, safe to show
}

// DeclineReasons lists why a letter may not be accepted: matters the law gives
// to somebody else, or that cannot be handled at all.
func DeclineReasons() []Reason {
	return []Reason{
		{"outside_area", "不属于本市管辖"},
		{"other_body", "属于党委、人大、政协、法院、检察院等机关的职责"},
		{"military", "涉及军队事项"},
		{"emergency_line", "属于110、119、120、122受理的紧急事项"},
		{"litigation", "应当通过诉讼解决，或者已经进入诉讼"},
		{"arbitration", "应当通过仲裁解决，或者已经进入仲裁"},
		{"discipline", "属于纪检监察机关受理的事项"},
		{"administrative_review", "应当通过行政复议解决，或者已经进入行政复议"},
		{"petition", "属于信访事项，或者已经进入信访程序"},
		{"disclosure", "属于政府信息公开申请"},
		{"repeated", "已经办结，没有新的事实和理由"},
		{"secret", "涉及国家秘密，不能通过本渠道办理"},
		{"privacy", "涉及他人隐私或者商业秘密，不能通过本渠道办理"},
		{"abusive", "内容明显恶意或者与公安工作无关"},
		{"unclear", "内容不清，也无法联系来信人核实"},
	}
}

// ReturnReasons lists why a unit may give a ticket back to the task force.
func ReturnReasons() []Reason {
	return []Reason{
		{"not_our_duty", "不属于本单位职责"},
		{"not_our_area", "不属于本单位辖区"},
		{"other_lead", "应当由其他单位主办"},
		{"avoid", "依法应当回避"},
		{"duplicate", "与正在办理的工单重复"},
		{"incomplete", "信息不全，无法办理"},
	}
}

// TransferReasons lists where a matter may be passed on to.
func TransferReasons() []Reason {
	return []Reason{
		{"emergency_line", "转110等紧急服务台"},
		{"petition", "转信访部门"},
		{"discipline", "转纪检监察机关"},
		{"hotline", "转12345政务服务便民热线"},
		{"other_police", "转有管辖权的公安机关"},
		{"other_authority", "转其他有权机关"},
	}
}

// ReassignReasons lists why the task force gives a ticket to another unit.
func ReassignReasons() []Reason {
	return []Reason{
		{"arbitration", "经裁定由该单位办理"},
		{"wrong_unit", "原派单不当"},
		{"higher_level", "提级办理"},
		{"avoid", "依法应当回避"},
		{"workload", "调整办理力量"},
	}
}

// ExtendReasons lists why a unit may ask for more time.
func ExtendReasons() []Reason {
	return []Reason{
		{"complex", "情况复杂，需要进一步调查核实"},
		{"many_units", "涉及多个单位，需要会商"},
		{"examination", "需要检验、鉴定或者听证"},
		{"visit", "需要现场勘查或者走访"},
		{"other_body", "需要等待其他机关的结论"},
	}
}

// ReclassifyReasons lists why a letter is of another kind than it was sent as.
func ReclassifyReasons() []Reason {
	return []Reason{
		{"not_disclosure", "以政府信息公开申请的形式进行信访、投诉、举报等活动"}, // 政府信息公开条例 第三十九条
		{"disclosure", "内容属于政府信息公开申请"},
		{"petition", "内容属于信访事项"},
		{"wrong_kind", "来信人选择的类别不当"},
	}
}

// ConsultReasons lists whose opinion is asked for before something is disclosed.
// The codes are also what the clocks are paused for.
func ConsultReasons() []Reason {
	return []Reason{
		{string(deadline.ThirdParty), "公开可能损害第三方合法权益，征求第三方意见"},
		{string(deadline.OtherAgency), "由多个机关共同制作，征求其他机关意见"},
	}
}

// SuspendReasons lists what takes time that does not count. The codes are also
// what the clocks are paused for; which of them a kind knows, its rules say.
func SuspendReasons() []Reason {
	return []Reason{
		{string(deadline.Hearing), "依法举行听证"},
		{string(deadline.Examination), "需要检验、检测或者鉴定"},
	}
}

// ArchiveReasons lists why the file of a request for information is taken out.
// They are codes, for an address may hold them.
func ArchiveReasons() []Reason {
	return []Reason{
		{"filing", "归档立卷"},
		{"review", "办理行政复议"},
		{"litigation", "应对行政诉讼"},
		{"inspection", "接受监督检查"},
		{"handover", "向档案馆移交"},
	}
}

// RedoReasons lists why an answered ticket is handled again.
func RedoReasons() []Reason {
	return []Reason{
		{"unresolved", "问题没有解决"},
		{"wrong_reply", "答复有误或者答非所问"},
		{"attitude", "办理态度或者程序有问题"},
		{"new_facts", "来信人提出新的事实和理由"},
		{"supervision", "督查发现需要重办"},
	}
}
