package desk

import (
	"context"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/internal/seal"
)

// enterTries bounds how often somebody is let in who comes from two sides at once.
const enterTries = 2

// EnterWeChat lets whoever has logged in to the mini program into their
// conversation, the same every time; its token is a new one every time.
func (d *Desk) EnterWeChat(ctx context.Context, account, openID string) (Admission, error) {
	for try := 1; ; try++ {
		a, err := d.enterWeChat(ctx, account, openID)
		if !problem.HasCode(err, "wechat.stale") || try == enterTries {
			return a, err
		}
	}
}

func (d *Desk) enterWeChat(ctx context.Context, account, openID string) (Admission, error) {
	who, err := d.Store.WeChatPeer(ctx, account, openID)
	known := err == nil
	if !known && problem.KindOf(err) != problem.NotFound {
		return Admission{}, err
	}
	fresh, err := d.begin(ctx, d.at())
	if err != nil {
		return Admission{}, err
	}
	if !known {
		who = WeChatPeer{Account: account, OpenID: openID, Conversation: fresh.ID}
	}
	a, err := d.pass(who.Conversation, fresh.CreatedAt)
	if err != nil {
		return Admission{}, err
	}
	a.Token = fresh.token
	return a, d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if known {
			err = handKey(ctx, tx, who.Conversation, fresh.TokenHash)
		} else if err = fresh.store(ctx, tx); err == nil {
			err = tx.InsertWeChatPeer(ctx, who)
		}
		if err != nil {
			return err
		}
		return tx.InsertPass(ctx, a.row())
	})
}

// handKey gives a conversation to the bearer of another token.
func handKey(ctx context.Context, tx Tx, conversationID string, hash []byte) error {
	c, err := tx.Conversation(ctx, conversationID)
	if err != nil {
		return err
	}
	c.TokenHash = hash
	return tx.UpdateConversation(ctx, c, c.Version)
}

// KeepWeChatPhone keeps the number WeChat has verified of the bearer of a
// conversation's token, for what they leave to the task force, and returns it
// masked.
func (d *Desk) KeepWeChatPhone(ctx context.Context, account, conversationID, token, phone string) (string, error) {
	if !channel.PlausiblePhone(phone) {
		return "", problem.New(problem.Invalid, "wechat.phone", "这个手机号码不能使用，请在来信时填写联系电话。")
	}
	return seal.MaskPhone(phone), d.changeWeChatPeer(ctx, account, conversationID, token, func(p *WeChatPeer) { p.Phone = phone })
}

// AgreeWeChat notes which messages the bearer of a conversation's token has
// agreed to, as the mini program tells. WeChat may tell the same: then it is
// counted there.
func (d *Desk) AgreeWeChat(ctx context.Context, account, conversationID, token string, templates []string) error {
	return d.changeWeChatPeer(ctx, account, conversationID, token, func(p *WeChatPeer) {
		for _, t := range templates {
			if t == d.WeChat[account].Progress.ID && p.Credits[t] == 0 {
				p.grant(WeChatGrant{Template: t, Accepted: true})
			}
		}
	})
}

// changeWeChatPeer changes what is known of the bearer of a conversation's token.
func (d *Desk) changeWeChatPeer(ctx context.Context, account, conversationID, token string, change func(p *WeChatPeer)) error {
	if _, err := d.Owned(ctx, conversationID, token); err != nil {
		return err
	}
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		who, ok, err := d.onWeChat(ctx, tx, conversationID)
		if err != nil {
			return err
		}
		if !ok || who.Account != account {
			return problem.New(problem.Denied, "chat.forbidden", "不能查看这段对话。")
		}
		change(&who)
		return tx.UpdateWeChatPeer(ctx, who)
	})
}

// onWeChat is who a conversation is with, if that is somebody on WeChat.
func (d *Desk) onWeChat(ctx context.Context, r WeChatReader, conversationID string) (who WeChatPeer, ok bool, err error) {
	if len(d.WeChat) == 0 {
		return WeChatPeer{}, false, nil
	}
	who, err = r.WeChatPeerOf(ctx, conversationID)
	if err != nil && problem.KindOf(err) == problem.NotFound {
		return WeChatPeer{}, false, nil
	}
	return who, err == nil, err
}

// fromWeChat completes a letter that is left in a conversation on WeChat: it says
// so, and brings the phone number along where the kind is not one that may stay
// anonymous.
func (d *Desk) fromWeChat(ctx context.Context, r Reader, conversationID string, l *channel.Letter) error {
	who, ok, err := d.onWeChat(ctx, r, conversationID)
	if !ok {
		return err
	}
	l.Source = channel.WeChat
	if l.Contact == nil && who.Phone != "" && l.Kind.Profile().Identity != channel.Anonymous {
		l.Contact = &channel.Contact{Phone: who.Phone}
	}
	return nil
}
