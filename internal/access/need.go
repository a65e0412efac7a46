package access

// Need is what somebody with a session must do before anything else.
type Need string

// The needs, in the order they are met; an empty one is none.
const (
	NeedsFactor    Need = "factor"    // give a code of the second factor: it is half a session
	NeedsPassword  Need = "password"  // choose a password: somebody else has set this one
	NeedsEnrolment Need = "enrolment" // enrol a second factor
)

// Entered is who holds a session.
type Entered struct {
	User

	Needs Need
}

// needs is worked out anew with each request, from what the account is now: a session
// never knows less than the account.
func (s *Service) needs(u *User, se *Session) Need {
	switch {
	case u.Factor && !se.Proved:
		return NeedsFactor
	case u.MustChange && se.Way == ByPassword: // who never typed it has no use for another
		return NeedsPassword
	case s.rules.FactorRequired && !u.Factor && !se.Proved:
		return NeedsEnrolment
	}
	return ""
}
