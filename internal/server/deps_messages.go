package server

import (
	"context"
	"net/netip"

	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket"
)

// Messages are how people are told outside of the pages.
type Messages interface {
	Leaving
	Robots
	MaySendReceipts(key string, from netip.Addr) bool
	ReceiveSMS(ctx context.Context, key string, from netip.Addr, body []byte) (thanks string, err error)
	NoticeSettingOf(ctx context.Context, a desk.Actor) (desk.NoticeSetting, error)
	SetNotices(ctx context.Context, a desk.Actor, s desk.NoticeSetting) error
	ToldOf(ctx context.Context, a desk.Actor, number string) (ticket.Ticket, []desk.Told, error)
}

// Leaving is how messages are ended, by whoever got one.
type Leaving interface {
	OptedOut(ctx context.Context, token string) (bool, error)
	OptOut(ctx context.Context, token string, out bool) error
}
