package hotline_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiesu/webhooks/hotline"
)

func TestASheetOfOrdersIsWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	o := must(hotline.ParseOrder([]byte(orderA)))
	o.ParentOrderNo, o.Level, o.Category, o.Place, o.Attachments, o.Flags, o.Ext = "", "", hotline.Category{}, hotline.Place{}, nil, hotline.Flags{}, nil
	o.Appellant.Gender, o.Appellant.Kind, o.Dispatch.CoUnits, o.Deadlines.Unit = "", "", nil, ""
	rows := must(hotline.ReadOrders(must(hotline.WriteOrders([]hotline.Order{o, o}))))
	if len(rows) != 2 || rows[1].N != 3 || rows[0].Err != nil || rows[0].Act.Key() != "2025091200000123|2|dispatch|" {
		t.Fatalf("%+v", rows)
	}
	want, got := must(json.Marshal(o)), must(json.Marshal(rows[0].Act.Order))
	if string(want) != string(got) {
		t.Errorf("%s\n%s", want, got)
	}
}

// filled is a workbook of these cells; a text that begins with = is a formula.
func filled(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for y, row := range rows {
		for x, v := range row {
			at := must(excelize.CoordinatesToCellName(x+1, y+1))
			err := book.SetCellValue("Sheet1", at, v)
			if text, is := v.(string); is && strings.HasPrefix(text, "=") {
				err = book.SetCellFormula("Sheet1", at, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var file bytes.Buffer
	if err := errors.Join(book.Write(&file), book.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestARowThatCannotBeTakenNamesItsColumnAndHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	heads := []any{"工单编号", "内容", "诉求类型", "答复期限", "备注", "派单次数"}
	rows := must(hotline.ReadOrders(filled(t, heads,
		[]any{"A1", "路灯坏了", "投诉", "2025/9/19 18:00", "随便", "1"},
		[]any{"A2", "路灯坏了", "抗议", "2025-09-19"},
		[]any{"A3", "", "投诉", ""},
		[]any{20250912000001234, "路灯坏了"},
		[]any{"A5", "=1+1"},
		[]any{"A6", "路灯坏了", "", "后天"},
		[]any{},
		[]any{"A7", "路灯坏了", "", 45919.75, "", 2},
	)))
	want := []string{"", "诉求类型", "内容", "工单编号", "内容", "答复期限", ""}
	if len(rows) != len(want) || rows[6].N != 9 {
		t.Fatalf("%+v", rows)
	}
	for i, column := range want {
		faults, is := errors.AsType[hotline.FieldErrors](rows[i].Err)
		if is != (column != "") || is && (len(faults) != 1 || faults[0].Field != column) {
			t.Errorf("row %d: %v, want %q", rows[i].N, rows[i].Err, column)
		}
	}
	first, last := rows[0].Act.Order.Deadlines.ReplyBy, rows[6].Act.Order.Deadlines.ReplyBy
	if first.Format("2006-01-02T15:04Z07:00") != "2025-09-19T18:00+08:00" || !last.Equal(first) || rows[6].Act.DispatchSeq != 2 {
		t.Errorf("%v, %v", first, last)
	}
}

func TestAWorkbookThatIsNoneIsRefusedWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file []byte
		rule string
	}{
		"no workbook":     {[]byte("PK nothing"), "工作簿"},
		"nothing":         {nil, "工作簿"},
		"too much":        {make([]byte, 5<<20), "4 MB"},
		"no orders":       {must(hotline.WriteOrders(nil)), "没有工单"},
		"a column twice":  {filled(t, []any{"工单编号", "内容", "内容"}, []any{"1", "x"}), "两次"},
		"a column missed": {filled(t, []any{"工单编号"}, []any{"1"}), "内容：缺少"},
	} {
		if _, err := hotline.ReadOrders(c.file); err == nil || !strings.Contains(err.Error(), c.rule) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsToBeTypedIsReadable(t *testing.T) {
	t.Parallel()
	file := must(hotline.WriteOps([]hotline.Op{
		{ID: "0190", Kind: hotline.OpReturn, OrderNo: "1", At: signedAt(), Return: &hotline.Return{Reason: hotline.WrongArea, Text: "=不在辖区"}},
		{ID: "0191", Kind: hotline.OpComplete, OrderNo: "2", At: signedAt(), Complete: &hotline.Complete{Result: hotline.Solved, IsTrue: new(true), Content: "已办结"}},
	}))
	book := must(excelize.OpenReader(bytes.NewReader(file)))
	rows := must(book.GetRows("Sheet1"))
	all := strings.Join(rows[1], "|") + "\n" + strings.Join(rows[2], "|")
	for _, want := range []string{"退单|2025-09-12 09:00", "非本辖区|=不在辖区", "办结|", "已解决|是|否|已办结"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is missing: %s", want, all)
		}
	}
}

// FuzzReadOrders: a file is orders or is refused.
func FuzzReadOrders(f *testing.F) {
	f.Add(must(hotline.WriteOrders([]hotline.Order{{OrderNo: "1", Content: "x"}})))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := hotline.ReadOrders(data)
		if (err == nil) != (len(rows) > 0) {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
	})
}
