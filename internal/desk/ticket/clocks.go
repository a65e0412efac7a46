package ticket

import "jiesu/internal/desk/ticket/deadline"

// Waits lists the clocks that must run while a ticket is in s. Where the rules
// know no date for one of them there is none.
func (s Status) Waits() []deadline.Purpose {
	switch s {
	case Received, Accepted:
		return purposes(deadline.Answer, deadline.Screen)
	case Supplement:
		return purposes(deadline.Answer, deadline.Supplement)
	case Dispatched:
		return purposes(deadline.Answer, deadline.SignUp, deadline.Handle)
	case Handling:
		return purposes(deadline.Answer, deadline.Handle)
	case Reviewing:
		return purposes(deadline.Answer, deadline.Review)
	case Answered:
		return purposes(deadline.Rating)
	case Merged:
		return purposes(deadline.Answer)
	case Closed, Declined, Withdrawn, Transferred:
		return nil
	}
	return nil
}
