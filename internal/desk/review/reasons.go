package review

import "slices"

// Reason is one entry of a list of reason codes.
type Reason struct {
	Code  string
	Name  string // Chinese, safe to show
	Basis string // what it rests on, Chinese; of decisions about disclosure
}

// Reasons lists what a text can be sent back for at g.
func (g Gate) Reasons() []Reason {
	switch g {
	case Political:
		return []Reason{
			{Code: "orientation", Name: "导向不准确"},
			{Code: "statement", Name: "与上级的正式表述不一致"},
			{Code: "sensitive", Name: "涉及敏感事项，表述不妥"},
		}
	case Legal:
		return []Reason{
			{Code: "no_basis", Name: "缺少法律依据"},
			{Code: "not_in_force", Name: "依据尚未施行、已经修改或者废止"},
			{Code: "citation", Name: "引用的名称、文号或者条款有误"},
			{Code: "powers", Name: "超出本机关职权"},
			{Code: "remedy", Name: "没有写明救济途径"},
		}
	case Policy:
		return []Reason{
			{Code: "contrary", Name: "与现行政策不一致"},
			{Code: "unpublished", Name: "引用了没有公开的文件"},
			{Code: "incomplete", Name: "没有答全，或者没有解读"},
		}
	case Secrecy:
		return []Reason{
			{Code: "state_secret", Name: "可能涉及国家秘密"},
			{Code: "work_secret", Name: "可能涉及工作秘密"},
			{Code: "business_secret", Name: "可能涉及商业秘密"},
			{Code: "personal", Name: "含有个人信息"},
			{Code: "decision", Name: "公开方式不当"},
		}
	case Wording:
		return []Reason{
			{Code: "mistake", Name: "错别字、病句或者标点有误"},
			{Code: "figures", Name: "姓名、数字、日期或者联系方式有误"},
			{Code: "unclear", Name: "不够通俗，群众难以看懂"},
			{Code: "format", Name: "格式不规范"},
		}
	}
	return nil
}

// WithdrawReasons lists why a text is taken back.
func WithdrawReasons() []Reason {
	return []Reason{
		{Code: "wrong", Name: "内容有误"},
		{Code: "outdated", Name: "依据或者情况已经变化"},
		{Code: "disclosure", Name: "不应当公开"},
		{Code: "needless", Name: "不再需要"},
	}
}

// Decision is how far a text is disclosed.
type Decision string

// The decisions.
const (
	Full          Decision = "full"
	Redacted      Decision = "redacted"
	RequesterOnly Decision = "requester_only"
	NotAtAll      Decision = "none"
)

// Decisions returns every decision, in the order forms show them.
func Decisions() []Decision { return []Decision{Full, Redacted, RequesterOnly, NotAtAll} }

// Name is the Chinese name of d, or empty for an unknown decision.
func (d Decision) Name() string {
	switch d {
	case Full:
		return "全文公开"
	case Redacted:
		return "处理后公开"
	case RequesterOnly:
		return "仅答复本人"
	case NotAtAll:
		return "不予公开"
	}
	return ""
}

// Public reports whether everybody may read what d was decided about.
func (d Decision) Public() bool { return d == Full || d == Redacted }

// Reasons lists what d can rest on.
func (d Decision) Reasons() []Reason {
	const law = "政府信息公开条例"
	switch d {
	case Full:
		return []Reason{
			{"interest", "涉及公众利益调整，需要公众广泛知晓", law + "第十九条"},
			{"concern", "群众普遍关心，可以主动公开", law + "第十九条"},
		}
	case Redacted:
		return []Reason{
			{"separable", "含有不应当公开的内容，已经作区分处理", law + "第三十七条"},
			{"personal", "已经去除个人信息", law + "第十五条"},
		}
	case RequesterOnly:
		return []Reason{
			{"own_matter", "只涉及来信人本人的事项", law + "第十五条"},
			{"third_party", "公开会损害第三方合法权益", law + "第十五条"},
			{"enforcement", "行政执法案卷信息", law + "第十六条"},
		}
	case NotAtAll:
		return []Reason{
			{"state_secret", "依法确定为国家秘密", law + "第十四条"},
			{"forbidden", "法律、行政法规禁止公开", law + "第十四条"},
			{"safety", "可能危及国家安全、公共安全、经济安全、社会稳定", law + "第十四条"},
			{"internal", "内部事务信息", law + "第十六条"},
			{"process", "过程性信息", law + "第十六条"},
		}
	}
	return nil
}

// reason finds a code in a list.
func reason(list []Reason, code string) (Reason, bool) {
	i := slices.IndexFunc(list, func(r Reason) bool { return r.Code == code })
	if i < 0 {
		return Reason{}, false
	}
	return list[i], true
}
