package server

import (
	"context"

	"jiesu/internal/desk"
)

// Rules are what the desk decides by.
type Rules interface {
	HouseRules(a desk.Actor) (desk.HouseRules, error)
	TryLetter(ctx context.Context, a desk.Actor, l desk.TrialLetter) (desk.Trial, error)
}

// Robots speak in groups of staff.
type Robots interface {
	RobotViews(ctx context.Context, a desk.Actor) ([]desk.RobotView, error)
	TestRobot(ctx context.Context, a desk.Actor, name string) error
}
