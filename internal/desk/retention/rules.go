package retention

import (
	_ "embed" // the shipped rules
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/channel"
)

//go:embed retention.yaml
var shipped []byte

// ID names a class.
type ID string

// The classes whose rows the store finds by themselves.
const (
	Attachments ID = "attachments"
	Chats       ID = "chats"
	Calls       ID = "calls"
	Arrivals    ID = "arrivals"
	Deliveries  ID = "deliveries"
	Notices     ID = "notices"
	Questions   ID = "questions"
	Rejected    ID = "questions.rejected"
	Watched     ID = "questions.watched"
	Ratings     ID = "ratings.pages"
	Uploads     ID = "uploads"
	WeChat      ID = "wechat"
	Sessions    ID = "sessions"
	Passes      ID = "passes"
	Threads     ID = "threads"
	Repeats     ID = "repeats"
	Jobs        ID = "jobs"
)

// IDs are the classes whose rows the store finds by themselves.
func IDs() []ID {
	return []ID{Attachments, Chats, Calls, Arrivals, Deliveries, Notices, Questions, Rejected, Watched, Ratings, Uploads, WeChat, Sessions, Passes, Threads, Repeats, Jobs}
}

// Does is what becomes of what was kept long enough.
type Does string

// What may be done.
const (
	Delete    Does = "delete"
	Anonymise Does = "anonymise" // what people wrote and who they are goes, the facts stay
	Keep      Does = "keep"
)

// Name is d in Chinese.
func (d Does) Name() string {
	switch d {
	case Delete:
		return "删除"
	case Anonymise:
		return "清除内容和个人信息，保留统计所需的事实"
	case Keep:
		return "长期保存"
	}
	return ""
}

// Period is a length of time of the calendar.
type Period struct {
	N    int    `yaml:"n"`
	Unit string `yaml:"unit"` // day | year
}

// Before is the time a period before at.
func (p Period) Before(at time.Time) time.Time {
	if p.Unit == "year" {
		return at.AddDate(-p.N, 0, 0)
	}
	return at.AddDate(0, 0, -p.N)
}

// Text is p in Chinese.
func (p Period) Text() string {
	switch {
	case p.N == 0:
		return "到期即删"
	case p.Unit == "year":
		return fmt.Sprintf("%d年", p.N)
	}
	return fmt.Sprintf("%d天", p.N)
}

// Class is what is kept alike, as retention.yaml explains.
type Class struct {
	ID      ID             `yaml:"id"`
	Name    string         `yaml:"name"`
	Kinds   []channel.Kind `yaml:"kinds"` // of tickets; none: it is not about these
	Keep    Period         `yaml:"keep"`
	From    string         `yaml:"from"`
	Does    Does           `yaml:"does"`
	Basis   string         `yaml:"basis"`
	Certain bool           `yaml:"certain"` // false: a house rule that has to be confirmed
}

// Rules are how long everything is kept.
type Rules struct {
	Version int     `yaml:"version"`
	Classes []Class `yaml:"classes"`
}

// LoadRules returns the rules the product ships.
func LoadRules() (*Rules, error) { return ParseRules(shipped) }

// ParseRules reads rules in the form of retention.yaml.
func ParseRules(data []byte) (*Rules, error) {
	var r Rules
	if err := yaml.UnmarshalWithOptions(data, &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse retention rules: %w", err)
	}
	return &r, r.check()
}

func (r *Rules) check() error {
	if r.Version < 1 {
		return errors.New("retention rules: a version is needed")
	}
	var ids []ID
	var kinds []channel.Kind
	for i := range r.Classes {
		c := &r.Classes[i]
		if err := c.check(); err != nil {
			return fmt.Errorf("retention rules: %s: %w", c.ID, err)
		}
		ids, kinds = append(ids, c.ID), append(kinds, c.Kinds...)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		return errors.New("retention rules: a class is there twice")
	}
	for _, id := range IDs() {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("retention rules: %s is missing", id)
		}
	}
	for _, k := range channel.Kinds() {
		if n := len(slices.DeleteFunc(slices.Clone(kinds), func(other channel.Kind) bool { return other != k })); n != 1 {
			return fmt.Errorf("retention rules: letters of kind %s stand in %d classes", k, n)
		}
	}
	return nil
}

func (c *Class) check() error {
	tickets := strings.HasPrefix(string(c.ID), "tickets.")
	switch {
	case c.Name == "" || c.From == "" || c.Basis == "":
		return errors.New("name, from and basis are needed")
	case c.Does.Name() == "":
		return fmt.Errorf("%q is nothing to do", c.Does)
	case c.Keep.N < 0 || c.Keep.Unit != "day" && c.Keep.Unit != "year":
		return fmt.Errorf("%+v is no period", c.Keep)
	case tickets != (len(c.Kinds) > 0) || !tickets && !slices.Contains(IDs(), c.ID):
		return errors.New("it is neither about kinds of letters nor known")
	case tickets && (c.Does == Delete || c.Keep.N == 0):
		return errors.New("tickets are kept a while, and never deleted")
	}
	return nil
}
