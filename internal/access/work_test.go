package access_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"jiesu/internal/access"
	"jiesu/internal/problem"
)

// onlyLogins is a store that looks up logins and counts it; whatever else is asked of it
// ends the test.
type onlyLogins struct {
	access.Store

	users  map[string]access.User
	looked int
}

func (s *onlyLogins) UserByLogin(_ context.Context, login string) (access.User, error) {
	s.looked++
	if u, ok := s.users[login]; ok {
		return u, nil
	}
	return access.User{}, problem.New(problem.NotFound, "user.not_found", "没有这个账号。")
}

// TestARefusedSignInIsTheSameWork: whatever was wrong, one account is looked up and one
// password is compared. That takes 19 MiB, which is how it is seen here: time is not
// measured, for a busy machine says nothing by it.
func TestARefusedSignInIsTheSameWork(t *testing.T) { //nolint:paralleltest // it counts what the process allocates
	const hash, mebibytes = "$argon2id$v=19$m=19456,t=2,p=1$wKxl5cq9FSJKbCuLoYUlTw$ya5iy9Dee3nmGsuLhUMBM/ycvMz/NsfITIAFvBYbkdc", 19
	s := &onlyLogins{users: map[string]access.User{
		"known": {ID: "1", Login: "known", PasswordHash: hash}, "disabled": {ID: "2", Login: "disabled", PasswordHash: hash, Disabled: true},
	}}
	door := access.NewService(s, time.Now, access.Rules{})
	for _, login := range []string{"known", "disabled", "unknown", "", "UNKNOWN ", "known\x00"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s.looked = 0
		_, _, err := door.SignIn(t.Context(), login, "a guess", access.Place{})
		runtime.ReadMemStats(&after)
		compared := (after.TotalAlloc - before.TotalAlloc) / (mebibytes << 20)
		if s.looked != 1 || compared != 1 || !problem.HasCode(err, "session.refused") {
			t.Errorf("%q: %d accounts looked up, %d passwords compared: %v", login, s.looked, compared, err)
		}
	}
}
