package server_test

import (
	"net/http"
	"strings"
	"testing"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
)

// TestRobotsAreShownAndTried: whoever looks after channels sees which robots there
// are and has one say something, through the same queue as everything, once a
// minute; nobody else does, and both the trial and its refusal change nothing else.
func TestRobotsAreShownAndTried(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *options) { o.Config.Rates = generous() })
	h.ReachWith(desk.Reach{Robots: []desk.GroupRobot{
		{Name: "force", Kind: "wecom", Unit: assignment.TaskForce}, {Name: "traffic", Kind: "feishu", Unit: "traffic", About: []string{"clock"}},
	}})
	const path = "/api/v1/staff/robots"
	for _, login := range []string{"jingban", "fuzeren", "lingdao", "bianji"} {
		token := "Bearer " + h.signIn(t, login)
		h.call(t, http.MethodGet, path, "", "Authorization", token).want(t, http.StatusForbidden, "channel.denied")
		h.call(t, http.MethodPost, path+"/force/tests", "{}", "Authorization", token).want(t, http.StatusForbidden, "channel.denied")
	}
	admin := "Bearer " + h.signIn(t, string(access.Admin))
	h.call(t, http.MethodPost, path+"/nobody/tests", "{}", "Authorization", admin).want(t, http.StatusNotFound, "robot.not_found")
	h.call(t, http.MethodPost, path+"/force/tests", "{}", "Authorization", admin).want(t, http.StatusNoContent, "")
	h.call(t, http.MethodPost, path+"/force/tests", "{}", "Authorization", "Bearer "+h.signIn(t, "zhuanban")).want(t, http.StatusConflict, "robot.soon")
	var got struct {
		Robots []struct {
			Name, Kind, Unit string
			About            []string
			Dead             int
			Recent           []struct{ Kind, Route, State string }
		}
	}
	shown := h.call(t, http.MethodGet, path, "", "Authorization", admin)
	shown.into(t, &got)
	if len(got.Robots) != 2 || got.Robots[1].About[0] != "clock" || len(got.Robots[1].Recent) != 0 {
		t.Fatalf("%s", shown.Body)
	}
	if r := got.Robots[0]; r.Unit != assignment.TaskForce || r.Kind != "wecom" || len(r.Recent) != 1 || r.Recent[0].Kind != desk.RobotTest || r.Recent[0].State != "waiting" {
		t.Errorf("%s", shown.Body)
	}
	if tried := h.acts(t, desk.RobotTest); len(tried) != 1 || tried[0].Object != "robot/force" || strings.Contains(shown.Body, "试发") {
		t.Errorf("%v %s", tried, shown.Body)
	}
}
