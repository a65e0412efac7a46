package ticket

// Public is what a citizen reads on the timeline of a move; empty: the move is
// not shown, or the clerk writes the sentence.
func (m Move) Public() string {
	switch m {
	case Open:
		return "来信已收到并登记。"
	case Accept:
		return "来信已受理，正在分派承办单位。"
	case Dispatch:
		return "已交承办单位办理。"
	case Sign:
		return "承办单位已签收，正在办理。"
	case Return:
		return "正在重新确定承办单位。"
	case Submit:
		return "答复已拟好，正在审核。"
	case Release:
		return "答复已发出。"
	case Close:
		return "本件已办结。"
	case Decline, TransferTo: // the clerk's own words
	case Draft, Approve, SendBack, Note: // the house's own business
	}
	return ""
}

// public is the sentence for c. Who handles a report is told to nobody.
func (t *Ticket) public(c Command) string {
	switch c.Move {
	case Decline, TransferTo:
		return c.Public
	case Dispatch:
		if c.Lead.Name != "" && !t.Restricted() {
			return "已交" + c.Lead.Name + "办理。"
		}
	case Open, Accept, Sign, Return, Draft, Submit, Approve, SendBack, Release, Close, Note:
	}
	return c.Move.Public()
}
