package review

// Kind is what sort of text is reviewed.
type Kind string

// The kinds of texts.
const (
	Entry          Kind = "entry" // of the library
	Reply          Kind = "reply" // to one letter
	PublishedReply Kind = "published_reply"
	Notice         Kind = "notice"
	Consultation   Kind = "consultation"
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{Entry, Reply, PublishedReply, Notice, Consultation} }

// Name is the Chinese name of k, or empty for an unknown kind.
func (k Kind) Name() string {
	switch k {
	case Entry:
		return "知识库条目"
	case Reply:
		return "来信答复"
	case PublishedReply:
		return "公开的答复"
	case Notice:
		return "公告"
	case Consultation:
		return "征求意见"
	}
	return ""
}

// Audience is who reads a text in the end.
type Audience string

// The audiences.
const (
	OnePerson Audience = "one_person"
	Public    Audience = "public"
)

// Name is the Chinese name of a, or empty for an unknown audience.
func (a Audience) Name() string {
	switch a {
	case OnePerson:
		return "来信人"
	case Public:
		return "社会公众"
	}
	return ""
}

// Gate is one of the five things a text is read for (五关).
type Gate string

// The gates.
const (
	Political Gate = "political"
	Legal     Gate = "legal"
	Policy    Gate = "policy"
	Secrecy   Gate = "secrecy"
	Wording   Gate = "wording"
)

// Gates returns the five gates, in the order forms show them.
func Gates() []Gate { return []Gate{Political, Legal, Policy, Secrecy, Wording} }

// Name is the Chinese name of g, or empty for an unknown gate.
func (g Gate) Name() string {
	switch g {
	case Political:
		return "政治关"
	case Legal:
		return "法律关"
	case Policy:
		return "政策关"
	case Secrecy:
		return "保密关"
	case Wording:
		return "文字关"
	}
	return ""
}

// State is where a text stands.
type State string

// The states of a text.
const (
	Draft     State = "draft"
	InReview  State = "in_review"
	Returned  State = "returned"
	Approved  State = "approved"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// States returns every state.
func States() []State { return []State{Draft, InReview, Returned, Approved, Published, Withdrawn} }

// Name is the Chinese name of s, or empty for an unknown state.
func (s State) Name() string {
	switch s {
	case Draft:
		return "起草中"
	case InReview:
		return "审核中"
	case Returned:
		return "已退回"
	case Approved:
		return "已审定，待发布"
	case Published:
		return "已发布"
	case Withdrawn:
		return "已撤回"
	}
	return ""
}
