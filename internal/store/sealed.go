package store

// sealedColumn is a column of sealed values and how the places of those are named.
type sealedColumn struct {
	table, column string
	place         string   // what the names of places begin with
	row           []string // columns that name a row in its place
	key           []string // columns rows are walked by, each an index
}

func (c sealedColumn) name() string { return c.table + "." + c.column }

// sealedColumns lists every sealed value there is.
func sealedColumns() []sealedColumn {
	id := []string{"id"}
	seq := []string{"seq"}
	byID := func(table, column, place string) sealedColumn { return sealedColumn{table, column, place, id, id} }
	by := func(table, column, place string, row ...string) sealedColumn {
		return sealedColumn{table, column, place, row, row}
	}
	ofTicket := []string{"ticket_id", "seq"}
	return []sealedColumn{
		{"keycheck", "sealed", keycheckPlace, nil, id},
		byID("letter", "sealed_text", "letter.text"),
		byID("letter", "sealed_contact", "letter.contact"),
		by("message", "sealed_body", "message.body", "conversation", "seq"),
		byID("attachment", "sealed_name", "attachment.name"),
		byID("attachment", "sealed_content", "attachment.content"),
		byID("draft", "sealed_text", "draft.text"),
		{"event", "sealed_note", "event.note", id, ofTicket},
		{"event", "sealed_public", "event.public", id, ofTicket},
		byID("appeal", "sealed_words", "appeal.words"),
		byID("appeal", "sealed_decision", "appeal.decision"),
		byID("chat_step", "sealed_note", "chat_step.note"),
		byID("consultation", "sealed_body", "consultation.body"),
		{"delivery", "sealed_body", "delivery.body", id, seq},
		by("disclosure", "sealed_body", "disclosure", "ticket_id"),
		by("factor", "sealed_secret", "factor.secret", "user_id"),
		byID("gap", "sealed_words", "gap.words"),
		byID("gap_question", "sealed_text", "gap.question"),
		byID("hold", "sealed_reason", "hold.reason"),
		byID("erasure", "sealed_reason", "erasure.reason"),
		byID("erasure", "sealed_decision", "erasure.decision"),
		byID("hotline_act", "sealed_body", "hotline_act.body"),
		by("hotline_file", "sealed_body", "hotline_file.body", "order_id", "n"),
		byID("hotline_op", "sealed_body", "hotline_op.body"),
		byID("hotline_order", "sealed_body", "hotline_order.body"),
		by("idempotency", "sealed_response", "idempotency.response", "scope", "key"),
		{"inbound", "sealed_body", "inbound.body", id, seq},
		{"inbound", "sealed_answer", "inbound.answer", id, seq},
		byID("label", "sealed_question", "label.question"),
		by("library_act", "sealed_body", "library.act", "seq"),
		{"library_gate", "sealed_body", "library.gate", []string{"review_id", "hash"}, []string{"review_id", "hash", "seq"}},
		by("notice_setting", "sealed_email", "notice_setting.email", "user_id"),
		byID("phone_call", "sealed_words", "phone_call.words"),
		byID("phone_call", "sealed_phone", "phone_call.phone"),
		byID("review", "sealed_chain", "review.chain"),
		by("review_act", "sealed_body", "review.act", "review_id", "seq"),
		by("review_version", "sealed_content", "review.version", "review_id", "n"),
		byID("signal", "sealed_body", "signal.body"),
		by("thread", "sealed_state", "thread.state", "key"),
		{"unanswered", "sealed_text", "unanswered.text", nil, []string{"hash"}},
		byID("unsealing", "sealed_reason", "unsealing.reason"),
		byID("unsealing", "sealed_decision", "unsealing.decision"),
		byID("webhook_endpoint", "sealed_url", "webhook.url"),
		byID("webhook_endpoint", "sealed_secret", "webhook.secret"),
		byID("webhook_endpoint", "sealed_former", "webhook.former"),
		byID("wechat_media", "sealed_media", "wechat_media.media"),
		by("wechat_peer", "sealed_peer", "wechat_peer.peer", "account", "person"),
		by("wechat_token", "sealed_token", "wechat_token.token", "account"),
	}
}
