package hotline

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Column is one column of a sheet that stands for a platform without an interface.
type Column struct {
	Name  string // Chinese, as people read it
	field string // canonical
	codes map[string]string
}

// titles is a code table as people write it: title to code.
func titles[T ~string](table []Entry[T]) map[string]string {
	all := map[string]string{}
	for _, e := range table {
		all[e.Title] = string(e.Code)
	}
	return all
}

func yesNo() map[string]string { return map[string]string{"是": "true", "否": "false"} }

// OrderColumns are the columns of dispatched orders.
func OrderColumns() []Column {
	return []Column{
		{"工单编号", "order_no", nil},
		{"派单次数", "dispatch_seq", nil},
		{"派单编号", "dispatch_no", nil},
		{"来源", "source", titles(Sources())},
		{"诉求类型", "appeal_type", titles(AppealTypes())},
		{"紧急程度", "urgency", titles(Urgencies())},
		{"类别代码", "category.code", nil},
		{"标题", "title", nil},
		{"内容", "content", nil},
		{"发生时间", "occurred_at", nil},
		{"受理时间", "accepted_at", nil},
		{"派单时间", "dispatched_at", nil},
		{"诉求人", "appellant.name", nil},
		{"联系电话", "appellant.phone", nil},
		{"要求保密", "appellant.secret", yesNo()},
		{"要求回访", "appellant.want_callback", yesNo()},
		{"区域代码", "place.region_code", nil},
		{"地址", "place.address", nil},
		{"承办单位代码", "dispatch.lead_unit.code", nil},
		{"承办单位", "dispatch.lead_unit.name", nil},
		{"派单意见", "dispatch.opinion", nil},
		{"派单方式", "dispatch.mode", titles(Modes())},
		{"签收期限", "deadlines.sign_by", nil},
		{"退单期限", "deadlines.return_by", nil},
		{"答复期限", "deadlines.reply_by", nil},
	}
}

// OpColumns are the columns of what is to be typed into a platform.
func OpColumns() []Column {
	return []Column{
		{"操作编号", "op_id", nil},
		{"工单编号", "order_no", nil},
		{"派单次数", "dispatch_seq", nil},
		{"派单编号", "dispatch_no", nil},
		{"操作", "op", titles(OpKinds())},
		{"时间", "at", nil},
		{"操作人", "operator.name", nil},
		{"操作单位", "operator.unit_name", nil},
		{"退单原因", "return.reason_code", titles(ReturnReasons())},
		{"退单说明", "return.reason", nil},
		{"退单依据", "return.basis", nil},
		{"建议承办单位", "return.suggest_unit.name", nil},
		{"延期原因", "extend.reason", nil},
		{"延期数量", "extend.amount", nil},
		{"延期单位", "extend.unit", titles(Units())},
		{"延期后期限", "extend.new_reply_by", nil},
		{"初步答复", "progress.content", nil},
		{"联系时间", "progress.contact_at", nil},
		{"办理结果", "complete.result", titles(Results())},
		{"诉求属实", "complete.is_true", yesNo()},
		{"超职责诉求", "complete.duty_exceeded", yesNo()},
		{"办理情况", "complete.content", nil},
		{"公开答复", "complete.public_reply", nil},
		{"未解决原因", "complete.unsolved_reason", nil},
		{"推送标题", "push.title", nil},
		{"推送内容", "push.content", nil},
	}
}

// dayTime is how a date is written for people.
const dayTime = "2006-01-02 15:04"

// row is the column as a row of a mapping.
func (c *Column) row(in bool) Row {
	if in {
		return Row{To: c.field, From: c.Name, Codes: c.codes, Time: dayTime}
	}
	r := Row{To: c.Name, From: c.field, Time: dayTime}
	for title, code := range c.codes {
		if r.Codes == nil {
			r.Codes = map[string]string{}
		}
		r.Codes[code] = title
	}
	return r
}

// cells are v as people read it.
func cells(v any, columns []Column) ([]string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	t := transform{to: map[string]any{}, model: reflect.TypeOf(v)}
	if err := unmarshal(text, &t.from); err != nil {
		return nil, err
	}
	all := make([]string, len(columns))
	for i := range columns {
		r := columns[i].row(false)
		t.row(&r)
		all[i], _ = scalar(t.to[columns[i].Name])
	}
	return all, t.faults.err()
}

// OrderRow is an order as it stands in a sheet.
type OrderRow struct {
	N   int // of the sheet's row
	Act Act // its dispatch
	Err error
}

// orderRow reads a row; names are the columns' names.
func orderRow(n int, names, texts []string) OrderRow {
	from := map[string]any{}
	for i, name := range names {
		if i < len(texts) {
			from[name] = strings.TrimSpace(texts[i])
		}
	}
	t := transform{from: from, to: map[string]any{}, model: reflect.TypeFor[Order](), in: true}
	columns := OrderColumns()
	for i := range columns {
		r := columns[i].row(true)
		t.row(&r)
	}
	row := OrderRow{N: n, Err: t.faults.err()}
	if row.Err != nil {
		row.Err = named(row.Err, columns)
		return row
	}
	order, err := canonical[Order](t.to)
	if err == nil {
		row.Act = Act{Kind: ActDispatch, OrderNo: order.OrderNo, DispatchNo: order.DispatchNo, DispatchSeq: order.DispatchSeq, Order: &order}
		row.Act.complete()
		err = order.Check()
	}
	row.Err = named(err, columns)
	return row
}

// named says faults by the names of the columns.
func named(err error, columns []Column) error {
	faults, is := errors.AsType[FieldErrors](err)
	if !is {
		return err
	}
	for i := range faults {
		for j := range columns {
			if columns[j].field == faults[i].Field {
				faults[i].Field = columns[j].Name
			}
		}
	}
	return faults
}

// date reads a date as people write it, or as a workbook keeps it.
func date(text string, since1904 bool, serial func(float64, bool) (time.Time, error)) string {
	if days, err := strconv.ParseFloat(text, 64); err == nil {
		if at, err := serial(days, since1904); err == nil {
			return at.Format(dayTime)
		}
	}
	for _, layout := range []string{"2006-1-2 15:4", "2006-1-2 15:4:5", "2006/1/2 15:4", "2006/1/2 15:4:5", "2006-1-2", "2006/1/2", "2006年1月2日", "2006年1月2日 15:4"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format(dayTime)
		}
	}
	return text
}
