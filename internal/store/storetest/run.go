package storetest

import (
	"context"
	"testing"

	"jiesu/internal/access"
	"jiesu/internal/audit"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
)

// Store is what the suite needs of an open, migrated, empty store.
type Store interface {
	desk.Store
	access.Store
	Vectors(ctx context.Context, model string, hashes [][]byte) ([]knowledge.Vector, error)
	SaveVectors(ctx context.Context, model string, vs []knowledge.Vector) error
	KeepVectors(ctx context.Context, model string, hashes [][]byte) error
	AuditLane(ctx context.Context, lane int) ([]audit.Entry, error)
	Verify(ctx context.Context) (int, error)
	Close() error
}

// Run runs the suite. open returns a store of its own for each test and closes
// it when the test is over.
func Run(t *testing.T, open func(testing.TB) Store) {
	t.Helper()
	for _, tests := range []map[string]func(*kit){work(), memory(), erasing(), channels(), telephone(), chatDesk()} {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(&kit{TB: t, Store: open(t)})
			})
		}
	}
}

// work are the tests of what is being worked on.
func work() map[string]func(*kit) {
	return map[string]func(*kit){
		"Tx/RollsEverythingBack":        testRollback,
		"Tx/FailingNeighbour":           testFailingNeighbour,
		"Tx/Panic":                      testPanic,
		"Tx/Nested":                     testNested,
		"Tx/ContextDone":                testContextDone,
		"Tx/SwallowedFailure":           testSwallowedFailure,
		"Tx/SeesItsOwnWrites":           testOwnWrites,
		"WeChat/Peer":                   testWeChatPeer,
		"WeChat/Token":                  testWeChatToken,
		"WeChat/Media":                  testWeChatMedia,
		"Ticket/RoundTrip":              testTicketRoundTrip,
		"Ticket/NotFound":               testTicketNotFound,
		"Ticket/Taken":                  testTicketTaken,
		"Ticket/Stale":                  testTicketStale,
		"Ticket/TwoClerks":              testTwoClerks,
		"Ticket/Events":                 testEvents,
		"Ticket/Drafts":                 testDrafts,
		"Ticket/OddText":                testOddText,
		"List/Order":                    testListOrder,
		"List/Sorts":                    testListSorts,
		"List/Visibility":               testListVisibility,
		"List/Filters":                  testListFilters,
		"List/BadCursor":                testListBadCursor,
		"Clock/RoundTrip":               testClockRoundTrip,
		"Clock/Due":                     testClockDue,
		"Clock/ClaimedOnce":             testClocksClaimedOnce,
		"Clock/DueFrom":                 testClocksDueFrom,
		"Calendar/Notices":              testNotices,
		"Clock/Steps":                   testClockSteps,
		"Watch/Tickets":                 testWatched,
		"Watch/Backlog":                 testBacklog,
		"Supervision/Rules":             testSupervision,
		"Supervision/Visibility":        testSupervisionIsForWhoMaySee,
		"Supervision/Circulars":         testCirculars,
		"Conversation/RoundTrip":        testConversation,
		"Conversation/Append":           testAppend,
		"Conversation/Held":             testConversationIsHeld,
		"Conversation/ConcurrentAppend": testConcurrentAppend,
		"Conversation/Duplicate":        testDuplicate,
		"Conversation/Pass":             testPass,
		"Conversation/Thread":           testThread,
		"Queue/Enqueue":                 testEnqueue,
		"Queue/ClaimedOnce":             testJobsClaimedOnce,
		"Queue/Lease":                   testLease,
		"Queue/Notifications":           testNotifications,
	}
}

// memory are the tests of what is kept beside it.
func memory() map[string]func(*kit) {
	return map[string]func(*kit){
		"Keep/Idempotency":      testIdempotency,
		"Keep/Attachment":       testAttachment,
		"Attachment/Later":      testLaterAttachment,
		"Keep/Unanswered":       testUnanswered,
		"Keep/Sweep":            testSweep,
		"Past/Tickets":          testPast,
		"Past/Links":            testLinks,
		"Past/MadeUp":           testMadeUp,
		"Unsealing/RoundTrip":   testUnsealing,
		"Callback/Waiting":      testCallbacks,
		"Appeal/RoundTrip":      testAppeals,
		"Appeal/Struck":         testStruckRatings,
		"Signal/RoundTrip":      testSignals,
		"Signal/Writers":        testWriters,
		"Consultation/Guarded":  testConsultations,
		"Consultation/Opinions": testOpinions,
		"Review/OnlyGrows":      testReviews,
		"Reply/Disclosure":      testDisclosure,
		"Reply/Undisclosed":     testUndisclosed,
		"Reply/Public":          testPublicReplies,
		"Reply/Messages":        testMessages,
		"Library/Acts":          testLibraryActs,
		"Library/Gates":         testGates,
		"Library/Given":         testGiven,
		"Lesson/Votes":          testVotes,
		"Lesson/VotesAtOnce":    testVotesAtOnce,
		"Lesson/Decision":       testDecision,
		"Lesson/Queue":          testLabelQueue,
		"Lesson/Forget":         testForgetLabel,
		"Lesson/Sweep":          testSweepLabels,
		"Lesson/Counts":         testAnswerCounts,
		"Lesson/Feedback":       testFeedback,
		"Lesson/Said":           testSaidAfter,
		"Gap/Asked":             testAsked,
		"Gap/Places":            testPlaces,
		"Gap/Moved":             testMovedQuestions,
		"Gap/Lists":             testGaps,
		"Gap/Sweep":             testSweepQuestions,
		"Vector/RoundTrip":      testVectors,
		"Vector/Keep":           testKeepVectors,
		"Directory/Units":       testUnits,
		"Directory/People":      testPeople,
		"Directory/Terms":       testTerms,
		"Directory/Catalogue":   testCatalogue,
		"Access/Users":          testUsers,
		"Access/OneOfTwo":       testOneOfTwoAdministrators,
		"Access/Sessions":       testSessions,
		"Access/Factor":         testFactor,
		"Access/ACodeOnce":      testACodeOnce,
		"Access/Identities":     testIdentities,
		"Score/Facts":           testScores,
		"Score/ManyFacts":       testManyFacts,
		"Score/Months":          testFrozenMonths,
		"Report/Cells":          testReportCells,
		"Report/Months":         testReportMonths,
		"Report/Topics":         testTopics,
		"Report/Tickets":        testCountedTickets,
		"Report/Shown":          testShown,
	}
}

// channels are the tests of what comes from other systems and goes to them, and of
// the trail.
func channels() map[string]func(*kit) {
	return map[string]func(*kit){
		"Tx/Try":                testTry,
		"Audit/Chain":           testAuditChain,
		"Audit/ConcurrentLanes": testAuditConcurrent,
		"Audit/Search":          testAuditSearch,
		"Audit/Check":           testAuditCheck,
		"Order/Dispatches":      testOrders,
		"Order/Visibility":      testOrdersVisible,
		"Order/Work":            testOrderWork,
		"Mail/Waiting":          testMail,
		"Mail/ReleasedDrafts":   testReleasedDrafts,
		"Inbound/RoundTrip":     testInbound,
		"Inbound/Lane":          testLane,
		"Delivery/Lanes":        testDeliveries,
		"Delivery/Attempts":     testAttempts,
		"Delivery/HeldRoutes":   testHeldRoutes,
		"Delivery/ClaimedOnce":  testDeliveriesClaimedOnce,
		"Delivery/TakesAPlace":  testDeliveryTakesAPlace,
		"Reach/Digest":          testDigest,
		"Reach/Settings":        testNoticeSettings,
		"Reach/Leaving":         testOptOut,
		"Reach/Counting":        testMessageCount,
		"Endpoint/RoundTrip":    testEndpoints,
		"Endpoint/Attempts":     testSentAttempts,
	}
}

// telephone are the tests of what comes by telephone, and by apps of others.
func telephone() map[string]func(*kit) {
	return map[string]func(*kit){
		"Phone/Calls":    testPhoneCalls,
		"Phone/Hotlines": testHotlineChanges,
		"Phone/Apps":     testAppRequests,
	}
}

// chatDesk are the tests of people who answer in chats.
func chatDesk() map[string]func(*kit) {
	return map[string]func(*kit){
		"Live/Chats":   testLiveChats,
		"Live/Steps":   testChatSteps,
		"Live/Clerks":  testClerks,
		"Live/Phrases": testPhrases,
	}
}

// erasing are the tests of what does not stay.
func erasing() map[string]func(*kit) {
	return map[string]func(*kit){
		"Keep/Chats":      testExpiredChats,
		"Keep/Bodies":     testExpiredBodies,
		"Keep/DueTickets": testDueTickets,
		"Keep/Erase":      testErase,
		"Keep/Holds":      testHolds,
		"Keep/Scans":      testScans,
	}
}
