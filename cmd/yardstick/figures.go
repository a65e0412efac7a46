package main

// figures are the lines of the table, in its order.
func figures() []figure {
	return []figure{
		{name: "idle socket", unit: "KiB", bound: 1.25, atMost: true, take: measureIdle},
		{name: "accept with pass", unit: "/s", bound: 0.5, take: measureAccept},
		{name: "answer, not stored", unit: "/s", bound: 0.3, take: answers},
		{name: "answer at 5,000/s, p99", unit: "ms", bound: 2, atMost: true, alone: true, take: answersPaced},
		{name: "answer to new questions", unit: "/s", take: newAnswers},
		{name: "answer to a new question, one alone, p50", unit: "ms", alone: true, take: newAnswerAlone},
		{name: "message stored and answered, SQLite", unit: "/s", bound: 0.5, take: messagesSQLite},
		{name: "message stored and answered, PostgreSQL", unit: "/s", bound: 0.35, needs: "YARDSTICK_DATABASE_URL", take: messagesPostgres},
		{name: "message at 2,000/s, p99", unit: "ms", bound: 5, atMost: true, alone: true, take: messagesPaced},
		{name: "ticket, SQLite, shared commits", unit: "/s", bound: 0.35, take: ticketsSQLite},
		{name: "ticket, SQLite, against a commit each", unit: "/s", bound: 1, take: ticketsOwnCommit},
		{name: "ticket, PostgreSQL, one statement", unit: "/s", bound: 0.5, needs: "YARDSTICK_DATABASE_URL", take: ticketsPostgres},
		{name: "ticket, one alone, p50", unit: "ms", bound: 1, atMost: true, alone: true, take: ticketAlone},
		{name: "updates of screens, per second of processor", unit: "/s", bound: 0.85, take: updates},
		{name: "plain GET", unit: "/s", bound: 0.7, take: plain},
		{name: "limiter with Redis, share of an echo", unit: "%", bound: 5, atMost: true, alone: true, needs: "YARDSTICK_REDIS_URL", take: limiter},
		{name: "ask on Meilisearch, p50", unit: "ms", bound: 1.3, atMost: true, needs: "YARDSTICK_MEILISEARCH_URL", take: remoteAnswers},
		{name: "start to ready", unit: "ms", bound: 300, atMost: true, alone: true, take: startUp},
		{name: "resident at rest", unit: "MiB", bound: 80, atMost: true, alone: true, take: atRest},
		{name: "binary", unit: "MB", bound: 60, atMost: true, alone: true, once: true, take: size},
		{name: "growth of memory under load", unit: "MiB/min", bound: 1, atMost: true, alone: true, once: true, take: soak},
	}
}
