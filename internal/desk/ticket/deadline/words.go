package deadline

import (
	"strconv"
	"time"
)

// Name is the Chinese name of p, or empty for an unknown purpose.
func (p Purpose) Name() string {
	switch p {
	case Answer:
		return "答复来信人"
	case Screen:
		return "专班分办"
	case SignUp:
		return "承办单位签收"
	case Handle:
		return "承办单位办理"
	case Opinion:
		return "会办单位提出意见"
	case Supplement:
		return "来信人补充"
	case Review:
		return "审核答复"
	case Rating:
		return "来信人评价"
	case Inform:
		return "告知是否受理"
	case Third:
		return "第三方提出意见"
	case Press:
		return "新闻发布"
	case Consult:
		return "公众提出意见"
	case Supervision:
		return "督办反馈"
	case Callback:
		return "电话回访"
	case Rectify:
		return "差评整改"
	case Appeal:
		return "对评价提出申诉"
	case Verdict:
		return "审定评价申诉"
	}
	return ""
}

// Certain says in plain words how sure the number of a rule is.
func (r *Rule) Certain() string {
	switch r.Certainty {
	case "S":
		return "期限数字核对过原文"
	case "S2":
		return "期限数字来自转述的材料，没有核对原文"
	case "M":
		return "期限数字还有待核实"
	}
	return "没有统一规定，用的是本系统的默认期限"
}

// Date is the day of a moment in Beijing, as people write it.
func Date(t time.Time) string { return t.In(Beijing()).Format("2006年1月2日") }

// Text says a budget in Chinese.
func (b Budget) Text() string { return strconv.Itoa(b.N) + b.Unit.Name() }
