package server

import (
	"net/http"
	"slices"

	"jiesu/internal/web/portal"
)

// class is a group of routes that share a rate.
type class string

const (
	probes  class = "probe" // health and metrics: not limited
	reads   class = "read"
	asks    class = "ask"
	writes  class = "write"
	lookups class = "lookup"
	uploads class = "upload"
	chats   class = "chat"
	apps    class = "app"
	signIns class = "sign_in"
	staff   class = "staff"
	hooks   class = "hook" // other systems, by their signatures: few addresses, not limited
	refused class = "refused_hook"
)

// door is a route that is open to everybody.
type door struct {
	method string
	path   string // gin template
	class  class
	embed  bool // the widget may use it from other sites (see Config.AllowedOrigins)
}

// openDoors is the single list of routes that need no session. Every other
// route does; a test walks the router to make sure.
func openDoors() []door {
	return slices.Concat(apiDoors(), pageDoors(), appDoors())
}

// appDoors are those of the interface for apps of others: whoever sends something
// in has a key, and what is read has an address nobody guesses.
func appDoors() []door {
	return []door{
		{http.MethodGet, open311Path + "/discovery.json", reads, false},
		{http.MethodGet, open311Path + "/services.json", reads, false},
		{http.MethodGet, open311Path + "/services/:code", reads, false},
		{http.MethodGet, open311Path + "/requests.json", reads, false},
		{http.MethodPost, open311Path + "/requests.json", apps, false},
		{http.MethodGet, open311Path + "/tokens/:token", apps, false},
		{http.MethodGet, open311Path + "/requests/:id", apps, false},
	}
}

func apiDoors() []door {
	return []door{
		{http.MethodPost, "/api/v1/ask", asks, true},
		{http.MethodGet, "/api/v1/hotlines", reads, true},
		{http.MethodGet, "/api/v1/catalogue", reads, true},
		{http.MethodGet, "/api/v1/library", reads, true},
		{http.MethodPost, "/api/v1/library/search", asks, true},
		{http.MethodGet, "/api/v1/library/:id", reads, true},
		{http.MethodGet, "/api/v1/library/:id/versions/:n", reads, true},
		{http.MethodPost, "/api/v1/letters", writes, false},
		{http.MethodPost, "/api/v1/letters/lookup", lookups, false},
		{http.MethodPost, "/api/v1/letters/supplements", lookups, false},
		{http.MethodPost, "/api/v1/letters/ratings", lookups, false},
		{http.MethodPost, "/api/v1/letters/withdrawals", lookups, false},
		{http.MethodPost, "/api/v1/letters/copies", lookups, false},
		{http.MethodPost, "/api/v1/attachments", uploads, true},
		{http.MethodGet, "/api/v1/consultations", reads, true},
		{http.MethodGet, "/api/v1/consultations/:id", reads, true},
		{http.MethodGet, "/api/v1/notices", reads, true},
		{http.MethodGet, "/api/v1/notices/:id", reads, true},
		{http.MethodGet, "/api/v1/replies", reads, true},
		{http.MethodPost, "/api/v1/replies/search", asks, true},
		{http.MethodGet, "/api/v1/replies/statistics", reads, true},
		{http.MethodGet, "/api/v1/replies/:id", reads, true},
		{http.MethodPost, "/api/v1/deadlines/preview", asks, false},
		{http.MethodPost, "/api/v1/chat/passes", chats, true},
		{http.MethodGet, "/api/v1/chat", chats, false}, // checks the origin itself
		{http.MethodGet, "/api/v1/chat/:conversation/messages", chats, true},
		{http.MethodPost, "/api/v1/chat/:conversation/messages", chats, true},
		{http.MethodPost, "/api/v1/chat/:conversation/ratings", chats, true},
		{http.MethodPost, "/api/v1/chat/:conversation/person", chats, true},
		{http.MethodPost, "/api/v1/chat/:conversation/leave", chats, true},
		{http.MethodPost, "/api/v1/chat/:conversation/ticket", writes, true},
		{http.MethodPost, "/api/v1/wechat/:account/session", chats, false},
		{http.MethodPost, "/api/v1/wechat/:account/phone", chats, false},
		{http.MethodPost, "/api/v1/wechat/:account/subscriptions", chats, false},
		{http.MethodPost, sessionPath, signIns, false},
		{http.MethodGet, sessionPath + "/ways", reads, false},
	}
}

func pageDoors() []door {
	return []door{
		{http.MethodGet, "/healthz", probes, false},
		{http.MethodGet, "/readyz", probes, false},
		{http.MethodGet, "/metrics", probes, false}, // by address, see Config.MetricsFrom
		{http.MethodGet, "/openapi.json", reads, true},
		{http.MethodGet, "/docs", reads, false},
		{http.MethodGet, consolePath, reads, false},
		{http.MethodGet, consolePath + "/*view", reads, false},
		{http.MethodGet, providerPath, asks, false},
		{http.MethodGet, providerPath + "/callback", asks, false},
		{http.MethodGet, "/docs/*file", reads, false},
		{http.MethodGet, "/widget.js", reads, false}, // its own CORS: any site
		{http.MethodGet, "/assets/*file", reads, false},
		{http.MethodGet, portal.AssetPrefix + "*file", reads, false}, // of the public pages

		{http.MethodGet, weChatPath, hooks, false},
		{http.MethodPost, weChatPath, hooks, false},
		{http.MethodPost, mailboxHook, hooks, false},
		{http.MethodPost, smsHook, hooks, false},
		{http.MethodPost, hotlineHook, hooks, false},

		{http.MethodGet, "/", reads, false},
		{http.MethodGet, "/ask", reads, false},
		{http.MethodPost, "/ask", asks, false},
		{http.MethodPost, "/ask/rating", asks, false},
		{http.MethodGet, "/chat", reads, false},
		{http.MethodGet, "/letters/new", reads, false},
		{http.MethodPost, "/letters/new", writes, false},
		{http.MethodPost, "/letters/draft", reads, false},
		{http.MethodPost, "/letters/beforehand", asks, false},
		{http.MethodGet, "/letters", reads, false},
		{http.MethodPost, "/letters", lookups, false},
		{http.MethodPost, "/letters/supply", lookups, false},
		{http.MethodPost, "/letters/rate", lookups, false},
		{http.MethodPost, "/letters/withdraw", lookups, false},
		{http.MethodPost, "/letters/copy", lookups, false},
		{http.MethodGet, "/deadlines", reads, false},
		{http.MethodGet, "/notices", reads, false},
		{http.MethodGet, "/notices/:id", reads, false},
		{http.MethodGet, "/consultations", reads, false},
		{http.MethodGet, "/consultations/:id", reads, false},
		{http.MethodPost, "/consultations/:id", writes, false},
		{http.MethodGet, "/replies", reads, false},
		{http.MethodPost, "/replies", asks, false},
		{http.MethodGet, "/replies/statistics", reads, false},
		{http.MethodGet, "/replies/:id", reads, false},
		{http.MethodGet, "/replies.atom", reads, false},
		{http.MethodGet, "/hotlines", reads, false},
		{http.MethodGet, "/library", reads, false},
		{http.MethodPost, "/library", asks, false},
		{http.MethodGet, "/library/:id", reads, false},
		{http.MethodGet, "/library/:id/v/:n", reads, false},
		{http.MethodGet, unsubscribePage, lookups, false},
		{http.MethodPost, unsubscribePage, lookups, false},
		{http.MethodGet, "/about", reads, false},
		{http.MethodPost, "/print", reads, false},
	}
}
