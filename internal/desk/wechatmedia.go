package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/conversation"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

// JobPullMedia fetches what people sent to WeChat accounts and WeChat keeps.
const JobPullMedia = "wechat.pull"

const (
	mediaLife   = 72 * time.Hour  // WeChat keeps it for three days
	mediaLease  = 2 * time.Minute // longer than one may take to fetch
	mediaAtMost = 9               // doublings of the pause between two tries
)

// FetchMedia fetches a picture or a voice that somebody sent to an account. Only
// what may be there the next time is a problem of kind Unavailable.
type FetchMedia func(ctx context.Context, account, media string) ([]byte, error)

// WeChatMedia is a picture or a voice that WeChat keeps until the desk has
// fetched it.
type WeChatMedia struct {
	ID           string // of the arrival it came with
	Account      string
	Conversation string
	Ticket       string // id of the ticket that came of it; empty: none yet
	Type         WeChatType
	Media        string // what it is fetched by
	State        FileState
	Attachment   string // id, of a kept one
	Reason       string // sentence: why it is not kept, or not yet
	Tries        int
	NextAt       time.Time // of the next try
	At           time.Time // when it came
}

// name is what m is called; its type says how that ends.
func (m *WeChatMedia) name() string {
	if m.Type == WeChatVoice {
		return "微信语音"
	}
	return "微信图片"
}

// keepMedia notes a picture or a voice in the conversation, and that it is to be
// fetched.
func (t *weChatTurn) keepMedia(in *Inbound, at time.Time) error {
	m := WeChatMedia{
		ID: in.ID, Account: t.who.Account, Conversation: t.who.Conversation, Type: t.message.Type, Media: t.message.Media,
		State: FileWaiting, NextAt: at, At: in.ReceivedAt,
	}
	words, said := weChatPicture, "〔发送了图片〕"
	if m.Type == WeChatVoice {
		words, said = weChatUnheard, "〔发送了语音〕"
	}
	t.media = &m
	return t.note(in.ID, said, words, at)
}

// sendFor has media fetched.
func sendFor(ctx context.Context, tx Tx, m WeChatMedia) error {
	if err := tx.InsertWeChatMedia(ctx, m); err != nil {
		return err
	}
	return tx.Enqueue(ctx, pullMediaJob(&m, m.NextAt))
}

func pullMediaJob(m *WeChatMedia, at time.Time) Job {
	return readyJob(JobPullMedia, m.ID+"/"+at.Format(time.RFC3339Nano), struct{}{}, at, at)
}

// PullMedia fetches what is due, one after the other. What cannot be had now has a
// job of its own for later.
func (d *Desk) PullMedia(ctx context.Context) error {
	for {
		m, err := d.claimMedia(ctx)
		if err != nil || m == nil {
			return err
		}
		a, content, refusal := d.fetchedMedia(ctx, m)
		if ctx.Err() != nil { // whoever finds it once the lease has run out goes on
			return ctx.Err()
		}
		if err := d.settleMedia(ctx, m, a, content, refusal); err != nil {
			return err
		}
	}
}

// claimMedia leases what is due the longest; nil: nothing is. Should this process
// die over it, another looks again.
func (d *Desk) claimMedia(ctx context.Context) (*WeChatMedia, error) {
	var claimed *WeChatMedia
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		claimed = nil
		at := d.at()
		until := at.Add(mediaLease)
		found, err := tx.ClaimWeChatMedia(ctx, at, until, 1)
		if err != nil || len(found) == 0 {
			return err
		}
		claimed = &found[0]
		return tx.Enqueue(ctx, pullMediaJob(claimed, until))
	})
	return claimed, err
}

// fetchedMedia is what WeChat keeps in the form it may be kept here.
func (d *Desk) fetchedMedia(ctx context.Context, m *WeChatMedia) (channel.Attachment, []byte, error) {
	content, err := d.FetchMedia(ctx, m.Account, m.Media)
	if err != nil {
		return channel.Attachment{}, nil, err
	}
	a, kept, err := d.attachmentOf(m.name(), content)
	if err != nil {
		return a, nil, err
	}
	if !strings.HasPrefix(a.Type, "image/") && !strings.HasPrefix(a.Type, "audio/") {
		return a, nil, problem.New(problem.Unsupported, "attachment.type", "不支持这种文件。")
	}
	return a, kept, nil
}

// settleMedia keeps what was fetched, or why that cannot be. Of those who fetch the
// same one is first; of a hand-over at the same time one waits for the other.
func (d *Desk) settleMedia(ctx context.Context, claimed *WeChatMedia, a channel.Attachment, content []byte, refusal error) error {
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Conversation(ctx, claimed.Conversation); err != nil {
			return err
		}
		m, err := tx.WeChatMedia(ctx, claimed.ID)
		if err != nil || m.State != FileWaiting || m.Tries != claimed.Tries {
			return err
		}
		at := d.at()
		switch {
		case refusal == nil:
			m.State, m.Attachment, m.Reason = FileKept, a.ID, ""
			err = d.storeMedia(ctx, tx, &m, a, content)
		case problem.KindOf(refusal) == problem.Unavailable && at.Before(m.At.Add(mediaLife)):
			m.Reason, m.NextAt = sentenceOf(refusal), at.Add(min(firstAgain<<min(m.Tries, mediaAtMost), waitAtMost))
			err = tx.Enqueue(ctx, pullMediaJob(&m, m.NextAt))
		default:
			m.State, m.Reason = FileFailed, sentenceOf(refusal)
			err = d.loseMedia(ctx, tx, &m)
		}
		if err != nil {
			return err
		}
		return tx.UpdateWeChatMedia(ctx, m)
	})
	if err == nil {
		d.waker.Wake(claimed.Conversation)
	}
	return err
}

// storeMedia keeps a file in the conversation, or with the letter that came of it
// meanwhile.
func (d *Desk) storeMedia(ctx context.Context, tx Tx, m *WeChatMedia, a channel.Attachment, content []byte) error {
	if err := d.keepFile(ctx, tx, a, content); err != nil {
		return err
	}
	if m.Ticket == "" {
		said, err := newMessage(m.Conversation, conversation.User, "media/"+m.ID, conversation.File,
			fileBody{Attachment: a.ID, Name: a.Name, Type: a.Type, Size: a.Size}, d.at())
		if err != nil {
			return err
		}
		_, err = tx.Append(ctx, m.Conversation, said)
		return err
	}
	t, err := tx.TicketByID(ctx, m.Ticket)
	if err != nil {
		return err
	}
	if err := d.attachMedia(ctx, tx, &t, m); err != nil {
		return err
	}
	return d.sayInChat(ctx, tx, m.Conversation, "您发送的文件“"+a.Name+"”已经附在来信后面。", t.Number)
}

// attachMedia adds a kept file to the letter of a ticket.
func (d *Desk) attachMedia(ctx context.Context, tx Tx, t *ticket.Ticket, m *WeChatMedia) error {
	if err := tx.AddFiles(ctx, t.LetterID, m.Attachment); err != nil {
		return err
	}
	return tx.Record(ctx, audit.Entry{At: d.at(), Actor: actorOf(""), Action: "ticket.file", Object: "ticket/" + t.ID, Detail: map[string]string{"by": WeChatCarrier}})
}

// loseMedia tells whoever sent it that something is not there, and notes it beside
// the ticket that came of it.
func (d *Desk) loseMedia(ctx context.Context, tx Tx, m *WeChatMedia) error {
	words := "您发送的" + m.name() + "没有存下来：" + m.Reason + "需要提交的，请重新发送，或者用网上来信表单上传。"
	if m.Ticket == "" {
		if err := d.sayInChat(ctx, tx, m.Conversation, words, ""); err != nil {
			return err
		}
		return d.tellWeChat(ctx, tx, m.Conversation, weChatNews{kind: "wechat.media", text: words})
	}
	t, err := tx.TicketByID(ctx, m.Ticket)
	if err != nil {
		return err
	}
	if err := d.noteMedia(ctx, tx, &t, lost(m)); err != nil {
		return err
	}
	if err := d.sayInChat(ctx, tx, m.Conversation, words, t.Number); err != nil || t.Restricted() { // of a report nothing leaves the conversation
		return err
	}
	return d.tellWeChat(ctx, tx, m.Conversation, weChatNews{kind: "wechat.media", text: words})
}

// lost says at a ticket what is not there.
func lost(m *WeChatMedia) string {
	return "来信人发送的" + m.name() + "没有附在来信后面：" + m.Reason
}

func (d *Desk) noteMedia(ctx context.Context, tx Tx, t *ticket.Ticket, words string) error {
	return d.carry(ctx, tx, t, ticket.Command{Move: ticket.Note, EventID: d.NewID(), At: d.at(), Note: words}, map[string]string{"by": WeChatCarrier})
}

func (d *Desk) sayInChat(ctx context.Context, tx Tx, conversationID, text, number string) error {
	m, err := notice(conversationID, text, number, d.at())
	if err != nil {
		return err
	}
	_, err = tx.Append(ctx, conversationID, m)
	return err
}

// handMedia gives a new ticket what was sent in its conversation, also what is still
// to be fetched, and returns what its citizen has to be told of that.
func (d *Desk) handMedia(ctx context.Context, tx Tx, n *opened) (string, error) {
	sent, err := tx.LooseWeChatMedia(ctx, n.letter.Conversation)
	if err != nil {
		return "", err
	}
	room := channel.MaxAttachments - len(n.letter.Attachments)
	var missing []string
	over := 0
	for i := range sent {
		m := &sent[i]
		m.Ticket = n.ticket.ID
		listed := m.State == FileKept && slices.Contains(n.letter.Attachments, m.Attachment)
		switch {
		case listed, m.State == FileFailed:
		case room == 0:
			m.State, m.Attachment, m.Reason = FileFailed, "", "一封来信最多附"+strconv.Itoa(channel.MaxAttachments)+"个文件。"
			over++
		default:
			room--
			if m.State == FileKept {
				err = d.attachMedia(ctx, tx, &n.ticket, m)
			}
		}
		if err != nil {
			return "", err
		}
		if m.State == FileFailed {
			missing = append(missing, lost(m))
		}
		if err := tx.UpdateWeChatMedia(ctx, *m); err != nil {
			return "", err
		}
	}
	if len(missing) > 0 {
		err = d.noteMedia(ctx, tx, &n.ticket, strings.Join(missing, "\n"))
	}
	if over == 0 || err != nil {
		return "", err
	}
	return "一封来信最多附" + strconv.Itoa(channel.MaxAttachments) + "个文件，另有" + strconv.Itoa(over) + "个没有附上。需要的，请在网站上凭编号和查询码补充。", nil
}
