package server

import (
	"context"

	"jiesu/internal/desk"
)

// Robots speak in groups of staff.
type Robots interface {
	RobotViews(ctx context.Context, a desk.Actor) ([]desk.RobotView, error)
	TestRobot(ctx context.Context, a desk.Actor, name string) error
}
