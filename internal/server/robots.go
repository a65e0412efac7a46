package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/webhooks/robot"
)

type robotsBody struct {
	Robots []robotBody `json:"robots" nullable:"false"`
}

type robotBody struct {
	Name   string         `json:"name" doc:"as in the file of channels"`
	Kind   string         `json:"kind" enum:"wecom,dingtalk,feishu"`
	Unit   string         `json:"unit" doc:"id of the unit whose group it is in"`
	About  []string       `json:"about" nullable:"false" doc:"what it says; empty: everything that unit is told"`
	Dead   int            `json:"dead" maximum:"100" doc:"messages that did not arrive and wait for staff; 100: or more"`
	Recent []deliveryBody `json:"recent" nullable:"false" doc:"the newest first; what was said is not shown"`
}

type robotInput struct {
	Name string `path:"name" maxLength:"64"`
}

func newRobot(v desk.RobotView) robotBody {
	return robotBody{
		Name: v.Name, Kind: v.Kind, Unit: v.Unit, Dead: v.Dead, Recent: list(v.Recent, newDelivery),
		About: list(v.About, func(about string) string { return about }),
	}
}

// robotRoutes are the robots in groups of staff.
func (s *Server) robotRoutes() {
	const path = "/api/v1/staff/robots"
	register(s, operation{
		id: "robots", method: http.MethodGet, path: path, tag: "channels", status: http.StatusOK, audience: staffOnly,
		summary: "Which robots speak in groups of staff, and what they were told last; never how to reach them",
	}, func(ctx context.Context, _ *nothing) (*body[robotsBody], error) {
		vs, err := s.desk.RobotViews(ctx, actorOf(ctx))
		return respond(robotsBody{Robots: list(vs, newRobot)}, err)
	})
	register(s, operation{
		id: "test-robot", method: http.MethodPost, path: path + "/{name}/tests", tag: "channels", status: http.StatusNoContent, audience: staffOnly,
		summary: "Has a robot say that it works, at most once a minute", problems: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *robotInput) (*nothing, error) {
		return &nothing{}, s.desk.TestRobot(ctx, actorOf(ctx), in.Name)
	})
}

func messageName(kind string) string {
	return map[string]string{desk.JobDigest: "工作提醒", desk.RobotTest: "试发"}[kind]
}

// carriers are how something is sent, by the first part of its route.
func carriers() []choice {
	return []choice{
		{desk.HotlineCarrier, "12345 平台"},
		{desk.MailCarrier, "外部信箱"},
		{desk.WebhookCarrier, "推送地址"},
		{desk.WeChatCarrier, "微信"},
		{desk.SMSCarrier, "短信"},
		{desk.EmailCarrier, "电子邮件"},
		{desk.RobotCarrier, "群机器人"},
	}
}

func robotName(kind string) string {
	return map[string]string{string(robot.WeCom): "企业微信", string(robot.DingTalk): "钉钉", string(robot.Feishu): "飞书"}[kind]
}

func noticeGroupName(about string) string {
	return map[string]string{
		"ticket": "来信", "clock": "期限", "review": "审核发布", "library": "问答库", "signal": "弱信号", "gap": "反复问的问题", "appeal": "评价申诉", "callback": "回访",
		"consultation": "征求意见", "inbox": "收到的消息", "delivery": "发出的消息", "webhook": "推送地址", "order": "12345 工单", "mailbox": "外部信箱", "hotline": "热线目录",
		"selfcheck": "自检",
	}[about]
}
