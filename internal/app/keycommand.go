package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"jiesu/internal/audit"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

const (
	resealEvery = 15 * time.Second
	resealAfter = 3 * keysEvery   // whoever serves has read the new key
	retireAfter = 5 * time.Minute // and nobody seals under the former one, wherever its file lies
)

// reseal seals what is under earlier keys anew, and rests as long as it works.
func (a *App) reseal(ctx context.Context) error {
	for {
		began := time.Now()
		r, err := a.store.Reseal(ctx, a.now())
		if err != nil {
			return err
		}
		a.figures.unsealed.Set(float64(r.Left))
		if !r.Going {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Since(began)):
		}
	}
}

// Keyholder works with the sealing keys of an installation, for operators.
type Keyholder struct {
	File    string
	Environ []string
	Now     func() time.Time
	Out     io.Writer
}

func (k Keyholder) with(ctx context.Context, fn func(*vault, *store.Store) error) error {
	return withVault(ctx, k.File, k.Environ, func(_ config.Config, v *vault, s *store.Store) error { return fn(v, s) })
}

// changed writes down what was done to a key.
func (k Keyholder) changed(ctx context.Context, s *store.Store, act, id string) error {
	return s.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		return tx.Record(ctx, audit.Entry{At: k.Now(), Actor: "operator", Action: "keys." + act, Object: "keys", Detail: map[string]string{"key": id}})
	})
}

// Generate prints a new key that may wrap others.
func (k Keyholder) Generate(id string) error {
	c, err := config.Load(k.File, k.Environ)
	if err != nil {
		return err
	}
	line, err := seal.GenerateMaster(id, newVault(&c).suite)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(k.Out, line)
	return err
}

// List prints the keys and how many values are sealed under each.
func (k Keyholder) List(ctx context.Context) error {
	return k.with(ctx, func(v *vault, s *store.Store) error {
		f, err := v.parse(ctx, v.read)
		if err != nil {
			return err
		}
		counts, err := s.SealCounts(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(k.Out, 0, 0, 2, ' ', 0)
		for _, key := range f.Keys() {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d values\t%s\n", key.ID, key.Algorithm, wrapping(key.Master), counts[key.ID], seals(key))
			delete(counts, key.ID)
		}
		algorithm, master := f.Index()
		_, _ = fmt.Fprintf(table, "index\t%s\t%s\n", algorithm, wrapping(master))
		for _, id := range slices.Sorted(maps.Keys(counts)) {
			_, _ = fmt.Fprintf(table, "%s\tMISSING\t\t%d values\n", id, counts[id])
		}
		return table.Flush()
	})
}

func wrapping(master string) string {
	if master == "" {
		return "in clear"
	}
	return "wrapped by " + master
}

func seals(k seal.KeyInfo) string {
	if k.Current {
		return "seals"
	}
	return ""
}

// Rotate adds a key that seals from now on, and has all that is sealed under others
// sealed anew by whoever serves. A staged key seals once it is used.
func (k Keyholder) Rotate(ctx context.Context, staged bool) error {
	return k.with(ctx, func(v *vault, s *store.Store) error {
		id := ""
		err := v.edit(ctx, func(f *seal.KeyFile) error {
			id = f.Add(v.suite.Sealing, staged)
			return nil
		})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(k.Out, id); err != nil {
			return err
		}
		if staged {
			return k.changed(ctx, s, "stage", id)
		}
		return errors.Join(k.changed(ctx, s, "rotate", id), s.BeginReseal(ctx, k.Now().Add(resealAfter)))
	})
}

// Use makes a key that is there the one that seals.
func (k Keyholder) Use(ctx context.Context, id string) error {
	return k.with(ctx, func(v *vault, s *store.Store) error {
		if err := v.edit(ctx, func(f *seal.KeyFile) error { return f.Use(id) }); err != nil {
			return err
		}
		return errors.Join(k.changed(ctx, s, "use", id), s.BeginReseal(ctx, k.Now().Add(resealAfter)))
	})
}

// Rewrap wraps all keys with the last of the master keys.
func (k Keyholder) Rewrap(ctx context.Context) error {
	return k.with(ctx, func(v *vault, s *store.Store) error {
		master, err := v.masters(ctx)
		if err == nil && master == nil {
			err = errors.New("neither master_key_file nor master_key_command is set")
		}
		if err != nil {
			return err
		}
		if err := v.edit(ctx, func(*seal.KeyFile) error { return nil }); err != nil {
			return err
		}
		return k.changed(ctx, s, "rewrap", master.Current())
	})
}

// Reseal seals what is under other keys anew, now, while others serve.
func (k Keyholder) Reseal(ctx context.Context) error {
	return k.with(ctx, func(v *vault, s *store.Store) error {
		r, err := s.Resealing(ctx)
		if err != nil {
			return err
		}
		from, early := r.From, r.From.After(k.Now()) // some who serve may still seal under the former key
		if r.Done || r.Key != v.ring.Current() || early {
			err = s.BeginReseal(ctx, k.Now())
		}
		if err == nil {
			err = k.resealAll(ctx, s)
		}
		if err != nil || !early {
			return err
		}
		return s.BeginReseal(ctx, from)
	})
}

// resealAll seals values anew until none is left, and tells how far it is.
func (k Keyholder) resealAll(ctx context.Context, s *store.Store) error {
	for told := int64(0); ; {
		r, err := s.Reseal(ctx, k.Now())
		switch {
		case err != nil:
			return err
		case r.Going && r.Left == told:
			continue
		case r.Going:
			told = r.Left
			_, err = fmt.Fprintf(k.Out, "%s: %d values left\n", r.Place, r.Left)
		case !r.Done:
			return errors.New("the key was exchanged again meanwhile")
		case r.Left > 0:
			return fmt.Errorf("%d values do not open and stay under their keys: see jiesu keys list", r.Left)
		default:
			_, err = fmt.Fprintln(k.Out, "everything is sealed under", r.Key)
			return err
		}
		if err != nil {
			return err
		}
	}
}

// Retire takes a key out of the file, once nothing is sealed under it and nobody who
// serves has it for the current one any more.
func (k Keyholder) Retire(ctx context.Context, id string) error {
	return k.with(ctx, func(v *vault, s *store.Store) error {
		err := v.edit(ctx, func(f *seal.KeyFile) error {
			if err := f.Remove(id); err != nil {
				return err
			}
			r, err := s.Resealing(ctx)
			if err != nil {
				return err
			}
			counts, err := s.SealCounts(ctx)
			switch {
			case err != nil:
				return err
			case counts[id] > 0:
				return fmt.Errorf("%d values are sealed under %s: run jiesu keys reseal", counts[id], id)
			case r.Key != v.ring.Current() || k.Now().Before(r.From.Add(retireAfter)):
				return fmt.Errorf("%s may still be the current key of somebody who serves: retire it %v after resealing has begun", id, retireAfter)
			default:
				return nil
			}
		})
		if err != nil {
			return err
		}
		return k.changed(ctx, s, "retire", id)
	})
}

// keysReport is what the doctor says of keys.
func keysReport(ctx context.Context, v *vault, s *store.Store) (string, error) {
	f, err := v.parse(ctx, v.read)
	if err != nil {
		return "", err
	}
	counts, err := s.SealCounts(ctx)
	if err != nil {
		return "", err
	}
	r, err := s.Resealing(ctx)
	if err != nil {
		return "", err
	}
	var keys []string
	left := ""
	for _, k := range f.Keys() {
		keys = append(keys, strings.TrimSpace(fmt.Sprintf("%s (%s, %s, %d values) %s", k.ID, k.Algorithm, wrapping(k.Master), counts[k.ID], seals(k))))
		delete(counts, k.ID)
	}
	if !r.Done && r.Key != "" {
		left = fmt.Sprintf("; resealing at %s, %d values left", r.Place, r.Left)
	}
	report := fmt.Sprintf("# keys: %s%s\n", strings.Join(keys, ", "), left)
	if len(counts) > 0 {
		err = fmt.Errorf("values are sealed under keys that are missing: %v", counts)
	}
	return report, err
}
