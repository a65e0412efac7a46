package desk

import (
	"context"
	"time"
)

// WeChatPeer is somebody who writes to a WeChat account of ours, or uses its mini
// program.
type WeChatPeer struct {
	Account      string // its name with us
	OpenID       string // sealed at rest, found by its fingerprint
	Conversation string
	OpenUntil    time.Time         // customer-service messages are let through until then
	Left         int               // and so many of them
	Phone        string            // as WeChat has verified it, sealed; may be empty
	Credits      map[string]int    // by template: messages they have agreed to and not got yet
	Told         map[string]string // by template: the last delivery
}

// WeChatToken lets calls to WeChat's servers in.
type WeChatToken struct {
	Value string
	Until time.Time
}

// WeChatReader reads what is known of people on WeChat.
type WeChatReader interface {
	// WeChatPeer finds somebody by openid. Inside a transaction it also locks what
	// it returns until the end.
	WeChatPeer(ctx context.Context, account, openID string) (WeChatPeer, error)
	// WeChatPeerOf finds who a conversation is with; the same goes for it.
	WeChatPeerOf(ctx context.Context, conversation string) (WeChatPeer, error)
	// WeChatToken is the token of an account, which may have run out.
	WeChatToken(ctx context.Context, account string) (WeChatToken, error)
	WeChatMedia(ctx context.Context, id string) (WeChatMedia, error)
	// LooseWeChatMedia returns what belongs to a conversation and to no ticket yet,
	// in the order it came.
	LooseWeChatMedia(ctx context.Context, conversation string) ([]WeChatMedia, error)
}

// WeChatWriter writes it.
type WeChatWriter interface {
	// InsertWeChatPeer is a Conflict "wechat.stale" for somebody who is known.
	InsertWeChatPeer(ctx context.Context, p WeChatPeer) error
	UpdateWeChatPeer(ctx context.Context, p WeChatPeer) error
	// SaveWeChatToken keeps next where the token still is was (empty: where there is
	// none); an empty next forgets it. It reports whether it did.
	SaveWeChatToken(ctx context.Context, account, was string, next WeChatToken) (bool, error)
	InsertWeChatMedia(ctx context.Context, m WeChatMedia) error
	// ClaimWeChatMedia returns at most limit that wait and are due, the longest due
	// first; they are due again at until, and their try is counted.
	ClaimWeChatMedia(ctx context.Context, at, until time.Time, limit int) ([]WeChatMedia, error)
	// UpdateWeChatMedia stores what became of m, under the lock of its conversation.
	UpdateWeChatMedia(ctx context.Context, m WeChatMedia) error
}
