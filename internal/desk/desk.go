package desk

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"

	"dragoman/internal/people"
	"dragoman/pipeline"
)

// Options are what New needs. Pipeline, People and Sessions must be given.
type Options struct {
	Pipeline *pipeline.Pipeline
	People   *people.People
	// Sessions keeps sessions, so that a restart signs nobody out.
	Sessions scs.CtxStore
	// Locales are the target locales in the order in which they are shown.
	Locales []string
	// Public is the folder of the published files, "" for none; signed-in
	// people read what is in it at /public/.
	Public string
	// URL is the desk's public address where it stands behind a proxy, "" to
	// take it from requests.
	URL string
	// Secure says that browsers reach the desk over HTTPS.
	Secure bool
	// Proxies are those whose word is taken for where a request came from.
	Proxies []netip.Prefix
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Poll is how often the desk looks for changes while somebody watches,
	// 0 for the default of 1.5 s.
	Poll time.Duration
	Log  *slog.Logger
}

// Desk is the web application. It is an http.Handler.
type Desk struct {
	Options
	pipe      *pipeline.Pipeline
	sessions  *scs.SessionManager
	zone      *time.Location
	hub       *hub
	byAddress *limiter // attempts to sign in
	byName    *limiter
	mux       *http.ServeMux
	known     []route
	handler   http.Handler
}

// New makes the desk.
func New(o Options) (*Desk, error) {
	if o.Pipeline == nil || o.People == nil || o.Sessions == nil {
		return nil, errors.New("desk: Pipeline, People and Sessions must be given")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Poll <= 0 {
		o.Poll = 1500 * time.Millisecond
	}
	d := &Desk{Options: o, pipe: o.Pipeline, sessions: newSessions(o), zone: o.Pipeline.Config().Location, byAddress: newLimiter(o.Now, addressBurst, addressEvery, maxKeys), byName: newLimiter(o.Now, nameBurst, nameEvery, maxKeys)}
	if d.zone == nil {
		d.zone = time.Local
	}
	d.hub = newHub(o.Pipeline, o.Poll, o.Log)
	d.routes()
	d.handler = d.guard(d.mux)
	return d, nil
}

// ServeHTTP answers a request.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Close ends what is kept open for live updates, so that the server can shut
// down at once. It may be called twice; pages are still served after it.
func (d *Desk) Close() { d.hub.close() }

// routes is every address of the desk, with the right that it needs.
func (d *Desk) routes() {
	d.mux = http.NewServeMux()
	d.open("GET /sign-in", d.signInPage)
	d.open("POST /sign-in", d.signIn)
	d.open("GET /sign-in/provider", d.toProvider)
	d.open("GET /sign-in/back", d.fromProvider)
	d.open("POST /sign-out", d.signOut)
	d.open("POST /preferences", d.preferences)
	d.bare("GET /static/{hash}/{file}", d.staticFile)
	d.open("GET /favicon.ico", d.icon)
	d.open("GET /robots.txt", d.robots)

	d.in("GET /{$}", toRead, d.queuePage)
	d.in("GET /queue", toRead, d.queuePage)
	d.in("POST /retry", toReview, d.retry)
	d.in("GET /keyboard", toEnter, d.keyboardPage)
	d.in("POST /keyboard", toEnter, d.saveKeys)
	d.in("GET /events", toRead, d.events)
	d.in("GET /public/{path...}", toRead, d.publicFile)

	d.in("GET /glossary", toRead, d.glossaryPage)
	d.in("GET /glossary/proposed", toRead, d.proposedPage)
	d.in("GET /glossary/history", toRead, d.glossaryHistory)
	d.in("GET /glossary/export", toRead, d.exportGlossary)
	d.in("POST /glossary/learnt", toKeep, d.proposeLearnt)
	d.in("GET /glossary/import", toKeep, d.importPage)
	d.upload("POST /glossary/import", toKeep, d.importGlossary)
	d.in("GET /concepts/{id}", toRead, d.conceptPage)
	d.in("GET /concepts/new", toKeep, d.newConceptPage)
	d.in("POST /concepts", toKeep, d.addConcept)
	d.in("POST /concepts/forms", toKeep, d.conceptForms)
	d.in("GET /concepts/{id}/edit", toKeep, d.editConceptPage)
	d.in("POST /concepts/{id}/edit", toKeep, d.saveConcept)
	d.in("POST /concepts/{id}/edit/forms", toKeep, d.conceptForms)

	d.in("GET /published", toRead, d.publishedPage)
	d.in("GET /published/{id}", toRead, d.publicLog)
	d.in("GET /published/{id}/at/{line}", toRead, d.publicThen)
	d.in("GET /published/{id}/at/pictures/{folder}/{file}", toRead, d.pictureThen)
	d.in("GET /memory", toRead, d.memoryPage)
	d.in("GET /memory/templates", toRead, d.templatesPage)
	d.in("POST /memory/delete", toKeep, d.forgetPairs)
	d.in("GET /dashboard", toRead, d.dashboardPage)
	d.in("GET /engines", toRun, d.enginesPage)

	d.in("GET /changes/{id}", toRead, d.changePage)
	d.in("POST /changes/{id}/apply", toKeep, d.applyChange)
	d.in("POST /changes/{id}/discard", toKeep, d.discardChange)
	d.in("POST /changes/{id}/scope", toKeep, d.scopeChange)
	d.in("POST /changes/{id}/effect", toKeep, d.effect)
	d.in("GET /batches", toRead, d.batchesPage)
	d.in("GET /batches/{id}", toRead, d.batchPage)
	d.in("GET /batches/{id}/events", toRead, d.batchEvents)
	d.in("GET /batches/{id}/groups/{group}", toRead, d.groupPage)
	d.in("POST /batches/{id}/decide", toReview, d.decideBatch)
	d.in("POST /batches/{id}/{act}", toKeep, d.moveBatch)

	d.in("GET /editions/{id}", toRead, d.editionPage)
	d.in("GET /editions/{id}/rows", toRead, d.rows)
	d.in("GET /editions/{id}/diff", toRead, d.diffPage)
	d.in("GET /editions/{id}/history", toRead, d.historyPage)
	d.in("GET /editions/{id}/preview", toRead, d.previewPage)
	d.in("GET /editions/{id}/page", toRead, d.previewFile)
	d.in("GET /editions/{id}/pictures/{picture}", toRead, d.previewPicture)
	d.in("GET /editions/{id}/comments", toRead, d.commentsPage)
	d.in("POST /editions/{id}/comments", toRead, d.comment)
	d.in("POST /editions/{id}/comments/{remark}", toRead, d.closeComment)
	d.in("POST /editions/{id}/here", toRead, d.here)
	d.in("POST /editions/{id}/approve-clean", toReview, d.approveClean)
	d.in("POST /editions/{id}/approve", toReview, d.approveEdition)
	d.in("POST /editions/{id}/reopen", toReview, d.reopen)
	d.in("POST /editions/{id}/publish", toPublish, d.publish)
	d.in("POST /editions/{id}/withdraw", toPublish, d.withdraw)
	d.in("POST /editions/{id}/assign", toWrite, d.assign)
	d.in("POST /editions/{id}/due", toReview, d.due)

	d.in("GET /targets/{id}", toRead, d.targetPage)
	d.in("GET /targets/{id}/history", toRead, d.targetHistory)
	d.in("POST /targets/{id}/edit", toWrite, d.edit)
	d.in("POST /targets/{id}/type", toWrite, d.typing)
	d.in("POST /targets/{id}/approve", toReview, d.approve)
	d.in("POST /targets/{id}/reject", toReview, d.reject)
	d.in("POST /targets/{id}/omit", toReview, d.omit)
	d.in("POST /targets/{id}/dismiss", toReview, d.dismiss)
	d.in("POST /targets/{id}/fix", toWrite, d.fix)
	d.in("POST /targets/{id}/decide", toWrite, d.decide)
	d.in("POST /targets/{id}/restore", toWrite, d.restore)
	d.in("POST /targets/{id}/merge", toWrite, d.merge)
	d.in("POST /targets/{id}/split", toWrite, d.split)
	d.in("POST /targets/{id}/undo", toWrite, d.undo)
	d.in("POST /targets/{id}/original", toWrite, d.original)

	d.in("GET /me", toEnter, d.mePage)
	d.in("POST /me/password", toEnter, d.setOwnPassword)
	d.in("POST /me/sign-out", toEnter, d.endOwn)
	d.in("POST /me/unlink", toEnter, d.unlinkOwn)
	d.in("GET /users", toRun, d.usersPage)
	d.in("POST /users", toRun, d.addUser)
	d.in("GET /users/{id}", toRun, d.userPage)
	d.in("POST /users/{id}/roles", toRun, d.setRoles)
	d.in("POST /users/{id}/disable", toRun, d.disableUser)
	d.in("POST /users/{id}/enable", toRun, d.enableUser)
	d.in("POST /users/{id}/link", toRun, d.linkUser)
	d.in("POST /users/{id}/sign-out", toRun, d.signUserOut)
	d.in("POST /users/{id}/unlink", toRun, d.unlinkUser)
	d.in("GET /audit", toRun, d.auditPage)
	d.in("GET /audit/acts.csv", toRun, d.exportAudit("text/csv; charset=utf-8", "audit.csv", asCSV))
	d.in("GET /audit/acts.jsonl", toRun, d.exportAudit("application/jsonl; charset=utf-8", "audit.jsonl", asLines))

	d.mux.HandleFunc("/", d.nowhere)
}
