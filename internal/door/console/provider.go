package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"regulars/internal/base/account"
	"regulars/internal/base/account/oidc"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
)

const flowKey = "oidc"

// client speaks with the provider that is set; with another one once the settings are others.
func (v *visit) client() (*oidc.Client, error) {
	var s oidc.Settings
	var known bool
	err := v.read(func(tx *db.Tx) (err error) { s, known, err = oidc.Load(tx, v.Post.Box); return err })
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, nothing(v)
	}
	now, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("compare the settings of the provider: %w", err)
	}
	v.lock.Lock()
	defer v.lock.Unlock()
	if v.provider == nil || v.settings != string(now) {
		v.provider, v.settings = oidc.NewClient(s, strings.TrimSuffix(v.Public(), "/")+oidc.Callback), string(now)
	}
	return v.provider, nil
}

func (v *visit) toProvider() error {
	client, err := v.client()
	if err != nil {
		return err
	}
	address, flow, err := client.Begin(v.ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(flow)
	if err != nil {
		return fmt.Errorf("keep what the browser has to bring back: %w", err)
	}
	v.Sessions.Put(v.ctx, flowKey, string(text))
	return v.leave(address)
}

func (v *visit) fromProvider() error {
	client, err := v.client()
	if err != nil {
		return err
	}
	var flow oidc.Flow
	if err := json.Unmarshal([]byte(v.Sessions.Pop(v.ctx, flowKey)), &flow); err != nil {
		return fault.Coded("sign_in_failed", &fault.Fault{Kind: fault.Unknown, Cause: errors.New("nobody in this browser was sent to the provider"),
			Message: "the provider's answer cannot be taken; begin again at the sign-in page"})
	}
	login, err := client.Finish(v.ctx, flow, v.r.URL.Query())
	if err != nil {
		return err
	}
	var u account.User
	if err := v.write(func(tx *db.Tx) (err error) { u, err = account.SignInBy(tx, login); return err }); err != nil {
		return err
	}
	return v.letIn(u)
}
