package desk

import (
	"context"
	"slices"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/problem"
)

// RobotTest is the kind of what is said in a group to see whether it arrives.
const RobotTest = "robot.test"

const (
	recentTold = 5           // messages shown of a robot
	testPause  = time.Minute // between tests of a robot: one that hears too much is muted
)

// RobotView is a robot in a group of staff, and what became of what it was told.
type RobotView struct {
	GroupRobot

	Recent []Delivery // the newest first
	Dead   int        // did not arrive and wait for staff; mostDeliveries: or more
}

// RobotViews lists the robots that are set up. How to reach them is told to nobody.
func (d *Desk) RobotViews(ctx context.Context, a Actor) ([]RobotView, error) {
	if !a.Channels {
		return nil, noChannels()
	}
	var views []RobotView
	for _, r := range d.reach.Robots {
		v := RobotView{GroupRobot: r}
		var err error
		if v.Recent, err = d.Store.Deliveries(ctx, DeliveryFilter{Route: r.route(), Limit: recentTold}); err != nil {
			return nil, err
		}
		dead, err := d.Store.Deliveries(ctx, DeliveryFilter{Route: r.route(), States: []DeliveryState{DeliveryDead}, Limit: mostDeliveries})
		if err != nil {
			return nil, err
		}
		v.Dead = len(dead)
		views = append(views, v)
	}
	return views, nil
}

func (r *GroupRobot) route() string { return RobotCarrier + "/" + r.Name }

// TestRobot has a robot say that it works, the way everything is said to it.
func (d *Desk) TestRobot(ctx context.Context, a Actor, name string) error {
	if !a.Channels {
		return noChannels()
	}
	i := slices.IndexFunc(d.reach.Robots, func(r GroupRobot) bool { return r.Name == name })
	if i < 0 {
		return problem.New(problem.NotFound, "robot.not_found", "没有这个群机器人。")
	}
	r := &d.reach.Robots[i]
	at := d.at()
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		told, err := tx.Deliveries(ctx, DeliveryFilter{Route: r.route(), Limit: mostDeliveries})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(told, func(v Delivery) bool { return v.Kind == RobotTest && at.Sub(v.CreatedAt) < testPause }) {
			return problem.New(problem.Conflict, "robot.soon", "一分钟以内试发过，请等结果：发得太多，机器人会被停用一段时间。")
		}
		if err := d.sendBody(ctx, tx, Delivery{Route: r.route(), Kind: RobotTest}, RobotText{Text: "【接诉】这是一条试发的消息，请不必处理。"}); err != nil {
			return err
		}
		return tx.Record(ctx, audit.Entry{At: at, Actor: a.ID, Action: RobotTest, Object: "robot/" + name, Detail: map[string]string{"unit": r.Unit}})
	})
}
