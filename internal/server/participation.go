package server

import (
	"context"
	"encoding/csv"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiesu/internal/desk"
)

// participationRecord sends the table while it is read. Whether the caller may
// have it is known before.
func (s *Server) participationRecord(ctx context.Context, in *consultationInput) (*download, error) {
	if _, err := s.desk.StaffConsultation(ctx, actorOf(ctx), in.ID); err != nil {
		return nil, err
	}
	return &download{
		ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="record.csv"`,
		Body: func(c huma.Context) {
			if err := s.writeRecord(ctx, c.BodyWriter(), in.ID); err != nil {
				s.log.ErrorContext(ctx, "record not written", "error", err)
			}
		},
	}, nil
}

func (s *Server) writeRecord(ctx context.Context, w io.Writer, id string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	if err := table.Write([]string{"编号", "收到时间", "渠道", "状态", "条款", "单位", "意见", "采纳情况", "理由"}); err != nil {
		return err
	}
	err := s.desk.EachOpinion(ctx, actorOf(ctx), id, func(o desk.OpinionView) error { return table.Write(recordRow(&o)) })
	table.Flush()
	if err != nil {
		return err
	}
	return table.Error()
}

func recordRow(o *desk.OpinionView) []string {
	outcome, reason := "", ""
	if d := o.Disposition; d != nil {
		outcome, reason = d.Outcome.Name(), d.Text
	}
	row := []string{
		o.Ticket.Number, shown(o.Letter.ReceivedAt).Format(time.DateTime), o.Ticket.Source.Name(), o.Ticket.Status.Name(),
		o.Letter.Fields["clause"], o.Letter.Fields["organisation"], o.Letter.Text, outcome, reason,
	}
	for i := range row {
		row[i] = inert(row[i])
	}
	return row
}
