package console

import (
	"bytes"
	"context"
	"net/http"
	"net/netip"
	"sync"

	"regulars/internal/act/member"
	"regulars/internal/base/account"
	"regulars/internal/base/account/oidc"
	"regulars/internal/base/account/session"
	"regulars/internal/base/chart"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/idempotency"
	"regulars/internal/base/locale"
	"regulars/internal/base/trace"
	"regulars/internal/base/webhook"
	"regulars/internal/intake"
	"regulars/internal/measure/report"
	"regulars/internal/record/backup"
	"regulars/internal/understand/analysis"
)

// Options are what the pages need.
type Options struct {
	Store    *db.DB
	Post     account.Post
	Sessions *session.Sessions
	Hasher   *account.Hasher
	// Origins tells whether a request comes from a page of this site.
	Origins *http.CrossOriginProtection
	// Public is how others reach the server.
	Public func() string
	// Secure says that browsers speak TLS with it.
	Secure bool
	// Address is whom a request comes from.
	Address func(*http.Request) netip.Addr
	// Analyses answers analytic questions.
	Analyses *analysis.Desk
	// Draw draws the loyalty picture of the facts as they are now; nil: Analyses does.
	Draw func(context.Context) (*report.Picture, error)
	// Hooks keeps the endpoints of webhooks, and what was sent to them.
	Hooks *webhook.Webhooks
	// Charts draws its charts; nil: the picture is without.
	Charts *chart.Renderer
	Facts  *intake.Current
	// Renew takes the sample away that is kept here, and gives the way to the first page of what begins then; nil: it cannot.
	Renew func(context.Context) (way string, err error)
	// Backups is where backups are kept; nil: nowhere.
	Backups *backup.Shelf
	// Changed is told that what is known of the business changed; nil: nobody is.
	Changed func()
}

// Console is the pages.
type Console struct {
	Options
	*pages

	gate    *account.Gate
	kept    *idempotency.Store // answers to forms that may be pressed twice
	picture *loyalty
	handler http.Handler

	rehearsing sync.Mutex
	debts      debts
	wrongCodes wrong // that were looked for at tills

	lock     sync.Mutex
	provider *oidc.Client // as the settings were when it was made
	settings string
}

// New makes the pages.
func New(o Options) (*Console, error) {
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Draw == nil {
		o.Draw = o.Analyses.Draw
	}
	c := &Console{Options: o, gate: account.NewGate(o.Store, o.Hasher, o.Post), kept: &idempotency.Store{DB: o.Store, Box: o.Post.Box},
		picture: &loyalty{draw: o.Draw}}
	var err error
	if c.pages, err = read(); err != nil {
		return nil, err
	}
	// Load comes after the check: who is refused has no session to be read.
	pages, foreigners := o.Sessions.Load(c.routes()), c.serve(foreign)
	c.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.Origins.Check(r) != nil {
			foreigners.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
	return c, nil
}

// routes is all pages.
func (c *Console) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(*visit) error{
		"GET /{$}":                                      (*visit).home,
		"POST /begin/away":                              (*visit).putAway,
		"GET /setup/{token}":                            (*visit).showSetup,
		"POST /setup/{token}":                           (*visit).setup,
		"GET /look-around/{token}":                      (*visit).lookAround,
		"GET /sample/remove":                            (*visit).askRemoval,
		"POST /sample/remove":                           (*visit).removeSample,
		"GET /sign-in":                                  (*visit).showSignIn,
		"POST /sign-in":                                 (*visit).signIn,
		"GET /sign-in/code":                             (*visit).showCode,
		"POST /sign-in/code":                            (*visit).code,
		"POST /sign-out":                                (*visit).signOut,
		"GET /invitation/{token}":                       (*visit).showInvitation,
		"POST /invitation/{token}":                      (*visit).accept,
		"GET /forgot":                                   (*visit).showForgot,
		"POST /forgot":                                  (*visit).forgot,
		"GET /password/{token}":                         (*visit).showPassword,
		"POST /password/{token}":                        (*visit).password,
		"GET /oidc/start":                               (*visit).toProvider,
		"GET /oidc/callback":                            (*visit).fromProvider,
		"GET /account":                                  (*visit).showAccount,
		"POST /account/password":                        (*visit).changePassword,
		"POST /account/phone":                           (*visit).beginPhone,
		"POST /account/phone/code":                      (*visit).confirmPhone,
		"POST /account/phone/off":                       (*visit).phoneOff,
		"POST /account/sessions":                        (*visit).endSession,
		"POST /account/language":                        (*visit).speak,
		"GET /users":                                    (*visit).showUsers,
		"POST /users":                                   (*visit).invite,
		"POST /users/{id}/link":                         (*visit).newLink,
		"POST /users/{id}/state":                        (*visit).setState,
		"POST /users/{id}/role":                         (*visit).setRole,
		"GET /keys":                                     (*visit).showKeys,
		"POST /keys":                                    (*visit).makeKey,
		"POST /keys/{id}/revoke":                        (*visit).revokeKey,
		"GET /picture":                                  (*visit).showPicture,
		"GET /data":                                     (*visit).showData,
		"GET /data/quality":                             (*visit).showQuality,
		"POST /data/quality":                            (*visit).lookAgain,
		"GET /data/duplicates":                          (*visit).showDuplicates,
		"POST /data/duplicates":                         (*visit).tellApart,
		"GET /data/{id}":                                (*visit).showFile,
		"POST /data/{id}/reading":                       (*visit).readAs,
		"POST /data/{id}/start":                         (*visit).start,
		"GET /data/{id}/rejected":                       (*visit).rejected,
		"GET /customers":                                (*visit).showCustomers,
		"GET /customers/{id}":                           (*visit).showCustomer,
		"POST /customers/{id}/points":                   (*visit).adjust,
		"POST /customers/{id}/access":                   (*visit).admit,
		"GET /customers/list.csv":                       (*visit).exportCustomers,
		"GET /customers/list.xlsx":                      (*visit).exportCustomers,
		"GET /customers/new":                            (*visit).showNewCustomer,
		"POST /customers/new":                           (*visit).newCustomer,
		"POST /customers/{id}/orders":                   (*visit).typeOrder,
		"POST /customers/{id}/consents":                 (*visit).agree,
		"POST /customers/{id}/withdraw":                 (*visit).withdraw,
		"POST /customers/{id}/notes":                    (*visit).addNote,
		"POST /customers/{id}/notes/remove":             (*visit).removeNote,
		"POST /customers/{id}/phones/remove":            (*visit).removePhone,
		"POST /customers/{id}/merge":                    (*visit).findOther,
		"GET /customers/{id}/merge/{other}":             (*visit).askMerge,
		"POST /customers/{id}/merge/{other}":            (*visit).merge,
		"GET /customers/{id}/unmerge/{other}":           (*visit).askUnmerge,
		"POST /customers/{id}/unmerge/{other}":          (*visit).unmerge,
		"GET /customers/{id}/export":                    (*visit).exportCustomer,
		"GET /customers/{id}/erase":                     (*visit).askErase,
		"POST /customers/{id}/erase":                    (*visit).eraseCustomer,
		"GET /till":                                     (*visit).showTill,
		"GET /till/offline":                             (*visit).showTillAlone,
		"GET /till/state":                               (*visit).tillState,
		"POST /till/waiting":                            (*visit).takeWaiting,
		"GET /till/worker.js":                           (*visit).tillWorker,
		"GET /till/join":                                (*visit).showTillJoin,
		"POST /till/join":                               (*visit).joinAtTill,
		"GET /till/{id}":                                (*visit).showTillCustomer,
		"POST /till/{id}/join":                          (*visit).enrolAtTill,
		"POST /till/{id}/quote":                         (*visit).quoteSale,
		"POST /till/{id}/sale":                          (*visit).sell,
		"POST /till/{id}/return":                        (*visit).bringBack,
		"POST /till/{id}/redeem":                        (*visit).redeem,
		"POST /till/{id}/use":                           (*visit).handOver,
		"POST /till/{id}/refund":                        (*visit).giveUp,
		"POST /till/{id}/units":                         (*visit).spend,
		"GET /assets/code-worker.js":                    (*visit).codeWorker,
		"GET /assets/till.js":                           (*visit).tillScript,
		"GET /jobs":                                     (*visit).showJobs,
		"POST /jobs/{id}/replay":                        (*visit).replayJob,
		"POST /jobs/{id}/discard":                       (*visit).discardJob,
		"GET /predictions":                              (*visit).showPredictions,
		"POST /predictions":                             (*visit).refit,
		"GET /predictions/customers":                    (*visit).showPredicted,
		"GET /next":                                     (*visit).showNext,
		"GET /next/actions.csv":                         (*visit).exportNext,
		"GET /trail":                                    (*visit).showTrail,
		"GET /segments":                                 (*visit).showSegments,
		"GET /segments/{segment}":                       (*visit).showSegment,
		"GET /segments/{segment}/customers.csv":         (*visit).exportSegment,
		"GET /segments/{segment}/customers.xlsx":        (*visit).exportSegment,
		"GET /cohorts":                                  (*visit).showCohorts,
		"GET /measures":                                 (*visit).showMeasures,
		"GET /measures/{measure}":                       (*visit).showMeasure,
		"POST /measures/{measure}/goal":                 (*visit).setGoal,
		"GET /letters":                                  (*visit).showLetters,
		"POST /letters":                                 (*visit).chooseLetters,
		"GET /initiatives":                              (*visit).showInitiatives,
		"POST /initiatives":                             (*visit).addInitiative,
		"POST /initiatives/remove":                      (*visit).removeInitiative,
		"GET /costs":                                    (*visit).showCosts,
		"POST /costs":                                   (*visit).addCost,
		"POST /costs/remove":                            (*visit).removeCost,
		"GET /by-hand":                                  (*visit).showHandLimits,
		"POST /by-hand":                                 (*visit).saveHandLimits,
		"POST /by-hand/requests/{id}":                   (*visit).decideAsked,
		"GET /business":                                 (*visit).showBusiness,
		"POST /business":                                (*visit).saveBusiness,
		"GET /parameters":                               (*visit).showParameters,
		"POST /parameters":                              (*visit).saveParameters,
		"POST /parameters/predictions":                  (*visit).savePrediction,
		"GET /backups":                                  (*visit).showBackups,
		"POST /backups":                                 (*visit).saveBackups,
		"POST /backups/make":                            (*visit).makeBackup,
		"GET /backups/{name}":                           (*visit).giveBackup,
		"GET /mail":                                     (*visit).showMail,
		"POST /mail":                                    (*visit).saveMail,
		"POST /mail/test":                               (*visit).testMail,
		"GET /member-pages":                             (*visit).showMemberPages,
		"POST /member-pages/logo/remove":                (*visit).removeLogo,
		"GET /webhooks":                                 (*visit).showHooks,
		"POST /webhooks":                                (*visit).addHook,
		"GET /webhooks/{id}":                            (*visit).showHook,
		"POST /webhooks/{id}":                           (*visit).changeHook,
		"POST /webhooks/{id}/enabled":                   (*visit).enableHook,
		"POST /webhooks/{id}/rotate":                    (*visit).rotateHook,
		"POST /webhooks/{id}/delete":                    (*visit).deleteHook,
		"POST /webhooks/{id}/test":                      (*visit).testHook,
		"POST /webhooks/{id}/replay":                    (*visit).replayStretch,
		"GET /webhooks/{id}/{message}":                  (*visit).showTold,
		"POST /webhooks/{id}/{message}/replay":          (*visit).replayTold,
		"GET /programme":                                (*visit).showProgramme,
		"GET /packages":                                 (*visit).showPackages,
		"POST /packages":                                (*visit).makeBatch,
		"GET /packages/{batch}":                         (*visit).showBatch,
		"POST /packages/{batch}/stop":                   (*visit).stopBatch,
		"GET /packages/{batch}/sheet":                   (*visit).printBatch,
		"GET /customers/{id}/insert/{format}":           (*visit).insert,
		"GET /programme/new":                            (*visit).showNewProgramme,
		"POST /programme/new":                           (*visit).newProgramme,
		"GET /programme/waiting":                        (*visit).showWaiting,
		"GET /programme/{version}":                      (*visit).showVersion,
		"POST /programme/{version}":                     (*visit).editProgramme,
		"POST /programme/{version}/publish":             (*visit).publishProgramme,
		"POST /programme/{version}/discard":             (*visit).discardProgramme,
		"POST /programme/blank":                         (*visit).blankProgramme,
		"POST /programme/{version}/draft":               (*visit).copyProgramme,
		"GET /programme/{version}/rules":                (*visit).showRuleChoices,
		"POST /programme/{version}/act":                 (*visit).actOnPiece,
		"GET /programme/{version}/example":              (*visit).showExample,
		"GET /programme/{version}/{piece}":              (*visit).showPiece,
		"POST /programme/{version}/{piece}":             (*visit).savePiece,
		"GET /rewards":                                  (*visit).showRewards,
		"GET /rewards/{reward}":                         (*visit).showReward,
		"POST /rewards/{reward}/left":                   (*visit).restock,
		"GET /rewards/{reward}/customers.csv":           (*visit).exportTakers,
		"GET /owed":                                     (*visit).showOwed,
		"GET /referrals":                                (*visit).showReferrals,
		"GET /draws":                                    (*visit).showDraws,
		"GET /draws/new":                                (*visit).showNewDraw,
		"POST /draws/new":                               (*visit).newDraw,
		"GET /draws/{draw}":                             (*visit).showDraw,
		"POST /draws/{draw}":                            (*visit).changeDraw,
		"POST /draws/{draw}/translations":               (*visit).translateDraw,
		"POST /draws/{draw}/discard":                    (*visit).discardDraw,
		"POST /draws/{draw}/publish":                    (*visit).publishDraw,
		"POST /draws/{draw}/close":                      (*visit).closeDraw,
		"POST /draws/{draw}/draw":                       (*visit).drawDraw,
		"POST /draws/{draw}/cancel":                     (*visit).cancelDraw,
		"GET /fraud":                                    (*visit).showFraud,
		"POST /fraud/look":                              (*visit).lookForFraud,
		"POST /fraud/{id}/decide":                       (*visit).decideFlag,
		"GET /fraud/limits":                             (*visit).showFraudLimits,
		"POST /fraud/limits":                            (*visit).saveFraudLimits,
		"GET /assets/live.js":                           (*visit).liveScript,
		"GET /assets/console.css":                       (*visit).stylesheet,
		"/":                                             nothing,
		"GET /gifts":                                    (*visit).showGifts,
		"POST /gifts/letters":                           (*visit).saveGiftLetters,
		"GET /gifts/holidays":                           (*visit).showHolidays,
		"POST /gifts/holidays":                          (*visit).saveHolidays,
		"GET /gifts/new":                                (*visit).showNewSurprise,
		"POST /gifts/new":                               (*visit).newSurprise,
		"GET /gifts/surprises/{surprise}":               (*visit).showSurprise,
		"POST /gifts/surprises/{surprise}":              (*visit).changeSurprise,
		"POST /gifts/surprises/{surprise}/translations": (*visit).translateSurprise,
		"POST /gifts/surprises/{surprise}/plan":         (*visit).planSurprise,
		"POST /gifts/surprises/{surprise}/cancel":       (*visit).cancelSurprise,
		"POST /gifts/surprises/{surprise}/discard":      (*visit).discardSurprise,
	} {
		mux.Handle(pattern, c.serve(handle))
	}
	mux.Handle("POST /member-pages", c.bounded((*visit).saveMemberPages, termsMost))
	mux.Handle("POST /member-pages/logo", c.bounded((*visit).saveLogo, member.LogoMost+bodyMost))
	mux.Handle("POST /rewards/{reward}/codes", c.bounded((*visit).addCodes, codesMost))
	mux.Handle("POST /data", c.page((*visit).takeFile)) // whose body is a file, read as it comes
	return mux
}

// ServeHTTP answers requests for pages.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// bodyMost bounds what a form may hold.
const bodyMost = 64 << 10

// serve makes a handler of a page.
func (c *Console) serve(handle func(*visit) error) http.Handler { return c.bounded(handle, bodyMost) }

// bounded makes a handler of a page whose form may hold so many bytes.
func (c *Console) bounded(handle func(*visit) error, most int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		c.page(func(v *visit) error {
			if r.Method == http.MethodPost {
				if err := r.ParseForm(); err != nil {
					return fault.Coded("form_too_large", fault.Invalidf("the form holds more than it can"))
				}
			}
			return handle(v)
		}).ServeHTTP(w, r)
	})
}

// page makes a handler of a page that reads the body itself.
func (c *Console) page(handle func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r, ctx: r.Context(), l: c.language(w, r)}
		if err := handle(v); err != nil {
			v.fail(err)
		}
	})
}

// visit is a request for a page, and what is known of it.
type visit struct {
	*Console

	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context //nolint:containedctx // of the request that the visit is
	l   *locale.Locale
	me  *account.User // who has signed in, once asked for
}

// user is who has signed in; one who has not is sent to do so.
func (v *visit) user() (u account.User, ok bool, err error) {
	if v.me != nil {
		return *v.me, true, nil
	}
	if u, ok, err = v.Sessions.User(v.ctx); err != nil || !ok {
		return u, ok, err
	}
	v.me = &u
	v.l = v.Locales[u.Language]
	return u, true, nil
}

// actor is the user as who acts, with the request for the trail.
func (v *visit) actor(u account.User) account.Actor {
	a := u.Actor()
	a.Request = trace.ID(v.ctx)
	return a
}

// signedIn calls the page for who has signed in, and sends others to the sign-in page.
func (v *visit) signedIn(page func(u account.User) error) error {
	u, ok, err := v.user()
	if err != nil {
		return err
	}
	if !ok {
		return v.leave("/sign-in")
	}
	return page(u)
}

// allowed calls the page for somebody who has signed in and may do what it needs.
func (v *visit) allowed(need account.Permission, page func(by account.Actor) error) error {
	return v.signedIn(func(u account.User) error {
		by := v.actor(u)
		if err := by.Require(need); err != nil {
			return err
		}
		return page(by)
	})
}

// leave sends the browser to another page, to be read with GET.
func (v *visit) leave(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

func (v *visit) read(fn func(tx *db.Tx) error) error  { return v.Store.Read(v.ctx, fn) }
func (v *visit) write(fn func(tx *db.Tx) error) error { return v.Store.Write(v.ctx, fn) }

func (v *visit) stylesheet() error {
	v.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	v.w.Header().Set("Cache-Control", "public, max-age=300")
	http.ServeContent(v.w, v.r, "", started, bytes.NewReader(v.Style))
	return nil
}

// foreign refuses a form that was sent from another site.
func foreign(*visit) error {
	return fault.Coded("other_site", fault.Forbiddenf("this form was sent from another site; open the page here, and send it again"))
}

func nothing(*visit) error {
	return fault.Coded("no_page", fault.NotFoundf("there is no such page"))
}
