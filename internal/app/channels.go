package app

import (
	"jiesu/internal/courier"
)

// carriers are the routes on which deliveries leave, by what stands before "/".
func (a *App) carriers() map[string]courier.Route {
	return map[string]courier.Route{}
}
