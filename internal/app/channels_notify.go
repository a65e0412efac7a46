package app

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/webhooks/robot"
	"jiesu/webhooks/sms"
)

const (
	messageWithin = 30 * time.Second
	mailPort      = 587 // of relays that take mail to pass on
	directPort    = 465
	mailsTogether = 4
)

// messagePauses are what is waited after attempts to tell somebody: who was not
// told within a day hears of it otherwise.
func messagePauses() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour}
}

// notifications are how people are told outside of the pages, checked.
type notifications struct {
	reach    desk.Reach
	provider sms.Provider // nil: none
	relay    courier.Relay
	robots   map[string]*robot.Robot
}

func newNotifications(c *config.Channels) (notifications, error) {
	n := &c.Notify
	built := notifications{robots: map[string]*robot.Robot{}, reach: desk.Reach{Site: n.Site}}
	err := errors.Join(built.readSMS(&n.SMS), built.readMail(&n.Mail), built.readRobots(n.Robots))
	if err != nil {
		return built, fmt.Errorf("channels: %w", err)
	}
	return built, nil
}

func (b *notifications) readSMS(s *config.ShortMessages) (err error) {
	key := s.Key.Reveal()
	switch s.Provider {
	case "":
		return nil
	case "aliyun":
		b.provider, err = sms.NewAliyun(sms.Aliyun{Address: s.Address, KeyID: s.KeyID, Key: key, SignName: s.Sign, Template: s.Template})
	case "tencent":
		b.provider, err = sms.NewTencent(sms.Tencent{Address: s.Address, KeyID: s.KeyID, Key: key, App: s.App, SignName: s.Sign, Template: s.Template, Region: s.Region})
	case "mas":
		b.provider, err = sms.NewMAS(sms.MAS{Address: s.Address, Company: s.Company, App: s.App, Key: key, Sign: s.Sign, Serial: s.Serial, Template: s.Template})
	default:
		err = fmt.Errorf("%q is not aliyun, tencent or mas", s.Provider)
	}
	if err != nil {
		return fmt.Errorf("notify.sms: %w", err)
	}
	from, err := s.Networks()
	b.reach.SMS, b.reach.Read = s.Provider, b.read
	b.reach.Hook = desk.SMSHook{Key: s.Hook.Reveal(), From: from, Thanks: b.provider.Thanks()}
	for _, v := range s.Values {
		b.reach.Values = append(b.reach.Values, desk.TemplateValue(v))
	}
	return err
}

// read is what the provider pushed as the desk takes it.
func (b *notifications) read(body []byte) (reports []desk.SMSReport, leaving []string, err error) {
	told, replies, err := b.provider.Read(body)
	for _, r := range told {
		reports = append(reports, desk.SMSReport{Delivery: r.ID, Receipt: r.Provider, Arrived: r.Arrived})
	}
	for _, r := range replies {
		if r.Leaves() {
			leaving = append(leaving, r.Phone)
		}
	}
	return reports, leaving, err
}

func (b *notifications) readMail(m *config.MailRelay) error {
	if m.Host == "" {
		return nil
	}
	if !channel.IsEmail(m.From) {
		return fmt.Errorf("notify.mail.from: %q is not an address", m.From)
	}
	usual := mailPort
	if m.Security == string(courier.DirectTLS) {
		usual = directPort
	}
	b.reach.Mail = true
	b.relay = courier.Relay{
		Host: m.Host, Port: cmp.Or(m.Port, usual), Security: cmp.Or(courier.Security(m.Security), courier.StartTLS), User: m.User, Password: m.Password.Reveal(),
		From: m.From, Name: cmp.Or(m.Name, "接诉"),
	}
	return nil
}

func (b *notifications) readRobots(robots map[string]config.GroupRobot) error {
	tree, err := assignment.LoadTree()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(robots)) {
		r := robots[name]
		built, err := robot.New(robot.Kind(r.Kind), r.Address.Reveal(), r.Secret.Reveal())
		if err != nil {
			return fmt.Errorf("notify.robots.%s: %w", name, err)
		}
		b.robots[name] = built
		b.reach.Robots = append(b.reach.Robots, desk.GroupRobot{Name: name, Kind: r.Kind, Unit: r.Unit, About: r.About})
	}
	return desk.CheckRobots(tree, b.reach.Robots)
}

// messageRoutes are how people are told; the desk learns which ways there are.
func (a *App) messageRoutes(routes map[string]courier.Route) error {
	n, err := newNotifications(&a.channels)
	if err != nil {
		return err
	}
	a.desk.ReachWith(n.reach)
	client := a.guard.Client(courier.Limits{})
	add := func(name string, c courier.Carrier, together int) {
		routes[name] = courier.Route{Carrier: c, Pauses: messagePauses(), Timeout: messageWithin, Together: together}
	}
	if n.provider != nil {
		add(desk.SMSCarrier, &courier.SMS{Client: client, Provider: n.provider, Now: a.now}, mailsTogether)
	}
	if n.reach.Mail {
		add(desk.EmailCarrier, &courier.Email{Relay: n.relay}, mailsTogether)
	}
	if len(n.robots) > 0 {
		add(desk.RobotCarrier, &courier.Robots{Client: client, Robots: n.robots, Now: a.now}, 1)
	}
	return nil
}
