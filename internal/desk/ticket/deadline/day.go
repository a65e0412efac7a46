package deadline

import "time"

// day counts Beijing days from 1970-01-01. Whole numbers spare the arithmetic
// of midnights and zones.
type day int64

const (
	secondsADay   = 24 * 60 * 60
	beijingOffset = 8 * 60 * 60
)

func dayOf(t time.Time) day {
	s := t.Unix() + beijingOffset
	d := s / secondsADay
	if s%secondsADay < 0 {
		d--
	}
	return day(d)
}

// at is the instant the Beijing clock shows since, counted from midnight.
func (d day) at(since time.Duration) time.Time {
	return time.Unix(int64(d)*secondsADay-beijingOffset, 0).Add(since).UTC()
}

// end is the last instant of the day in the resolution the store keeps.
func (d day) end() time.Time { return (d + 1).at(-time.Microsecond) }

func (d day) civil() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

func (d day) year() int { return d.civil().Year() }

func (d day) weekend() bool {
	w := d.civil().Weekday()
	return w == time.Saturday || w == time.Sunday
}

func (d day) String() string { return d.civil().Format(time.DateOnly) }
