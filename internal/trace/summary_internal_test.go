package trace

import "testing"

// Of a statement its operation and table are told, never a value.
func TestSummary(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"INSERT INTO ticket (id, number) VALUES ($1, $2)":          {"INSERT", "ticket"},
		`INSERT INTO "text_token" ("id") VALUES ('from zhangsan')`: {"INSERT", "text_token"},
		"select id\n\tfrom ticket AS t WHERE title = 'a'":          {"SELECT", "ticket"},
		"UPDATE job SET state = 'ready'":                           {"UPDATE", "job"},
		`UPDATE "clock" AS "clock" SET "due_at" = '2026-01-01'`:    {"UPDATE", "clock"},
		"DELETE FROM pass WHERE expires_at < $1":                   {"DELETE", "pass"},
		"SELECT 'said from zhangsan' FROM letter":                  {"SELECT", ""},
		"SELECT number FROM (SELECT 1) AS x":                       {"SELECT", ""},
		`SELECT * FROM (SELECT "id" FROM "ticket" AS "t") AS x`:    {"SELECT", "ticket"},
		"SAVEPOINT try": {"SAVEPOINT", ""},
		"WITH due AS (SELECT id FROM job) UPDATE job SET state = 'ready'": {"WITH", ""},
		"": {"", ""},
	} {
		if operation, table := summary(text); operation != want[0] || table != want[1] {
			t.Errorf("%q: %q %q", text, operation, table)
		}
	}
}
