package ticket

import "jiesu/internal/desk/ticket/deadline"

// Stops lists the waits that end with m: their clocks are met.
func (m Move) Stops() []deadline.Purpose {
	switch m {
	case Dispatch:
		return []deadline.Purpose{deadline.Screen, deadline.SignUp}
	case Sign, Return:
		return []deadline.Purpose{deadline.SignUp}
	case Decline, TransferTo:
		return []deadline.Purpose{deadline.Answer, deadline.Screen}
	case Release:
		return []deadline.Purpose{deadline.Answer}
	case Open, Accept, Draft, Submit, Approve, SendBack, Close, Note:
	}
	return nil
}

// Starts lists the waits that begin with m: their clocks are started after those
// of [Move.Stops] were met.
func (m Move) Starts() []deadline.Purpose {
	switch m {
	case Open:
		return []deadline.Purpose{deadline.Answer, deadline.Screen}
	case Dispatch:
		return []deadline.Purpose{deadline.SignUp}
	case Return:
		return []deadline.Purpose{deadline.Screen}
	case Accept, Decline, Sign, Draft, Submit, Approve, SendBack, Release, Close, TransferTo, Note:
	}
	return nil
}
