package deadline

import "time"

// AtWork is at, where it lies in the working hours, or when they begin next. In a
// year whose holidays nobody knows it is at: too early rather than never.
func (p *Profile) AtWork(cal *Calendar, at time.Time) time.Time {
	if len(p.hours) == 0 {
		return at
	}
	for d := dayOf(at); ; d++ {
		known, err := cal.day(d)
		if err != nil {
			return at
		}
		if !known.Working {
			continue
		}
		for _, i := range p.hours {
			if at.Before(d.at(i.to)) {
				return latest(d.at(i.from), at)
			}
		}
	}
}
