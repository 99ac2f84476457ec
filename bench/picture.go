package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"regulars/internal/base/db"
	"regulars/internal/measure/metric"
	"regulars/internal/measure/mirror"
	picture "regulars/internal/measure/report"
	"regulars/internal/record/business"
	"regulars/internal/record/schema"
)

// drawPicture asks this program to draw the picture of a store as a server does it in the background: drawPicture STORE
// [COPY]. Without a copy the database answers itself.
const drawPicture = "draw-picture"

// benchPicture is the whole picture of what is recorded: from the copy, and from a PostgreSQL database alone where there is one.
func benchPicture(ctx context.Context, o options) error {
	fmt.Println("  the whole picture with its months; aims for ten million orders: 15 s from the copy, 90 s from PostgreSQL alone")
	if err := pictureDuel(ctx, o, "from the copy", storePath(o), copyPath(o)); err != nil || o.database == "" {
		return err
	}
	store, err := schema.Open(ctx, db.Options{URL: o.database})
	if err != nil {
		return err
	}
	if err := errors.Join(makeStore(ctx, o, store), store.Close()); err != nil {
		return err
	}
	return pictureDuel(ctx, o, "from PostgreSQL", o.database)
}

// pictureDuel draws the picture of a store beside the figures of it asked of the copy by hand.
func pictureDuel(ctx context.Context, o options, name string, store ...string) error {
	me, err := self()
	if err != nil {
		return err
	}
	ours := &side{name: name, command: append([]string{me, drawPicture}, store...)}
	theirs := &side{name: "by hand in SQL, of the copy", command: []string{me, byHand, "copy", "COPY=" + copyPath(o)}}
	if err := duel(ctx, min(o.runs, 3), ours, theirs); err != nil {
		return err
	}
	report(ours, theirs)
	return agree(ours.output, theirs.output)
}

// drawOfStore draws the picture of a store and prints it.
func drawOfStore(ctx context.Context, args []string) (err error) {
	where := db.Options{Path: args[0]}
	if strings.Contains(args[0], "://") {
		where = db.Options{URL: args[0]}
	}
	store, err := schema.Open(ctx, where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	var source *mirror.Source
	if len(args) == 1 {
		source, err = mirror.Direct(ctx, store, mirror.View{})
	} else {
		var f *mirror.Follower
		if f, err = mirror.Follow(ctx, store, mirror.Options{Path: args[1]}); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		source, err = f.Source(ctx, mirror.View{})
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	euros := business.Business{Currency: "EUR", Zone: time.UTC}
	p, err := picture.FromStore(ctx, source, euros, picture.Options{Settings: metric.Settings{Period: metric.ByMonth}})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(p)
}
