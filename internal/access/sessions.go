package access

import (
	"bytes"
	"context"
	"slices"

	"jiesu/internal/problem"
)

// SessionsOf lists the open sessions of somebody for a security administrator, used last
// first.
func (s *Service) SessionsOf(ctx context.Context, by User, id string) ([]Session, error) {
	if err := s.maySecure(ctx, &by); err != nil {
		return nil, err
	}
	if _, err := s.store.UserByID(ctx, id); err != nil {
		return nil, err
	}
	return s.sessions(ctx, id)
}

// EndSessionsOf lets a security administrator end one session of somebody, or all of them.
func (s *Service) EndSessionsOf(ctx context.Context, by User, id, session string) error {
	act := s.act(by.ID, id, "session.end")
	if err := s.maySecure(ctx, &by); err != nil {
		return s.refused(ctx, act, err)
	}
	if _, err := s.store.UserByID(ctx, id); err != nil {
		return err
	}
	return s.endSessions(ctx, act, session, nil)
}

// OwnSessions lists the open sessions of whoever has one by token, and says which is
// theirs.
func (s *Service) OwnSessions(ctx context.Context, u User, token string) (open []Session, own string, err error) {
	open, err = s.sessions(ctx, u.ID)
	return open, (&Session{TokenHash: hashToken(token)}).ID(), err
}

// EndOwnSessions ends one session of u's own, or all but that of token.
func (s *Service) EndOwnSessions(ctx context.Context, u User, token, session string) error {
	return s.endSessions(ctx, s.act(u.ID, u.ID, "session.end"), session, hashToken(token))
}

// endSessions ends one session of a user, or all but another.
func (s *Service) endSessions(ctx context.Context, act Act, session string, but []byte) error {
	if session == "" {
		act.Detail = map[string]string{"sessions": "all"}
		if but != nil {
			act.Detail["sessions"] = "others"
		}
		return s.store.EndSessions(ctx, act, nil, but)
	}
	open, err := s.sessions(ctx, act.User)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(open, func(o Session) bool { return o.ID() == session })
	if i < 0 || bytes.Equal(open[i].TokenHash, but) { // one's own is ended by signing out
		return problem.New(problem.NotFound, "session.not_found", "这次登录已经结束。")
	}
	act.Detail = map[string]string{"sessions": "one"}
	return s.store.EndSessions(ctx, act, open[i].TokenHash, nil)
}

// sessions are the open ones of a user, or of everybody.
func (s *Service) sessions(ctx context.Context, userID string) ([]Session, error) {
	all, err := s.store.Sessions(ctx, userID)
	at := s.now()
	return slices.DeleteFunc(all, func(o Session) bool { return !o.live(at) || o.half() }), err
}
