package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/idempotency"
	"regulars/internal/base/secret"
	"regulars/internal/base/webhook"
	"regulars/internal/intake"
	"regulars/internal/understand/analysis"
)

// Options are what the door needs to be opened.
type Options struct {
	Store *db.DB
	Facts *intake.Current
	Keys  *account.Authenticator
	Box   *secret.Box // seals the answers that are kept for repeated requests
	Hooks *webhook.Webhooks
	Log   *slog.Logger

	// Analyses answers analytic questions.
	Analyses *analysis.Desk
	// Session finds who is signed in with a browser; nil: nobody can be. The request is the one to be answered: what
	// needs protection from forged ones is refused by an error.
	Session func(*http.Request) (actor account.Actor, ok bool, err error)
	// Public is how others reach the server, for links; nil: without an address before them.
	Public func() string
	// Post is how links are sent to people.
	Post account.Post
	// Address is whom a request comes from; nil: the other end of the connection.
	Address func(*http.Request) netip.Addr
	// Shares is among how many processes the rates are divided; nil: this one alone.
	Shares  func() int
	Rate    Rate
	Version string
}

// API is the door.
type API struct {
	Options

	mux    *http.ServeMux
	huma   huma.API
	kept   *idempotency.Store
	limits *limits
	// guesses bounds how many codes that are none one may ask for.
	guesses *limits
	routes  []Route
	// types are what a line of a bulk request may be of.
	types     map[string]*bulkKind
	typeNames string
	// reference is the page that explains the API, made when first asked for.
	reference func() []byte
}

// Route is an entry of the table, for tests and the reference.
type Route struct {
	Method, Path string
	// Permission is needed; empty: everybody who is known may.
	Permission account.Permission
	// Open says that nobody need be known.
	Open bool
}

// onceHuma sets what huma keeps in global variables.
var onceHuma sync.Once

// New opens the door.
func New(o Options) *API {
	onceHuma.Do(func() {
		huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
			return refused(ctx.Context(), status, message, errs)
		}
		huma.ValidateStrictCasing = true
	})
	a := &API{Options: o, mux: http.NewServeMux(), kept: &idempotency.Store{DB: o.Store, Box: o.Box}, limits: newLimits(o.Rate, o.Shares),
		guesses: newLimits(Rate{PerSecond: wrongCodesSecond, Burst: wrongCodesBurst}, o.Shares)}
	if a.Address == nil {
		a.Address = peer
	}
	config := huma.DefaultConfig("Regulars", o.Version)
	config.CreateHooks = nil // no links to schemas in answers
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.RejectUnknownQueryParameters = true
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	describe(config.OpenAPI)
	a.huma = humago.New(a.mux, config)
	a.huma.UseMiddleware(a.guard)
	a.table()
	a.types = a.bulkTypes()
	a.typeNames = namesOf(a.types)
	a.reference = sync.OnceValue(a.renderReference)
	return a
}

// Routes lists what there is.
func (a *API) Routes() []Route { return a.routes }

// OpenAPI is the description of the API.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// ServeHTTP answers requests under /v1.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.nothing(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// peer is the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // a local socket
	}
	return at.Addr().Unmap()
}

type actorKey struct{}

// actor is who asks.
func actor(ctx context.Context) account.Actor {
	a, _ := ctx.Value(actorKey{}).(account.Actor)
	return a
}

// Pattern is the route that a request goes by; empty where there is none.
func (a *API) Pattern(r *http.Request) string {
	if !strings.HasPrefix(r.URL.Path, "/v1/") {
		return ""
	}
	_, pattern := a.mux.Handler(r)
	_, route, _ := strings.Cut(pattern, " ")
	return route
}

// Purge forgets answers that were kept long enough.
func (a *API) Purge(ctx context.Context) error { return a.kept.Purge(ctx) }

// schemaName is what the description calls a type: those that are not made for the wire have their package's name before
// theirs, because two packages may have one of the same.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	from := path.Base(t.PkgPath())
	if t.Name() == "" || from == "wire" || from == "api" || from == "." {
		return name
	}
	return strings.ToUpper(from[:1]) + from[1:] + name
}
