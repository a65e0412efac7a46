package hotline

// word is a word of one of the code tables.
type word interface {
	Title() string
	isEmpty() bool
}

// Entry is a row of a code table: the word and what people call it.
type Entry[T ~string] struct {
	Code  T
	Title string
}

func titleOf[T ~string](table []Entry[T], code T) string {
	for _, e := range table {
		if e.Code == code {
			return e.Title
		}
	}
	return ""
}

// Source is how the appeal reached the platform.
type Source string

// Sources is their table.
func Sources() []Entry[Source] {
	return []Entry[Source]{
		{"phone", "电话"},
		{"web", "网站"},
		{"wechat", "微信"},
		{"app", "客户端"},
		{"mail", "信箱"},
		{"110", "110"},
		{"province", "上级平台"},
		{"other", "其他"},
	}
}

// Title is what people call s, empty if it is unknown.
func (s Source) Title() string { return titleOf(Sources(), s) }
func (s Source) isEmpty() bool { return s == "" }

// AppealType is what the appellant wants.
type AppealType string

// The appeal types. An appeal that is a report is for its handlers only.
const (
	Consult   AppealType = "consult"
	Help      AppealType = "help"
	Complaint AppealType = "complaint"
	Report    AppealType = "report"
	Suggest   AppealType = "suggest"
	Praise    AppealType = "praise"
)

// AppealTypes is their table.
func AppealTypes() []Entry[AppealType] {
	return []Entry[AppealType]{
		{Consult, "咨询"},
		{Help, "求助"},
		{Complaint, "投诉"},
		{Report, "举报"},
		{Suggest, "建议"},
		{Praise, "表扬"},
	}
}

// Title is what people call a, empty if it is unknown.
func (a AppealType) Title() string { return titleOf(AppealTypes(), a) }
func (a AppealType) isEmpty() bool { return a == "" }

// Urgency is how fast an answer is wanted.
type Urgency string

// The urgencies.
const (
	Normal   Urgency = "normal"
	Urgent   Urgency = "urgent"
	Critical Urgency = "critical"
)

// Urgencies is their table.
func Urgencies() []Entry[Urgency] {
	return []Entry[Urgency]{{Normal, "一般"}, {Urgent, "紧急"}, {Critical, "特急"}}
}

// Title is what people call u, empty if it is unknown.
func (u Urgency) Title() string { return titleOf(Urgencies(), u) }
func (u Urgency) isEmpty() bool { return u == "" }

// Mode is in which role an order was dispatched.
type Mode string

// The modes.
const (
	Assign      Mode = "assign"
	Supervised  Mode = "supervise"
	VisitReview Mode = "visit_review"
	Copied      Mode = "copy" // to be known, not to be handled
)

// Modes is their table.
func Modes() []Entry[Mode] {
	return []Entry[Mode]{{Assign, "转办"}, {Supervised, "督办"}, {VisitReview, "回访复核"}, {Copied, "抄送"}}
}

// Title is what people call m, empty if it is unknown.
func (m Mode) Title() string { return titleOf(Modes(), m) }
func (m Mode) isEmpty() bool { return m == "" }

// Result is what came of an order.
type Result string

// The results.
const (
	Solved    Result = "solved"
	Partly    Result = "partly"
	Unsolved  Result = "unsolved"
	Explained Result = "explained"
	NotOurs   Result = "not_ours"
)

// Results is their table.
func Results() []Entry[Result] {
	return []Entry[Result]{
		{Solved, "已解决"},
		{Partly, "部分解决"},
		{Unsolved, "未解决"},
		{Explained, "解释说明"},
		{NotOurs, "超出职责"},
	}
}

// Title is what people call r, empty if it is unknown.
func (r Result) Title() string { return titleOf(Results(), r) }
func (r Result) isEmpty() bool { return r == "" }

// ReturnReason is why an order is given back.
type ReturnReason string

// The reasons.
const (
	NotOurDuty       ReturnReason = "not_our_duty"
	WrongArea        ReturnReason = "wrong_area"
	Duplicate        ReturnReason = "duplicate"
	InsufficientInfo ReturnReason = "insufficient_info"
	InLegalProcedure ReturnReason = "in_legal_procedure"
	EmergencyTo110   ReturnReason = "emergency_to_110"
	OtherReason      ReturnReason = "other"
)

// ReturnReasons is their table.
func ReturnReasons() []Entry[ReturnReason] {
	return []Entry[ReturnReason]{
		{NotOurDuty, "非本单位职责"},
		{WrongArea, "非本辖区"},
		{Duplicate, "重复工单"},
		{InsufficientInfo, "信息不足"},
		{InLegalProcedure, "已进入法定程序"},
		{EmergencyTo110, "属紧急警情，转 110"},
		{OtherReason, "其他"},
	}
}

// Title is what people call r, empty if it is unknown.
func (r ReturnReason) Title() string { return titleOf(ReturnReasons(), r) }
func (r ReturnReason) isEmpty() bool { return r == "" }

// Unit is what a span of time is counted in.
type Unit string

// The units.
const (
	Workday Unit = "workday"
	Day     Unit = "day"
	Hour    Unit = "hour"
)

// Units is their table.
func Units() []Entry[Unit] {
	return []Entry[Unit]{{Workday, "工作日"}, {Day, "日"}, {Hour, "小时"}}
}

// Title is what people call u, empty if it is unknown.
func (u Unit) Title() string { return titleOf(Units(), u) }
func (u Unit) isEmpty() bool { return u == "" }

// VisitMethod is how the appellant was asked.
type VisitMethod string

// VisitMethods is their table.
func VisitMethods() []Entry[VisitMethod] {
	return []Entry[VisitMethod]{{"phone", "电话"}, {"sms", "短信"}, {"portal", "门户网站"}, {"other", "其他"}}
}

// Title is what people call m, empty if it is unknown.
func (m VisitMethod) Title() string { return titleOf(VisitMethods(), m) }
func (m VisitMethod) isEmpty() bool { return m == "" }

// Satisfaction is how content the appellant was, from 1 (非常不满意) to 5 (非常满意);
// 0 is not said. Platforms that count the other way or have fewer steps are mapped.
type Satisfaction int

// Title is what people call s.
func (s Satisfaction) Title() string {
	switch s {
	case 1:
		return "非常不满意"
	case 2:
		return "不满意"
	case 3:
		return "基本满意"
	case 4:
		return "满意"
	case 5:
		return "非常满意"
	}
	return ""
}
