package mailbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The forms of times that are numbers.
const (
	unixSeconds = "unix"
	unixMillis  = "unix_ms"
)

// usual is how people write times.
func usual() []string {
	return []string{
		"yyyy-MM-ddTHH:mm:ssZ", "yyyy-M-d H:mm:ss", "yyyy-M-d H:mm", "yyyy-M-d", "yyyy/M/d H:mm:ss", "yyyy/M/d H:mm", "yyyy/M/d",
		"yyyy年M月d日 H:mm:ss", "yyyy年M月d日 H:mm", "yyyy年M月d日", "yyyy.M.d", "yyyyMMddHHmmss", "yyyyMMdd",
	}
}

// layout is a form as the time package writes it.
func layout(form string) (string, error) {
	if form == unixSeconds || form == unixMillis {
		return form, nil
	}
	l := strings.NewReplacer(
		"yyyy", "2006", "MM", "01", "M", "1", "dd", "02", "d", "2", "HH", "15", "H", "15", "mm", "04", "ss", "05", "SSS", "000", "Z", "Z07:00",
	).Replace(form)
	if !strings.Contains(form, "yyyy") || !strings.Contains(form, "M") || !strings.Contains(form, "d") {
		return "", fmt.Errorf("%q is not written with yyyy, MM, dd, HH, mm, ss and Z, and not unix or unix_ms", form)
	}
	return l, nil
}

// beijing is the time of all these mailboxes.
func beijing() *time.Location {
	const east = 8 * 60 * 60
	return time.FixedZone("CST", east)
}

// moment reads a time in one of the forms; day: it names a day and no hour.
func moment(s string, forms []string, serial bool) (at time.Time, day, ok bool) {
	if len(forms) == 0 {
		forms = usual()
	}
	for _, form := range forms {
		l, err := layout(form)
		if err != nil {
			continue
		}
		if at, ok := parseTime(s, l); ok {
			return at, !strings.Contains(l, "15") && l != unixSeconds && l != unixMillis, true
		}
	}
	if serial {
		return serialTime(s)
	}
	return time.Time{}, false, false
}

func parseTime(s, layout string) (time.Time, bool) {
	if layout == unixSeconds || layout == unixMillis {
		n, err := strconv.ParseInt(s, 10, 64)
		if layout == unixSeconds {
			return time.Unix(n, 0).UTC(), err == nil && plausible(time.Unix(n, 0))
		}
		return time.UnixMilli(n).UTC(), err == nil && plausible(time.UnixMilli(n))
	}
	at, err := time.ParseInLocation(layout, s, beijing())
	return at.UTC(), err == nil && plausible(at)
}

// plausible keeps out what no letter was written in.
func plausible(at time.Time) bool {
	const from, until = 1990, 2200
	return at.Year() >= from && at.Year() < until
}

// serialTime reads a number of days as spreadsheets count them.
func serialTime(s string) (at time.Time, day, ok bool) {
	days, err := strconv.ParseFloat(s, 64)
	whole := math.Floor(days)
	begin := time.Date(1899, time.December, 30, 0, 0, 0, 0, beijing())
	if err != nil || whole < 0 || whole > 200_000 {
		return at, false, false
	}
	at = begin.AddDate(0, 0, int(whole)).Add(time.Duration((days - whole) * float64(24*time.Hour))).Round(time.Second)
	return at.UTC(), days == whole, plausible(at)
}
