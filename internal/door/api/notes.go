package api

import (
	"context"
	"crypto/rand"
	"strings"

	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/door/api/wire"
	"regulars/internal/record/customer"
	"regulars/internal/record/fact"
)

func (a *API) listNotes(ctx context.Context, in *CustomerIn) (*Listed[wire.Note], error) {
	var all []customer.Note
	err := a.Store.Read(ctx, func(tx *db.Tx) error {
		members, _, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		all, err = customer.Notes(tx, members...)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &Listed[wire.Note]{Body: wire.Page[wire.Note]{Data: make([]wire.Note, 0, len(all))}}
	for i := range all {
		n := &all[i]
		out.Body.Data = append(out.Body.Data, wire.Note{ID: n.ID, Text: n.Text, WrittenBy: n.Name, WrittenAt: n.Written.UTC()})
	}
	return out, nil
}

type noteIn struct {
	CustomerIn

	Body wire.Note
}

// NoteOut is a note as it was kept.
type NoteOut struct {
	Status int
	Body   wire.Note
}

func (a *API) addNote(ctx context.Context, in *noteIn) (*NoteOut, error) {
	by := noted(ctx)
	n := customer.Note{ID: "note_" + strings.ToLower(rand.Text()), Text: in.Body.Text, Writer: by.ID, Name: by.Name}
	out := &NoteOut{Status: 201}
	err := a.Store.Write(ctx, func(tx *db.Tx) error {
		_, root, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		if _, err := customer.AddNote(tx, root, n); err != nil {
			return err
		}
		out.Body = wire.Note{ID: n.ID, Text: n.Text, WrittenBy: n.Name, WrittenAt: tx.Now.UTC()}
		return a.did(ctx, tx, "customer.note_added", fact.PublicID(fact.CustomerPrefix, root), []string{"text"}, 1)
	})
	return out, err
}

type noteOfIn struct {
	CustomerIn

	Note string `path:"note" maxLength:"60" doc:"Id of the note."`
}

func (a *API) removeNote(ctx context.Context, in *noteOfIn) (*DoneOut, error) {
	return done(a.Store.Write(ctx, func(tx *db.Tx) error {
		members, root, err := a.everybody(tx, in.ID)
		if err != nil {
			return err
		}
		gone, err := customer.RemoveNote(tx, in.Note, members...)
		if err == nil && !gone {
			err = fault.Coded("not_found", fault.NotFoundf("there is no such note"))
		}
		if err != nil {
			return err
		}
		return a.did(ctx, tx, "customer.note_removed", fact.PublicID(fact.CustomerPrefix, root), nil, 1)
	}))
}
