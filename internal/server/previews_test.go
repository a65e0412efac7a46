package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
)

func TestMovesArePreviewed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	taskForce, neighbour := "Bearer "+h.signIn(t, "zhuanban"), "Bearer "+h.signIn(t, "linju")
	r, err := h.Open(t.Context(), desk.Opening{Letter: channel.Letter{
		Source: channel.Web, Kind: channel.Help, Title: "路口红绿灯坏了", Text: "请尽快修理。", Contact: &channel.Contact{Name: "张三", Phone: "13800138000"},
	}})
	check(t, err)
	path := "/api/v1/staff/tickets/" + r.Number + "/moves/preview"
	preview := func(token, move string) *answer {
		return h.call(t, http.MethodPost, path, fmt.Sprintf(`{"version":1,%s}`, move), "Authorization", token)
	}
	a := preview(taskForce, `"move":"dispatch","unit":"traffic"`)
	a.want(t, http.StatusOK, "")
	var b struct {
		Before, After struct{ Status, Lead string }
		Lead          string
		Clocks        []struct {
			Name  string
			After struct{ Explain []any }
		}
		Tells []struct{ Channel, Unit, To string }
	}
	a.into(t, &b)
	if b.Before.Status != "received" || b.After.Status != "dispatched" || b.After.Lead != "traffic" || len(b.Clocks) == 0 || len(b.Clocks[0].After.Explain) == 0 || len(b.Tells) == 0 {
		t.Errorf("dispatching is foretold as %s", a.Body)
	}
	preview(neighbour, `"move":"dispatch","unit":"patrol"`).want(t, http.StatusNotFound, "ticket.not_found")
	preview(taskForce, `"move":"release"`).want(t, http.StatusConflict, "ticket.move")
	h.walk(t, r.Number, []step{{taskForce, `"move":"dispatch","unit":"traffic"`}}) // as version 1: nothing has happened

	view := h.call(t, http.MethodGet, "/api/v1/staff/tickets/"+r.Number, "", "Authorization", taskForce)
	var v struct {
		Moves []string
		Forms []struct {
			Move, Name   string
			Irreversible bool
		}
	}
	view.into(t, &v)
	if len(v.Forms) == 0 || len(v.Forms) != len(v.Moves) || v.Forms[0].Move != v.Moves[0] || v.Forms[0].Name == "" {
		t.Errorf("%v have the forms %+v", v.Moves, v.Forms)
	}
}
