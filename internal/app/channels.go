package app

import (
	"jiesu/internal/courier"
)

// carriers are the routes on which deliveries leave, by what stands before "/".
func (a *App) carriers() map[string]courier.Route {
	routes := map[string]courier.Route{}
	if len(a.weChat.carriers) > 0 {
		routes["wechat"] = a.weChat.route()
	}
	return routes
}
