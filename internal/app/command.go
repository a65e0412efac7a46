package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/config"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/server"
	"jiesu/internal/store"
)

// Serve runs the desk until ctx ends. Logs go to errs as JSON lines.
func Serve(ctx context.Context, file string, environ []string, now func() time.Time, out, errs io.Writer) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	level, err := c.Level()
	if err != nil {
		return err
	}
	log := slog.New(server.LogIDs(slog.NewJSONHandler(errs, &slog.HandlerOptions{Level: level})))
	quietTracing(log)
	gin.SetMode(gin.ReleaseMode) // a switch of the whole process, so it is set here and nowhere else
	channels, err := config.LoadChannels(c.Channels, environ)
	if err != nil {
		return err
	}
	a, err := New(ctx, c, channels, now, out, log)
	if err != nil {
		return err
	}
	return a.Run(ctx, out)
}

// Migrate brings the database to this version's schema.
func Migrate(ctx context.Context, file string, environ []string, out io.Writer) error {
	return withStore(ctx, file, environ, func(config.Config, *store.Store) error {
		_, err := fmt.Fprintln(out, "the database is up to date")
		return err
	})
}

// CopyDatabase moves what the SQLite file in the data folder holds to the PostgreSQL
// database that is configured. The keys stay where they are.
func CopyDatabase(ctx context.Context, file string, environ []string, out io.Writer) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	if c.DatabaseURL == "" {
		return errors.New("database_url is not set: it says where to")
	}
	source := c
	source.DatabaseURL = ""
	if _, err := os.Stat(source.Database()); err != nil {
		return err
	}
	if err := current(ctx, source, c.DatabaseURL); err != nil {
		return err
	}
	copied, err := store.Copy(ctx, source.Database(), c.DatabaseURL)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, t := range copied {
		if t.Rows == 0 {
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%d rows\tsha256 %x, the same in both\n", t.Table, t.Rows, t.Hash[:8])
	}
	return table.Flush()
}

// current brings two databases to this version's schema; the keys must be those of
// the first.
func current(ctx context.Context, source config.Config, target string) error {
	from, keys, err := openStore(ctx, source, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := from.Close(); err != nil {
		return err
	}
	to, err := store.Open(ctx, store.Config{URL: target, Keyring: keys.ring})
	if err != nil {
		return err
	}
	return errors.Join(to.Migrate(ctx), to.Close())
}

// Doctor prints the settings in force and checks what they lead to. It fails
// where the self-check finds something.
func Doctor(ctx context.Context, file string, environ []string, out io.Writer) error {
	return withVault(ctx, file, environ, func(c config.Config, v *vault, s *store.Store) error {
		_, _ = fmt.Fprint(out, c.Describe())
		if err := checkChannels(c.Channels, environ); err != nil {
			return err
		}
		if err := reports(ctx, &c, v, s, out); err != nil {
			return err
		}
		machine, err := examineMachine(ctx, &c, s, time.Now)
		if err != nil {
			return err
		}
		var wrong error
		for _, e := range machine {
			_, _ = fmt.Fprint(out, e)
			if e.wrong {
				wrong = ErrUnwell
			}
		}
		return cmp.Or(selfCheck(ctx, s, out), wrong)
	})
}

// reports says how the parts stand.
func reports(ctx context.Context, c *config.Config, v *vault, s *store.Store, out io.Writer) error {
	kept, err := storeReport(ctx, s)
	if err != nil {
		return err
	}
	keys, err := keysReport(ctx, v, s)
	if err != nil {
		return err
	}
	answers, err := answersReport(ctx, *c)
	if err != nil {
		return err
	}
	shared, err := redisReport(ctx, c.RedisURL)
	if err != nil {
		return err
	}
	uploads, err := scanReport(ctx, c.Clamd, s)
	if err != nil {
		return err
	}
	due, err := retentionReport(ctx, s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s%s%s# redis: %s\n# uploads: %s\n# retention: %s\n", kept, keys, answers, shared, uploads, due)
	return err
}

func storeReport(ctx context.Context, s *store.Store) (string, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return "", err
	}
	counts, err := s.JobCounts(ctx)
	if err != nil {
		return "", err
	}
	acts, err := s.Verify(ctx)
	return fmt.Sprintf("# database: reachable, schema current, audit trail of %d acts unbroken\n# accounts: %d\n# jobs: %v\n", acts, len(users), counts), err
}

func answersReport(ctx context.Context, c config.Config) (string, error) {
	known, err := loadContent(c.Library)
	if err != nil {
		return "", err
	}
	if known.library, err = judged(known.library, c.Model); err != nil {
		return "", err
	}
	signs, err := watchlist(c.Signals)
	if err != nil {
		return "", err
	}
	engine, err := engineReport(ctx, c, known.library)
	return fmt.Sprintf("# library: %d entries\n# signals: watchlist %s\n# search: %s\n", known.library.Len(), signs.Version, engine), err
}

func withStore(ctx context.Context, file string, environ []string, fn func(config.Config, *store.Store) error) error {
	return withVault(ctx, file, environ, func(c config.Config, _ *vault, s *store.Store) error { return fn(c, s) })
}

func withVault(ctx context.Context, file string, environ []string, fn func(config.Config, *vault, *store.Store) error) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	s, v, err := openStore(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(fn(c, v, s), s.Close())
}

// NewUser is an account to be added.
type NewUser struct {
	Login, Name, Unit string
	Roles             []string
}

// AddUser adds an account and prints its password.
func AddUser(ctx context.Context, file string, environ []string, n NewUser, out io.Writer) error {
	return withStaff(ctx, file, environ, func(staff *access.Service) error {
		tree, err := assignment.LoadTree()
		if err != nil {
			return err
		}
		unit, ok := tree.ByID(n.Unit)
		if !ok {
			return fmt.Errorf("no unit %q", n.Unit)
		}
		u := access.User{Login: n.Login, Name: n.Name, Unit: unit.ID, UnitPath: unit.Path}
		for _, r := range n.Roles {
			u.Roles = append(u.Roles, access.Role(r))
		}
		password, err := staff.Create(ctx, u)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\t%s\n", n.Login, password)
		return err
	})
}

// ResetUser prints a new password for an account; its second factor goes too where
// that is asked for.
func ResetUser(ctx context.Context, file string, environ []string, login string, factor bool, out io.Writer) error {
	return withStaff(ctx, file, environ, func(staff *access.Service) error {
		if factor {
			if err := staff.DropFactor(ctx, login); err != nil {
				return err
			}
		}
		password, err := staff.Reset(ctx, login)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\t%s\n", login, password)
		return err
	})
}

// ListUsers prints the accounts.
func ListUsers(ctx context.Context, file string, environ []string, out io.Writer) error {
	return withStaff(ctx, file, environ, func(staff *access.Service) error {
		users, err := staff.Users(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, u := range users {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%v\t%s\n", u.Login, u.Name, u.Roles, u.Unit)
		}
		return table.Flush()
	})
}

func withStaff(ctx context.Context, file string, environ []string, fn func(*access.Service) error) error {
	return withStore(ctx, file, environ, func(_ config.Config, s *store.Store) error {
		return fn(access.NewService(s, time.Now, access.Rules{}))
	})
}
