package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/access"
	"jiesu/internal/desk"
	"jiesu/internal/desk/ticket/assignment"
)

// seed fills an empty installation with the demo organisation and its first
// accounts, whose passwords go to out this once. It does nothing when there are
// accounts already.
func seed(ctx context.Context, store desk.Store, staff *access.Service, tree *assignment.Tree, out io.Writer) error {
	known, err := staff.Users(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	err = store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error { return tx.SaveUnits(ctx, tree.Units()) })
	if err != nil {
		return fmt.Errorf("seed units: %w", err)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "First start: these accounts are shown once. Change the passwords after signing in.")
	_, _ = fmt.Fprintln(table, "LOGIN\tPASSWORD\tROLE\tUNIT")
	for _, u := range firstUsers(tree) {
		password, err := staff.Create(ctx, u)
		if err != nil {
			return fmt.Errorf("seed account %s: %w", u.Login, err)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Login, password, u.Roles[0], u.Unit)
	}
	if err := seedPosts(ctx, store); err != nil {
		return fmt.Errorf("seed posts: %w", err)
	}
	return table.Flush()
}

// seedPosts makes the posts notices end at, and lets the first accounts hold
// them.
func seedPosts(ctx context.Context, store desk.Store) error {
	at := time.Now().UTC().Truncate(time.Microsecond)
	posts := []assignment.Post{
		{ID: "taskforce-duty", Unit: assignment.TaskForce, Name: "信箱专班值班岗", Role: "taskforce"},
		{ID: "leader-in-charge", Unit: "bureau", Name: "分管局领导", Role: "leader"},
	}
	return store.InTx(ctx, func(ctx context.Context, tx desk.Tx) error {
		people, err := tx.People(ctx)
		for _, p := range posts {
			err = errors.Join(err, tx.InsertPost(ctx, p))
			for _, who := range people {
				if who.Unit == p.Unit && slices.Contains(who.Roles, p.Role) {
					id := uuid.Must(uuid.NewV7()).String()
					err = errors.Join(err, tx.InsertTerm(ctx, assignment.Term{ID: id, Kind: assignment.Holding, Post: p.ID, User: who.ID, From: at}))
				}
			}
		}
		return err
	})
}

// firstUsers are the three administrators (system, security, audit), a leader, two people of the task force, and
// a handler and a head for the units that get most letters. More are added with
// `jiesu user add`.
func firstUsers(tree *assignment.Tree) []access.User {
	var users []access.User
	add := func(login, name, unit string, role access.Role) {
		u, _ := tree.ByID(unit)
		users = append(users, access.User{Login: login, Name: name, Unit: unit, UnitPath: u.Path, Roles: []access.Role{role}})
	}
	add("admin", "系统管理员", "scitech", access.Admin)
	add("security", "安全保密管理员", "secrecy", access.Security)
	add("auditor", "安全审计员", "inspection", access.Auditor)
	add("leader", "局领导", "bureau", access.Leader)
	add("taskforce1", "专班民警甲", assignment.TaskForce, access.TaskForce)
	add("taskforce2", "专班民警乙", assignment.TaskForce, access.TaskForce)
	// Letters about the task force itself are screened by the inspection.
	add("inspection", "督察民警", "inspection", access.TaskForce)
	for _, unit := range []string{"patrol", "traffic", "criminal", "exit-entry"} {
		u, _ := tree.ByID(unit)
		add(unit, u.Name+"经办人", unit, access.Handler)
		add(unit+"-head", u.Name+"负责人", unit, access.Head)
	}
	return users
}
