package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"regulars/internal/base/account"
	"regulars/internal/base/fault"
	"regulars/internal/base/trace"
)

// guard lets through who may, as often as they may, and a repeated POST only once.
func (a *API) guard(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	op := ctx.Operation()
	route, _ := op.Metadata[routeKey].(Route)
	if route.Open {
		next(ctx)
		return
	}
	who, err := a.Who(r)
	if err == nil && route.Permission != "" {
		err = who.Require(route.Permission)
	}
	if err != nil {
		refuse(w, r, err)
		return
	}
	who.Request = trace.ID(r.Context())
	c := context.WithValue(r.Context(), actorKey{}, who)
	r = r.WithContext(context.WithValue(c, urlKey{}, r.URL))
	if err := a.limits.take(w.Header(), who.ID); err != nil {
		refuse(w, r, err)
		return
	}
	if r.ContentLength > op.MaxBodyBytes && op.MaxBodyBytes > 0 {
		refuse(w, r, fault.Coded(codeTooLarge, fault.Invalidf("the body has %d bytes, and this address takes %d; send less at once",
			r.ContentLength, op.MaxBodyBytes)))
		return
	}
	if r.Method == http.MethodPost && r.Header.Get(idempotencyHeader) != "" && !isStream(op) {
		a.once(op, w, r, next)
		return
	}
	if isStream(op) {
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, &streamRequest{r, http.NewResponseController(w)}))
	}
	next(humago.NewContext(op, r, w))
}

// Who finds out who asks: by a key, else by the session of a browser.
func (a *API) Who(r *http.Request) (account.Actor, error) {
	if head := r.Header.Get("Authorization"); head != "" {
		kind, secret, _ := strings.Cut(head, " ")
		if !strings.EqualFold(kind, "Bearer") {
			return account.Actor{}, fault.Unknownf("send the key as Authorization: Bearer rk_live_...")
		}
		return a.Keys.Key(r.Context(), strings.TrimSpace(secret), a.Address(r))
	}
	if a.Session != nil {
		who, ok, err := a.Session(r)
		if err != nil || ok {
			return who, err
		}
	}
	return account.Actor{}, fault.Unknownf("send a key as Authorization: Bearer rk_live_...; regulars key create makes one")
}

// refuse answers with the problem that the error is.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problem(r.Context(), err)
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="regulars"`)
	}
	write(w, p)
}
