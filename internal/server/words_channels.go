package server

import (
	"strconv"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/signal"
	"jiesu/webhooks"
	wire "jiesu/webhooks/hotline"
	"jiesu/webhooks/robot"
)

// WatchWords are what codes of signals and of supervision (督办) are called.
type WatchWords struct {
	SignalLevels []choice `json:"signal_levels"`
	Dispositions []choice `json:"dispositions" doc:"of signals"`
	Releases     []choice `json:"releases" doc:"how something about a signal is made public"`
	Told         []choice `json:"told" doc:"posts that are told of signals"`
	Aspects      []choice `json:"aspects" doc:"of unanswered tickets in supervision"`
}

func newWatchWords() WatchWords {
	return WatchWords{
		SignalLevels: choices(signal.Levels()), Dispositions: choices([]signal.Disposition{signal.Confirmed, signal.FalseAlarm, signal.Merged}),
		Releases: choices([]signal.Channel{signal.Statement, signal.Press}), Aspects: choices(desk.Aspects()),
		Told: called([]string{"head", "taskforce", "leader"}, postName),
	}
}

// ChannelWords are what codes of other systems, and of what comes from and goes to
// them, are called.
type ChannelWords struct {
	OrderOps      []choice `json:"order_ops" doc:"what platforms are told of orders"`
	OpStates      []choice `json:"op_states"`
	OrderActs     []choice `json:"order_acts" doc:"what platforms do with orders"`
	ReturnReasons []choice `json:"return_reasons" doc:"of orders"`
	OrderResults  []choice `json:"order_results"`
	AppealTypes   []choice `json:"appeal_types" doc:"what is asked for by orders"`
	FileFailures  []choice `json:"file_failures" doc:"why a platform's file was not fetched"`
	OrderImports  []choice `json:"order_imports" doc:"what becomes of a row of a sheet of orders"`
	Visits        []choice `json:"visits" doc:"how content people told a platform they were, the best first"`
	Differences   []choice `json:"differences" doc:"between a platform and the desk"`
	Arrivals      []choice `json:"arrivals" doc:"states of what came from other systems"`
	Deliveries    []choice `json:"deliveries" doc:"states of what is sent to other systems"`
	Attempts      []choice `json:"attempts" doc:"outcomes of attempts to deliver"`
	Failures      []choice `json:"failures" doc:"why nothing was delivered"`
	Endpoints     []choice `json:"endpoints" doc:"states of endpoints of webhooks"`
	Events        []choice `json:"events" doc:"endpoints of webhooks hear of"`
	Messages      []choice `json:"messages" doc:"what is sent and is no event"`
	Carriers      []choice `json:"carriers" doc:"what the route of a message begins with"`
	Robots        []choice `json:"robots" doc:"whose robots speak in groups of staff"`
	Notices       []choice `json:"notices" doc:"what robots may be for"`
	HotlineGroups []choice `json:"hotline_groups"`
}

func newChannelWords() ChannelWords {
	return ChannelWords{
		OrderOps: titled(wire.OpKinds()), OpStates: choices([]desk.OpState{desk.OpProposed, desk.OpSent, desk.OpToType, desk.OpTyped, desk.OpDropped}),
		OrderActs: titled(wire.ActKinds()), ReturnReasons: titled(wire.ReturnReasons()), OrderResults: titled(wire.Results()),
		AppealTypes: titled(wire.AppealTypes()), FileFailures: fileFailures(),
		OrderImports: called([]desk.ActOutcome{desk.ActNew, desk.ActKnown, desk.ActRefused}, outcomeOfAct),
		Visits: list([]wire.Satisfaction{5, 4, 3, 2, 1}, func(s wire.Satisfaction) choice {
			return choice{Code: strconv.Itoa(int(s)), Name: s.Title()}
		}),
		Differences:   choices([]desk.DifferenceKind{desk.MissingHere, desk.MissingThere, desk.StateDiffers, desk.DeadlineDiffers}),
		Arrivals:      choices([]desk.InboundState{desk.InboundWaiting, desk.InboundDone, desk.InboundUnprocessable, desk.InboundDropped}),
		Deliveries:    choices([]desk.DeliveryState{desk.DeliveryWaiting, desk.DeliverySent, desk.DeliveryDead, desk.DeliveryDropped, desk.DeliverySkipped}),
		Attempts:      called([]desk.Outcome{desk.Arrived, desk.TryLater, desk.PeerRefused, desk.NobodyKnows, desk.NotDelivered}, attemptName),
		Failures:      append(failures(), list(desk.UntoldReasons(), func(u desk.Untold) choice { return choice(u) })...),
		Endpoints:     choices([]desk.EndpointState{desk.EndpointEnabled, desk.EndpointDisabled, desk.EndpointGone, desk.EndpointFailing}),
		Events:        called(append(webhooks.TicketTypes(), webhooks.Ping), eventName),
		Messages:      called([]string{desk.JobDigest, desk.RobotTest}, messageName),
		Carriers:      carriers(),
		Robots:        called([]string{string(robot.WeCom), string(robot.DingTalk), string(robot.Feishu)}, robotName),
		Notices:       called(desk.NoticeGroups(), noticeGroupName),
		HotlineGroups: called(channel.LineGroups(), groupName),
	}
}

// titled are the codes of a protocol with their titles.
func titled[C ~string](entries []wire.Entry[C]) []choice {
	return list(entries, func(e wire.Entry[C]) choice { return choice{Code: string(e.Code), Name: e.Title} })
}

func outcomeOfAct(o desk.ActOutcome) string {
	switch o {
	case desk.ActNew:
		return "新登记"
	case desk.ActKnown:
		return "以前登记过"
	case desk.ActRefused:
		return "不能导入"
	}
	return ""
}

// postName is what a role that is told is called.
func postName(to string) string {
	return map[string]string{"head": "负责人", "taskforce": "专班人员", "leader": "局领导"}[to]
}

// failures are what carriers and the desk say of attempts, in words of staff.
func failures() []choice {
	return []choice{
		{"peer.refused", "对方拒收"},
		{"peer.unreachable", "多次重试没有送达"},
		{"no connection", "连接不上"},
		{"no answer in time", "超过时限没有回音"},
		{"webhook.disabled", "推送地址已停用"},
		{"the address leads where nothing is sent to", "不允许发往这个地址"},
		{"redirects are not followed", "对方要求转到别的地址，不予跟随"},
		{"the mailbox is not configured", "没有配置这个信箱"},
		{"it did not say that it was taken", "对方没有表示收下"},
	}
}

// eventName is what an event is called.
func eventName(of webhooks.Type) string {
	return map[webhooks.Type]string{
		webhooks.TicketOpened: "登记", webhooks.TicketAccepted: "受理", webhooks.TicketDeclined: "不予受理", webhooks.TicketAsked: "要求补充",
		webhooks.TicketSupplied: "已补充", webhooks.TicketReclassified: "更改类别", webhooks.TicketDispatched: "派单、改派", webhooks.TicketSigned: "签收",
		webhooks.TicketReturned: "退单", webhooks.TicketRescheduled: "期限变化", webhooks.TicketAnswered: "已答复", webhooks.TicketRated: "已评价",
		webhooks.TicketReopened: "重办", webhooks.TicketClosed: "办结", webhooks.TicketMerged: "并单", webhooks.TicketUnmerged: "取消并单",
		webhooks.TicketWithdrawn: "撤回", webhooks.TicketTransferred: "转出", webhooks.Ping: "测试",
	}[of]
}

// attemptName is what the outcome of an attempt is called.
func attemptName(o desk.Outcome) string {
	switch o {
	case desk.Arrived:
		return "送达"
	case desk.TryLater:
		return "未送达，稍后再试"
	case desk.PeerRefused:
		return "未送达，不再重试"
	case desk.NobodyKnows:
		return "没有回应，稍后再试"
	case desk.NotDelivered:
		return "已停用，没有发出"
	}
	return ""
}

// fileFailures are why a file of a platform is not there.
func fileFailures() []choice {
	return []choice{
		{"order.file_none", "平台没有提供地址"},
		{"order.file_unreachable", "平台上无法取到"},
		{"order.file_changed", "内容与平台登记的不一致"},
		{"attachment.too_large", "文件太大"},
		{"attachment.type", "文件类型不支持"},
		{"attachment.empty", "文件是空的"},
	}
}
