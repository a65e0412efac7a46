package live

// What passes in a conversation goes to one side of it: the citizen's, or that of
// whoever answers.
func citizensOf(conversation string) string { return "citizens/" + conversation }
func clerksOf(conversation string) string   { return "clerks/" + conversation }

// note shows something that passes to one side of a conversation. Where there is no
// room for it, it is lost.
func (h *Hub) note(side string, f noteFrame) {
	h.show(side, f)
	h.others.tellNote(side, f)
}

func (h *Hub) show(side string, f noteFrame) {
	frame := encode(f)
	for _, q := range h.rooms.of(side) {
		q.note(frame)
	}
}

// present tells whoever answers whether the citizen is there, at every replica.
func (h *Hub) present(conversation string) {
	h.showPresent(conversation)
	h.others.tellPresent(citizenKey(conversation))
}

// showPresent is present for those who answer at this replica.
func (h *Hub) showPresent(conversation string) {
	key := citizenKey(conversation)
	_, there := h.elsewhere.of(key)
	h.show(clerksOf(conversation), noteFrame{T: "note", Chat: conversation, Kind: "presence", Body: onBody{there || h.here(key).There}})
}
