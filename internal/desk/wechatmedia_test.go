package desk_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/problem"
)

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil))
	return append(b.Bytes(), "TRAILER: 23.1, 113.3"...) // what hides behind a picture
}

// sends has somebody send pictures, which WeChat gives by their ids as answer says.
func (f *follower) sends(answer func(media string) ([]byte, error), media ...string) {
	f.t.Helper()
	f.FetchMedia = func(_ context.Context, account, id string) ([]byte, error) {
		if account != f.account {
			f.t.Errorf("fetched of %s", account)
		}
		return answer(id)
	}
	for _, id := range media {
		if words := f.do(desk.WeChatMessage{Type: desk.WeChatImage, Media: id}); !strings.Contains(words, "图片已收到") {
			f.t.Errorf("answered with %q", words)
		}
	}
}

// handOver leaves what was said to the task force.
func (f *follower) handOver() desk.TicketView {
	f.t.Helper()
	number, _ := f.handedOver()
	return f.ticketView(number)
}

func (f *follower) ticketView(number string) desk.TicketView {
	f.t.Helper()
	v, err := f.Ticket(f.t.Context(), f.taskForce("u1"), number)
	must(f.t, err)
	return v
}

func notesOf(v *desk.TicketView) (notes []string) {
	for _, e := range v.Events {
		if e.Move == ticket.Note {
			notes = append(notes, e.Note)
		}
	}
	return notes
}

// A photograph ends at the ticket, encoded anew and once, whichever comes first:
// the file or the hand-over; and whoever fetches it twice.
func TestAPictureOnWeChatComesToTheTicket(t *testing.T) {
	t.Parallel()
	for name, pulledFirst := range map[string]bool{"the file comes first": true, "the hand-over comes first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := onWeChat(t, "main")
			f.sends(func(string) ([]byte, error) { return photo(t), nil }, "M1")
			if pulledFirst {
				must(t, f.PullMedia(t.Context()))
			}
			number := f.handOver().Ticket.Number
			for range 2 {
				must(t, f.PullMedia(t.Context()))
				f.again(desk.WeChatMessage{Type: desk.WeChatImage, Media: "M1"})
				f.work(t)
			}
			v := f.ticketView(number)
			if len(v.Files) != 1 || v.Files[0].Name != "微信图片.jpg" || !strings.Contains(v.Letter.Text, "〔发送了图片〕") {
				t.Fatalf("the letter has %+v and says %q", v.Files, v.Letter.Text)
			}
			_, kept, err := f.store.Attachment(t.Context(), v.Files[0].ID)
			must(t, err)
			if bytes.Contains(kept, []byte("TRAILER")) {
				t.Error("what hid behind the picture is kept")
			}
			f.say("驾驶证")
			if next := f.handOver(); len(next.Files) != 0 {
				t.Errorf("another matter has it too: %+v", next.Files)
			}
			blind := f.handler("blind", "patrol")
			if _, err := f.Ticket(t.Context(), blind, number); !problem.HasCode(err, "ticket.not_found") {
				t.Errorf("who may not see the ticket: %v", err)
			}
		})
	}
}

// What cannot be had is tried again while WeChat keeps it; then the ticket and
// whoever sent it are told.
func TestAPictureThatCannotBeHadIsNoted(t *testing.T) {
	t.Parallel()
	busy := problem.New(problem.Unavailable, "wechat.unreachable", "一直没能从微信取回。")
	for name, c := range map[string]struct {
		answer func() ([]byte, error)
		pass   time.Duration
		want   string
	}{
		"gone": {func() ([]byte, error) {
			return nil, problem.New(problem.NotFound, "wechat.media_gone", "微信已经不再保存（只保存3天）。")
		}, 0, "只保存3天"},
		"of another type":     {func() ([]byte, error) { return []byte("%PDF-1.4"), nil }, 0, "不支持"},
		"broken":              {func() ([]byte, error) { return []byte("\xff\xd8\xff\xe0broken"), nil }, 0, "损坏"},
		"unreachable so long": {func() ([]byte, error) { return nil, busy }, 73 * time.Hour, "没能从微信取回"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := onWeChat(t, "main")
			f.sends(func(string) ([]byte, error) { return c.answer() }, "M1")
			number := f.handOver().Ticket.Number
			must(t, f.PullMedia(t.Context()))
			if v := f.ticketView(number); c.pass > 0 && len(notesOf(&v)) > 0 {
				t.Errorf("given up at once: %q", notesOf(&v))
			}
			f.pass(c.pass)
			for range 2 {
				must(t, f.PullMedia(t.Context()))
			}
			v := f.ticketView(number)
			if notes := notesOf(&v); len(notes) != 1 || !strings.Contains(notes[0], c.want) || len(v.Files) != 0 {
				t.Errorf("noted %q, files %+v", notes, v.Files)
			}
			if _, ps := f.parcels(desk.DeliveryWaiting); c.pass == 0 && (len(ps) == 0 || !strings.Contains(ps[len(ps)-1].Text, c.want)) {
				t.Errorf("told: %+v", ps)
			}
		})
	}
}

// A letter has so many files and no more; nobody believes of one that it is there.
func TestNoMorePicturesThanALetterHas(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	media := []string{"M1", "M2", "M3", "M4", "M5", "M6", "M7"}
	f.sends(func(string) ([]byte, error) { return photo(t), nil }, media[:2]...)
	must(t, f.PullMedia(t.Context()))
	f.sends(func(string) ([]byte, error) { return photo(t), nil }, media[2:]...)
	f.say("红烧肉怎么做才好吃")
	receipt := f.say("留给专班")
	must(t, f.PullMedia(t.Context()))
	page, err := f.Tickets(t.Context(), f.taskForce("u1"), desk.Filter{Limit: 9})
	must(t, err)
	v := f.ticketView(page.Tickets[0].Number)
	if len(v.Files) != channel.MaxAttachments || len(notesOf(&v)) != 1 || !strings.Contains(receipt, "另有2个没有附上") {
		t.Errorf("%d files, notes %q, receipt %q", len(v.Files), notesOf(&v), receipt)
	}
}

// What nobody handed over for long is not kept, and keeps nobody from handing over.
func TestAnOldPictureIsNoHindrance(t *testing.T) {
	t.Parallel()
	f := onWeChat(t, "main")
	f.sends(func(string) ([]byte, error) { return photo(t), nil }, "M1")
	must(t, f.PullMedia(t.Context()))
	for _, days := range []int{8, 1} {
		f.pass(time.Duration(days) * 24 * time.Hour)
		f.work(t)
		must(t, f.Retain(t.Context()))
	}
	if v := f.handOver(); len(v.Files) != 0 || !strings.Contains(v.Letter.Text, "没有保存") {
		t.Errorf("files %+v, text %q", v.Files, v.Letter.Text)
	}
}
