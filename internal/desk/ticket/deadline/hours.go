package deadline

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Hours are the working hours of a day, one interval after the other: what lies
// between them, such as lunch, is not counted.
type Hours []interval

// interval is a part of a day, from its first to before its last instant, in
// time since midnight.
type interval struct{ from, to time.Duration }

// ParseHours reads intervals such as "09:00-12:00", which follow each other
// within one day.
func ParseHours(texts []string) (Hours, error) {
	var hours Hours
	for _, text := range texts {
		from, to, ok := strings.Cut(text, "-")
		if !ok {
			return nil, fmt.Errorf("working hours %q: write them as 09:00-12:00", text)
		}
		var i interval
		var errFrom, errTo error
		i.from, errFrom = parseClock(from)
		i.to, errTo = parseClock(to)
		if err := errors.Join(errFrom, errTo); err != nil {
			return nil, fmt.Errorf("working hours %q: %w", text, err)
		}
		if i.to <= i.from || len(hours) > 0 && i.from < hours[len(hours)-1].to {
			return nil, fmt.Errorf("working hours %q: they end before they begin, or overlap those before", text)
		}
		hours = append(hours, i)
	}
	return hours, nil
}

// parseClock reads a time of day, HH:MM, as time since midnight.
func parseClock(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("time of day: %w", err)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// opening and closing are the first and the last instant of a working day.
func (h Hours) opening() time.Duration { return h[0].from }
func (h Hours) closing() time.Duration { return h[len(h)-1].to }
