package live_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// tab is a page that reads everything it is sent.
type tab struct {
	t    *testing.T
	ws   *websocket.Conn
	told chan string // who else is there, as often as it is told
}

func reads(t *testing.T, ws *websocket.Conn) *tab {
	t.Helper()
	p := &tab{t: t, ws: ws, told: make(chan string, 100)}
	go func() {
		defer close(p.told)
		for {
			f, err := read(ws)
			if err != nil {
				return
			}
			var people strings.Builder
			for _, one := range f.People {
				fmt.Fprintf(&people, "%s %v ", one.Name, one.Drafts)
			}
			if f.T == "present" {
				p.told <- f.Ticket + ": " + people.String()
			}
		}
	}()
	return p
}

func (p *tab) says(frame string) {
	p.t.Helper()
	check(p.t, p.ws.WriteMessage(websocket.TextMessage, []byte(frame)))
}

func (p *tab) sees(people string) {
	p.t.Helper()
	if got := <-p.told; got != "n1: "+people {
		p.t.Errorf("told %q, want %q", got, people)
	}
}

// TestWhoHasTheSameTicketOnTheScreen: seen and gone, by whoever may see the ticket
// alone, and nobody is told of themselves.
func TestWhoHasTheSameTicketOnTheScreen(t *testing.T) {
	t.Parallel()
	const helloAt = `{"t":"hello","id":1,"v":1,"ticket":"n1"}`
	atWork(t, nil, helloAt, func(o *office) {
		enter := func(user string) *tab { return reads(o.t, o.enter(user, helloAt)) }
		me := reads(o.t, o.ws)
		me.sees("")
		stranger := enter("stranger") // never told, and nobody is told of them
		second := enter("u1")         // another tab is nobody else
		second.sees("")
		other := enter("u2")
		me.sees("民警u2 false ")
		second.sees("民警u2 false ")
		other.sees("民警u1 false ")
		other.says(`{"t":"present","ticket":"n1","drafts":true}`)
		me.sees("民警u2 true ")
		other.says(`{"t":"present"}`)
		other.sees("") // nothing is told there any more
		me.sees("")
		other.says(`{"t":"present","ticket":"n1"}`)
		me.sees("民警u2 false ")
		_ = other.ws.Close() // the tab is closed
		me.sees("")
		_ = second.ws.Close()
		o.desk.hidden.Store(true) // given to others
		time.Sleep(time.Minute)
		me.sees("")
		o.desk.hidden.Store(false)
		third := enter("u3")
		third.sees("")
		if n := len(stranger.told); n != 0 {
			o.t.Errorf("a stranger is told %d times", n)
		}
		_, _ = stranger.ws.Close(), third.ws.Close()
	})
}
