package server

import (
	"context"
	"net/http"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	wire "jiesu/webhooks/hotline"
)

const ordersImportPath = ordersPath + "/import"

// maxOrderSheet is the size of the largest workbook that is taken.
const maxOrderSheet = 4 << 20

type orderImportInput struct {
	Platform string `query:"platform" required:"true" maxLength:"64" doc:"id of a platform without a connection"`
	Apply    bool   `query:"apply" doc:"take the rows; otherwise nothing is changed"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

type orderExportInput struct {
	Platform string `query:"platform" required:"true" maxLength:"64" doc:"id"`
}

type orderImportBody struct {
	Applied bool           `json:"applied"`
	Rows    []takenActBody `json:"rows" doc:"in the order of the sheet"`
}

type takenActBody struct {
	Row     int             `json:"row"`
	Number  string          `json:"order_no,omitempty"`
	Outcome desk.ActOutcome `json:"outcome" enum:"new,known,refused" doc:"known: it was taken before, and nothing happens"`
	Ticket  string          `json:"ticket,omitempty" doc:"number"`
	Code    string          `json:"code,omitempty" doc:"of a refusal"`
	Reason  string          `json:"reason,omitempty"`
}

func (s *Server) orderSheetRoutes() {
	register(s, operation{
		id: "import-orders", method: http.MethodPost, path: ordersImportPath, tag: "orders", status: http.StatusOK, audience: staffOnly, largest: maxOrderSheet,
		summary: "Try a workbook of dispatched orders, or take it: row by row, each once however often it is sent",
	}, func(ctx context.Context, in *orderImportInput) (*body[orderImportBody], error) {
		taken, err := s.importOrders(ctx, in.Platform, in.RawBody, in.Apply)
		return respond(orderImportBody{Applied: in.Apply, Rows: list(taken, func(t desk.TakenAct) takenActBody { return takenActBody(t) })}, err)
	})
	register(s, operation{
		id: "export-operations", method: http.MethodGet, path: ordersPath + "/export", tag: "orders", status: http.StatusOK, audience: staffOnly,
		summary: "What waits to be typed at a platform, as a workbook",
	}, func(ctx context.Context, in *orderExportInput) (*tableFile, error) {
		return s.exportOps(ctx, in.Platform)
	})
	register(s, operation{
		id: "order-sheet", method: http.MethodGet, path: ordersPath + "/form", tag: "orders", status: http.StatusOK, audience: staffOnly,
		summary: "An empty workbook to write dispatched orders into",
	}, func(context.Context, *nothing) (*tableFile, error) {
		empty, err := wire.WriteOrders(nil)
		return &tableFile{ContentType: xlsxType, Disposition: `attachment; filename="12345-orders.xlsx"`, Body: empty}, err
	})
}

// importOrders reads a workbook and tries it, or takes it.
func (s *Server) importOrders(ctx context.Context, platform string, file []byte, apply bool) (taken []desk.TakenAct, err error) {
	if len(file) > maxOrderSheet {
		return nil, problem.New(problem.TooLarge, "order.sheet", "表格太大，请分开导入。")
	}
	err = s.inTurn(ctx, func() error {
		read, err := wire.ReadOrders(file)
		if err != nil {
			return problem.New(problem.Invalid, "order.sheet", "表格无法读取："+err.Error()+"。")
		}
		rows := list(read, func(r wire.OrderRow) desk.ImportedAct {
			row := desk.ImportedAct{Row: r.N, Act: r.Act}
			if r.Err != nil {
				row.Fault = r.Err.Error()
			}
			return row
		})
		taken, err = s.desk.ImportActs(ctx, actorOf(ctx), platform, rows, apply)
		return err
	})
	return taken, err
}

func (s *Server) exportOps(ctx context.Context, platform string) (*tableFile, error) {
	waiting, err := s.desk.OrdersToType(ctx, actorOf(ctx), platform)
	if err != nil {
		return nil, err
	}
	file := tableFile{ContentType: xlsxType, Disposition: `attachment; filename="12345.xlsx"`}
	err = s.inTurn(ctx, func() error {
		file.Body, err = wire.WriteOps(list(waiting, func(op desk.OpBrief) wire.Op { return op.Op }))
		return err
	})
	return &file, err
}
