package desk_test

import (
	"slices"
	"sync"
	"testing"

	"jiesu/internal/desk"
)

// TestListsThatHaveChangedAreTold: what is stored is told of once it is, and what is
// not stored never.
func TestListsThatHaveChangedAreTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	var mu sync.Mutex
	var told []string
	p := h.Parts
	p.Store = desk.Announcing{Store: h.store, Changed: func(topics []string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, topics...)
	}}
	h.Desk = desk.New(p)
	s := begin(t, h, desk.Opening{Letter: letter()})
	_, err := h.Open(t.Context(), desk.Opening{})
	if err == nil {
		t.Fatal("an empty letter was taken")
	}
	if want := []string{"tickets"}; !slices.Equal(told, want) {
		t.Errorf("a new letter: %v, want %v", told, want)
	}
	told = nil
	_, err = h.Move(t.Context(), h.handler("x", "traffic"), s.receipt.Number, desk.Command{Move: "accept"})
	refusedWith(t, "somebody of another unit", err, "ticket.not_found")
	if len(told) > 0 {
		t.Errorf("a refusal: %v", told)
	}
}
