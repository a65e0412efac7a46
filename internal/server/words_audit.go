package server

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/signal"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	wire "jiesu/webhooks/hotline"
)

// AuditWords are what codes of the audit trail are called.
type AuditWords struct {
	AuditActions  []auditWord `json:"audit_actions" doc:"in the order of what they are about; an action without a name here is of a newer or older release"`
	AuditSubjects []choice    `json:"audit_subjects" doc:"what entries are about: the part of an object before its id"`
	AuditActors   []choice    `json:"audit_actors" doc:"who is none of staff; staff stands for all who are"`
}

// auditWord is an action of the trail.
type auditWord struct {
	Code  string `json:"code" example:"ticket.dispatch"`
	Name  string `json:"name" example:"派单"`
	Group string `json:"group" example:"来信"`
}

func newAuditWords() AuditWords {
	return AuditWords{
		AuditActions: auditActions(),
		AuditSubjects: []choice{
			{"ticket", "来信"},
			{"staff", "账号"},
			{"user", "账号"},
			{"review", "稿件"},
			{"entry", "问答"},
			{"document", "依据文件"},
			{"library", "问答库"},
			{"chat", "会话"},
			{"phrase", "常用语"},
			{"calls", "来电"},
			{"label", "问题标注"},
			{"gap", "反复问的问题"},
			{"signal", "弱信号"},
			{"consultation", "征求意见"},
			{"platform", "12345平台"},
			{"mailbox", "外部信箱"},
			{"inbound", "收到的消息"},
			{"delivery", "发出的消息"},
			{"webhook", "推送地址"},
			{"hotlines", "热线目录"},
			{"address", "接收通知的地址"},
			{"post", "岗位"},
			{"term", "任职和值班"},
			{"catalogue", "责任清单"},
			{"calendar", "工作日历"},
			{"notice", "放假安排"},
			{"score", "考核"},
			{"supervision", "督办台账"},
			{"audit", "操作日志"},
			{"retention", "保存期限"},
			{"attachment", "附件"},
			{"demo", "演示数据"},
		},
		AuditActors: []choice{
			{desk.ByStaff, "所有工作人员"}, {"citizen", "来信人"}, {"system", "系统"}, {"job", "后台事务"}, {"operator", "运维人员"}, {"unknown", "没有这个账号的人"},
		},
	}
}

// family are the actions of one prefix.
func family(group, prefix string, named ...choice) []auditWord {
	return list(named, func(c choice) auditWord { return auditWord{prefix + c.Code, c.Name, group} })
}

func auditActions() []auditWord {
	refused := choice{"refused", "操作被拒绝"}
	return slices.Concat(
		family("来信", "ticket.", append(choices(slices.Concat(ticket.Moves(), ticket.Following())), choice{"link", "发现关联"}, choice{"file", "收到补充文件"}, choice{"erase", "清除内容和个人信息"}, choice{"copy", "来信人下载自己的资料"}, refused)...),
		family("来信", "", choice{"contact.reveal", "查看来信人"}, choice{"attachment.read", "查看附件"}, choice{"archive.read", "调取档案"}),
		family("举报人信息", "unsealing.", choice{"request", "申请查看"}, choice{"granted", "批准查看"}, choice{"refused", "不批准查看"}, choice{"expired", "查看到期"}),
		family("保存和清除", "hold.", choice{"place", "保全"}, choice{"lift", "解除保全"}),
		family("保存和清除", "erasure.", choice{"request", "登记清除请求"}, choice{"unproved", "清除请求核对不上"}, choice{"erased", "同意清除"}, choice{"refused", "不予清除"}),
		family("保存和清除", "retention.", choice{"delete", "到期删除"}, choice{"anonymise", "到期清除内容"}),
		family("保存和清除", "", choice{"attachment.infected", "附件含病毒被隔离"}),
		family("期限", "clock.", clockSteps()...),
		family("回访", "callback.", append(choices(desk.CallResults()), refused)...),
		family("评价申诉", "appeal.", choice{"file", "提出"}, choice{"upheld", "成立"}, choice{"dismissed", "不成立"}, refused),
		family("答复公开", "disclosure.", choice{"decide", "决定"}, choice{"confirm", "确认遮盖"}, refused),
		family("账号", "user.", choice{"add", "新增"}, choice{"change", "修改"}, choice{"link", "与统一身份对应"}, refused),
		family("二次验证", "factor.", choice{"begin", "开始启用"}, choice{"enable", "启用"}, choice{"disable", "本人停用"}, choice{"reset", "重置"}),
		family("账号", "", choice{"password.issue", "重置密码"}, choice{"password.change", "本人改密码"}, choice{"notice_setting.change", "修改提醒方式"}),
		family("登录", "session.", choice{string(access.Opened), "成功"}, choice{string(access.Failed), "失败"}, choice{string(access.Locked), "次数太多被暂停"},
			choice{string(access.Asked), "密码正确，等待验证码"}, choice{string(access.Miss), "验证码不正确"}, choice{string(access.Ceiling), "多处反复尝试，已放慢"}, choice{"end", "结束已登录的设备"}),
		family("密钥", "keys.", choice{"rotate", "更换"}, choice{"stage", "备好"}, choice{"use", "启用"}, choice{"rewrap", "重新封装"}, choice{"retire", "停用"}),
		family("操作日志", "audit.", choice{"verify", "核验"}, choice{"export", "导出"}),
		family("稿件", "review.", append(choices(review.Moves()), refused)...),
		family("问答库", "library.", choice{"release", "发布"}, choice{"withdraw", "撤回"}, choice{"retire", "停用"}, choice{"status", "更改文件效力"},
			choice{"import", "导入"}, choice{"recipients", "查看发给了谁"}, choice{"tell", "通知更正"}, refused),
		family("问答库", "", choice{"assist.draft", "请模型代拟答复"}, choice{"assist.variants", "请模型拟问法"}),
		family("问题标注", "label.", choice{"propose", "提出"}, choice{"confirm", "确认"}, choice{"reject", "驳回"}),
		family("反复问的问题", "gap.", choice{"open", "发现"}, choice{"assign", "转交"}, choice{"decline", "不写"}, choice{"merge", "合并"}, choice{"draft", "起草"},
			choice{"answer", "已有问答"}, choice{"reopen", "重新打开"}, refused),
		family("会话", "chat.", choice{"ask", "找人工"}, choice{"leave", "不再等候"}, choice{"take", "接谈"}, choice{"say", "答复"}, choice{"transfer", "转给同事"},
			choice{"requeue", "重新排队"}, choice{"hand_back", "交回问答"}, choice{"end", "结束"}, choice{"ticket", "转为来信"}, choice{"resume", "继续"}, refused),
		family("常用语", "phrase.", choice{"add", "新增"}, choice{"change", "修改"}, choice{"retire", "停用"}),
		family("来电", "call.", choice{"register", "登记"}, refused),
		family("弱信号", "signal.", append(choices([]signal.Move{signal.Acknowledge, signal.Assess, signal.Respond, signal.Release, signal.Close, signal.Merge}),
			choice{"raise", "发现"}, choice{"join", "并入"}, choice{"late", "逾期没有签收"}, refused)...),
		family("征求意见", "consultation.", choice{"draft", "起草"}, choice{"edit", "修改"}, choice{"lengthen", "延长"}, choice{"draft_result", "起草结果"}, choice{"dispose", "写明采纳情况"},
			choice{"approved", "审定"}, choice{"open", "开始"}, choice{"closed", "截止"}, choice{"reported", "公布结果"}, refused),
		family("12345工单", "order.", append(orderActs(), refused)...),
		family("外部信箱", "mailbox.", choice{"import", "导入"}, choice{"entered", "录入答复"}),
		family("收到的消息", "inbox.", choice{"take_again", "重新处理"}, choice{"drop", "作废"}),
		family("发出的消息", "delivery.", choice{"replay", "重发"}, choice{"drop", "作废"}),
		family("推送地址", "webhook.", choice{"add", "新增"}, choice{"enable", "启用"}, choice{"disable", "停用"}, choice{"rotate", "更换密钥"}, choice{"ping", "试发"},
			choice{"replay", "补发"}, choice{"gone", "被对方撤销"}, choice{"failing", "多日不通停用"}, refused),
		family("热线目录", "hotline.", choice{"propose", "提出变更"}, choice{"approve", "批准变更"}, choice{"refuse", "不批准变更"}, refused),
		family("通知", "notice.", choice{"opt_out", "退订"}, choice{"opt_in", "恢复接收"}),
		family("机构", "", choice{"post.add", "新增岗位"}, choice{"catalogue.import", "导入责任清单"}),
		termActs(),
		family("日历", "calendar.", choice{"import", "导入放假安排"}, choice{"recount", "重新计算期限"}, refused),
		family("统计考核", "", choice{"score.freeze", "月度考核定稿"}, choice{"supervision.export", "导出督办台账"}, choice{"demo.tickets", "生成演示数据"}),
	)
}

// clockSteps are what happens when a wait is nearly, or quite, over.
func clockSteps() []choice {
	steps := []choice{{"refused", "无法自动办理"}, {"overdue.notice", "超期提醒"}, {"overdue.circular", "超期通报"}, {"overdue.again", "超期后再提醒"}, {"warn", "临近"}, {"due", "到期"}}
	for _, wait := range []choice{{"unit", "承办"}, {"supervise", "督办反馈"}, {"verdict", "申诉审定"}, {"adoption", "公布征求意见结果"}, {"third", "征求其他单位意见"}, {"suspend", "暂停计时"}} {
		for _, step := range []choice{{"warn", "临近"}, {"due", "到期"}, {"overdue", "超期"}, {"again", "超期后再提醒"}} {
			steps = append(steps, choice{wait.Code + "." + step.Code, wait.Name + step.Name})
		}
	}
	return steps
}

func orderActs() []choice {
	acts := []choice{{"propose", "拟报平台"}, {"withdraw", "撤回所报"}, {"push", "推送"}, {"pull", "取回附件"}, {"enter", "录入平台"}, {"import", "导入"}, {"export", "导出"}}
	for _, act := range []choice{{"revise", "修改"}, {"confirm", "确认"}, {"drop", "作废"}} {
		for _, op := range titled(wire.OpKinds()) {
			acts = append(acts, choice{act.Code + "_" + op.Code, act.Name + op.Name})
		}
	}
	return acts
}

func termActs() []auditWord {
	var acts []auditWord
	for _, kind := range []choice{{string(assignment.Holding), "任职"}, {string(assignment.Shift), "值班"}, {string(assignment.Standing), "代理"}} {
		acts = append(acts, family("机构", kind.Code+".", choice{"add", "安排" + kind.Name}, choice{"end", "结束" + kind.Name})...)
	}
	return acts
}

// auditKeys are what the details of entries are called.
func auditKeys() []choice { return append(keysOfWork(), keysOfRooms()...) }

// keysOfWork are those of tickets and of whoever works on them.
func keysOfWork() []choice {
	return []choice{
		{"unit", "单位"},
		{"roles", "角色"},
		{"disabled", "停用"},
		{"reason", "理由"},
		{"code", "被拒绝的原因"},
		{"move", "操作"},
		{"act", "操作"},
		{"from", "从"},
		{"to", "到"},
		{"kind", "种类"},
		{"channel", "来源渠道"},
		{"number", "编号"},
		{"rule", "期限规则"},
		{"clock", "期限"},
		{"due", "到期时间"},
		{"version", "版本"},
		{"state", "状态"},
		{"entry", "问答"},
		{"entries", "条数"},
		{"findings", "发现的问题"},
		{"digest", "校验值"},
		{"actor", "操作人"},
		{"actions", "操作"},
		{"sessions", "范围"},
		{"factor", "二次验证"},
		{"by", "由"},
		{"requester", "申请人"},
		{"looks", "已查看次数"},
		{"callback", "回访"},
		{"attempt", "次数"},
		{"appeal", "申诉"},
		{"struck", "不计入考核"},
		{"decision", "决定"},
		{"consent", "来信人同意公开"},
		{"redactions", "遮盖处数"},
		{"round", "轮次"},
		{"parent", "并入"},
		{"child", "并入的来信"},
	}
}

// keysOfRooms are those of chats, channels, signals and what else there is.
func keysOfRooms() []choice {
	return []choice{
		{"attachment", "附件"},
		{"override", "保留的理由"},
		{"lexicon", "词表版本"},
		{"avoidance", "回避"},
		{"clerk", "接谈人"},
		{"before", "原接谈人"},
		{"skill", "类别"},
		{"ticket", "来信"},
		{"step", "环节"},
		{"for", "代谁"},
		{"hash", "内容校验值"},
		{"source", "来源"},
		{"route", "去向"},
		{"line", "热线"},
		{"outcome", "结果"},
		{"warned", "已提示"},
		{"lines", "号码数"},
		{"level", "等级"},
		{"category", "类别"},
		{"pattern", "方式"},
		{"letters", "来信数"},
		{"merged", "合并"},
		{"probability", "相似程度"},
		{"platform", "平台"},
		{"order", "工单"},
		{"model", "模型"},
		{"prompts", "提示词版本"},
		{"facts", "记录数"},
		{"rules", "规则版本"},
		{"times", "问过次数"},
		{"people", "问过人数"},
		{"review", "稿件"},
		{"days", "天数"},
		{"how", "方式"},
		{"was", "原为"},
		{"origin", "来源"},
	}
}

// auditReading turns codes of the trail into words.
type auditReading struct {
	words wordsBody
	keys  []choice          // of details, in the order they are shown in
	names map[string]string // of users
	units map[string]string // names of units
}

func (r *auditReading) action(code string) string {
	i := slices.IndexFunc(r.words.AuditActions, func(w auditWord) bool { return w.Code == code })
	if i < 0 {
		return code
	}
	return r.words.AuditActions[i].Group + "：" + r.words.AuditActions[i].Name
}

func (r *auditReading) actor(id string) string {
	return cmp.Or(r.names[id], nameIn(r.words.AuditActors, id))
}

// value is what a detail says, in words where there are any.
func (r *auditReading) value(key, code string, numbers map[string]string) string {
	if known := cmp.Or(numbers[code], r.names[code]); known != "" {
		return known
	}
	if at, err := time.Parse(time.RFC3339, code); err == nil {
		return at.In(beijing()).Format(time.DateTime)
	}
	var vocabulary []choice
	switch key {
	case "unit":
		return cmp.Or(r.units[code], code)
	case "roles":
		vocabulary = list(r.words.Roles, func(w roleWord) choice { return choice{w.Code, w.Name} })
	case "from", "to", "state":
		vocabulary = slices.Concat(r.words.Statuses, r.words.TextStates, r.words.Signals, r.words.Consultations, r.words.Endpoints)
	case "move", "act", "actions":
		vocabulary = slices.Concat(r.words.Moves, r.words.TextMoves, list(r.words.AuditActions, func(w auditWord) choice { return choice{w.Code, w.Group + "：" + w.Name} }))
	case "kind":
		vocabulary = slices.Concat(r.words.Kinds, r.words.Texts)
	case "channel":
		vocabulary = r.words.Channels
	case "decision":
		vocabulary = r.words.Decisions
	case "actor":
		vocabulary = r.words.AuditActors
	case "sessions":
		vocabulary = []choice{{"one", "一台设备"}, {"others", "其他所有设备"}, {"all", "所有设备"}}
	case "disabled", "struck", "consent":
		vocabulary = []choice{{"true", "是"}, {"false", "否"}}
	}
	parts := strings.Split(code, ",")
	for i, p := range parts {
		parts[i] = nameIn(vocabulary, p)
	}
	return strings.Join(parts, "、")
}
