package desk_test

import (
	"database/sql"
	"strings"
	"testing"

	"jiesu/internal/desk"
	"jiesu/internal/desk/order"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// TestFilesGoWithAResult: those of the letter and what the clerk uploads, whole, with
// what they are; where the platform takes none, none are chosen.
func TestFilesGoWithAResult(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	c.toHandling()
	c.answer("已修好。")
	a, err := c.Upload(t.Context(), "说明.txt", []byte("维修记录"))
	must(t, err)
	revise := func() (desk.OrderView, error) {
		v := c.latest("N1")
		op := v.Ops[len(v.Ops)-1]
		said := hotline.Complete{Result: hotline.Solved, IsTrue: new(true), Content: "已修好。", Attachments: []hotline.Evidence{{ID: a.ID}}}
		return c.ReviseOp(t.Context(), c.force, op.ID, op.Version, desk.OpEdit{Complete: &said})
	}
	if _, err := revise(); !problem.HasCode(err, "order.files_untaken") {
		t.Errorf("a platform that takes no files: %v", err)
	}
	c.Platforms[0].Files = func(k hotline.OpKind) bool { return k == hotline.OpComplete }
	v, err := revise()
	must(t, err)
	if len(v.Attachments) != 1 || v.Attachments[0].ID != a.ID {
		t.Errorf("the letter has %+v", v.Attachments)
	}
	c.confirm("N1")
	_, last := c.sent()
	want := hotline.Evidence{ID: a.ID, Kind: "doc", Name: "说明.txt", Type: "text/plain", Size: a.Size, SHA256: a.SHA256, Data: []byte("维修记录")}
	if got := last.Complete.Attachments; len(got) != 1 || string(got[0].Data) != string(want.Data) || got[0].SHA256 != want.SHA256 || got[0].Name != want.Name || got[0].Type != want.Type {
		t.Errorf("sent %+v", got)
	}
	kept, err := c.store.OrderOp(t.Context(), last.ID)
	must(t, err)
	if kept.Op.Complete.Attachments[0].Data != nil {
		t.Error("the operation keeps the file a second time")
	}
}

// TestAFileThatIsGoneIsKnownInTime: to whoever confirms, not to the carrier.
func TestAFileThatIsGoneIsKnownInTime(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.Platforms[0].Files = func(hotline.OpKind) bool { return true }
	c.told(dispatch("N1", nil))
	a, err := c.Upload(t.Context(), "说明.txt", []byte("职责清单"))
	must(t, err)
	v := c.latest("N1")
	back := hotline.Return{Reason: hotline.NotOurDuty, Text: "属于水务部门职责", Attachments: []hotline.Evidence{{ID: a.ID}}}
	v, err = c.ProposeReturn(t.Context(), c.force, v.ID, v.Version, back)
	must(t, err)
	db, err := sql.Open("sqlite", c.path)
	must(t, err)
	_, err = db.ExecContext(t.Context(), "UPDATE attachment SET sealed_content = x'00'")
	must(t, err)
	must(t, db.Close())
	if _, err := c.ConfirmOp(t.Context(), c.other, v.Ops[0].ID, v.Ops[0].Version); !problem.HasCode(err, "order.file_unreadable") {
		t.Errorf("confirmed with a file nobody can read: %v", err)
	}
	c.wantSent("")
	c.state("N1", order.ToSign)
	back.Attachments = []hotline.Evidence{{ID: "of-nobody"}}
	if _, err := c.ReviseOp(t.Context(), c.force, v.Ops[0].ID, v.Ops[0].Version, desk.OpEdit{Return: &back}); problem.KindOf(err) != problem.Invalid && problem.KindOf(err) != problem.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestWhatAPlatformRefusedIsSaidAnew: by two people again, and before what waited
// behind it.
func TestWhatAPlatformRefusedIsSaidAnew(t *testing.T) {
	t.Parallel()
	c := connected(t)
	c.told(dispatch("N1", nil))
	v := c.latest("N1")
	_, err := c.ProposeReturn(t.Context(), c.force, v.ID, v.Version, hotline.Return{Reason: hotline.WrongArea, Text: "不在辖区"})
	must(t, err)
	c.confirm("N1")
	first := c.latest("N1").Ops[0]
	if first.MayReplace {
		t.Error("what is on its way is replaced")
	}
	c.tried(desk.PeerRefused, "")
	v = c.latest("N1")
	_, err = c.WithdrawAsked(t.Context(), c.force, v.ID, v.Version)
	must(t, err)
	first = c.latest("N1").Ops[0]
	better := desk.OpEdit{Return: &hotline.Return{Reason: hotline.NotOurDuty, Text: "属于水务部门职责"}}
	v, err = c.ReplaceOp(t.Context(), c.force, first.ID, first.Version, better)
	must(t, err)
	if !first.MayReplace || v.Ops[2].Supersedes != first.ID || !v.Ops[2].MayDrop {
		t.Errorf("it is %+v in place of %+v", v.Ops[2].OrderOp, first.OrderOp)
	}
	if _, err := c.ReplaceOp(t.Context(), c.force, first.ID, first.Version, better); !problem.HasCode(err, "order.proposed") {
		t.Errorf("replaced twice: %v", err)
	}
	c.confirm("N1")
	all, err := c.store.Deliveries(t.Context(), desk.DeliveryFilter{Route: "12345", Limit: 9})
	must(t, err)
	var got []string
	for _, one := range all { // newest first
		got = append(got, one.Kind+" "+string(one.State)+" "+one.Reason)
	}
	if strings.Join(got, ", ") != "return dropped order.superseded, withdraw waiting , return waiting " {
		t.Errorf("deliveries are %q", got)
	}
	if op := c.latest("N1").Ops[0]; op.State != desk.OpDropped {
		t.Errorf("the first is %s", op.State)
	}
}
