package desk

import (
	"context"

	"jiesu/internal/desk/ticket/assignment"
)

// AccountNews is something people hear about an account.
type AccountNews string

// What people hear about accounts.
const (
	AccountGuessed  AccountNews = "account.guessed"      // the own one
	AccountAttacked AccountNews = "account.attacked"     // of somebody else, for security administrators
	FactorReset     AccountNews = "account.factor_reset" // the own one
)

func (n AccountNews) text(login string) string {
	switch n {
	case AccountGuessed:
		return "有人从多个地方反复尝试登录您的账号，都没有成功。您用过的电脑不受影响；密码如果在别处也用过，请马上修改。"
	case AccountAttacked:
		return "有人从多个地方反复尝试登录账号“" + login + "”，登录已放慢。请到操作日志核对来源，必要时联系本人。"
	case FactorReset:
		return "您的二次验证已由管理员重置，请到“我的账号”重新启用。如果不是您提出的，请马上联系安全保密管理员。"
	}
	return ""
}

// TellOfAccount leaves a notice for people, each in person. login names the account
// where it is not their own.
func (d *Desk) TellOfAccount(ctx context.Context, news AccountNews, login string, people []string) error {
	return d.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		for _, id := range people {
			n := Notification{ID: newID(), Unit: assignment.AboutUser(id), Kind: string(news), Text: news.text(login), At: d.at()}
			if err := tx.InsertNotification(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}
