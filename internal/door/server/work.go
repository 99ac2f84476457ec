package server

import (
	"context"
	"slices"
	"time"

	"regulars/internal/act/byhand"
	"regulars/internal/act/draw"
	"regulars/internal/act/fraud"
	"regulars/internal/act/gift"
	"regulars/internal/act/member"
	"regulars/internal/act/notice"
	"regulars/internal/act/points"
	"regulars/internal/act/programme"
	"regulars/internal/act/referral"
	"regulars/internal/act/reward"
	"regulars/internal/base/account"
	"regulars/internal/base/db"
	"regulars/internal/base/fault"
	"regulars/internal/base/job"
	"regulars/internal/intake/upload"
	"regulars/internal/measure/letter"
	"regulars/internal/record/backup"
	"regulars/internal/record/business"
	"regulars/internal/record/fact"
	"regulars/internal/understand/forecast"
	"regulars/internal/understand/quality"
	"regulars/internal/understand/roster"
	"regulars/internal/understand/segment"
)

// kinds are the kinds of jobs that this program runs. A new one is a line here.
func (s *Server) kinds() []job.Kind {
	var more []job.Kind
	uploads := &upload.Runner{DB: s.Store, Facts: s.Facts}
	letters := &letter.Sender{Store: s.Store, Post: s.post(), Public: s.URL, Draw: s.analyses.Draw}
	if shelf := s.shelf(); shelf != nil {
		more = append(more, shelf.Job())
	}
	return append(slices.Concat(
		more,
		s.hooks.Kinds(),
		points.Kinds(s.Store, s.ledger),
		reward.JobKinds(s.Store, s.desk),
		programme.JobKinds(s.Store, s.programme),
		referral.JobKinds(s.Store, s.referrals),
		draw.JobKinds(s.Store, s.draws),
		fraud.JobKinds(s.Store, s.fraud),
		gift.JobKinds(&gift.Greeter{Store: s.Store, Post: s.post(), Public: s.URL}, s.gifts),
		letters.Kinds(),
		s.notices().JobKinds(),
	),
		uploads.Job(),
		segment.Job(s.analyses),
		(&roster.Keeper{DB: s.Store}).Job(),
		(&quality.Maker{DB: s.Store, Desk: s.analyses}).Job(),
		(&forecast.Runner{DB: s.Store, Teller: s.Facts.Teller}).Job(),
		s.post().Kind(s.Store, s.URL),
		member.Job(s.Store, s.post(), s.URL),
		(&byhand.Writer{Store: s.Store, Post: s.post(), Public: s.URL}).Job(),
		job.Kind{Name: "tidy", Run: s.tidy, Everywhere: 1, Forget: true},
	)
}

// notices is what tells members on their phones. A new kind of notice is a line here.
func (s *Server) notices() *notice.Sender {
	return &notice.Sender{Store: s.Store, Box: s.o.Box, Public: s.URL, Allow: s.o.Inside, Counted: s.metrics.told,
		Kinds: slices.Concat(points.Notices(), programme.Notices(), draw.Notices(), gift.Notices())}
}

// schedules are what is done by the clock.
func (s *Server) schedules() []job.Schedule {
	var more []job.Schedule
	if s.shelf() != nil {
		more = backup.Schedules()
	}
	return append(slices.Concat(
		more,
		s.hooks.Schedules(),
		points.Schedules(),
		reward.Schedules(),
		programme.Schedules(),
		referral.Schedules(),
		draw.Schedules(),
		fraud.Schedules(),
		gift.Schedules(),
		letter.Schedules(),
		forecast.Schedules(),
		segment.Schedules(),
		roster.Schedules(),
		quality.Schedules(),
	),
		job.Schedule{Name: "tidy", Kind: "tidy", Spec: job.Every(tidyEvery)},
	)
}

// shelf is where backups are kept; nil: nowhere.
func (s *Server) shelf() *backup.Shelf {
	if s.o.Backups == "" {
		return nil
	}
	return &backup.Shelf{DB: s.Store, Dir: s.o.Backups, Program: s.o.Version}
}

// ledger is that of the business. Before it is set up nobody has anything, and any zone will do.
func (s *Server) ledger(ctx context.Context) (*points.Ledger, error) {
	facts, err := s.Facts.Intake(ctx)
	if fault.KindOf(err) == fault.Conflict {
		return points.New(time.UTC), nil
	}
	if err != nil {
		return nil, err
	}
	return facts.Ledger(), nil
}

// referrals is what sees to who was brought by whom.
func (s *Server) referrals(ctx context.Context) (*referral.Desk, error) {
	p, err := s.programme(ctx)
	return &referral.Desk{Programme: p}, err
}

// draws is what holds prize draws.
func (s *Server) draws(ctx context.Context) (*draw.Desk, error) {
	ledger, err := s.ledger(ctx)
	return &draw.Desk{Ledger: ledger, Box: s.o.Box}, err
}

// fraud is what looks for misuse; before the business is set up there is nothing to be found.
func (s *Server) fraud(ctx context.Context) (*fraud.Desk, error) {
	facts, err := s.Facts.Intake(ctx)
	if fault.KindOf(err) == fault.Conflict {
		return &fraud.Desk{IDs: &fact.IDs{}, Zone: time.UTC}, nil
	}
	if err != nil {
		return nil, err
	}
	return facts.Fraud(), nil
}

// gifts is what gives surprises; before the business is set up there are none.
func (s *Server) gifts(ctx context.Context) (*gift.Desk, error) {
	p, err := s.programme(ctx)
	if err != nil {
		return nil, err
	}
	return &gift.Desk{Programme: p, Rewards: &reward.Desk{Ledger: p.Ledger}}, nil
}

// programme is that of the business; before it is set up there is none.
func (s *Server) programme(ctx context.Context) (*programme.Programme, error) {
	facts, err := s.Facts.Intake(ctx)
	if fault.KindOf(err) == fault.Conflict {
		return &programme.Programme{Book: &programme.Book{}, Ledger: points.New(time.UTC)}, nil
	}
	if err != nil {
		return nil, err
	}
	return facts.Programme(), nil
}

func (s *Server) desk(ctx context.Context) (*reward.Desk, error) {
	ledger, err := s.ledger(ctx)
	return &reward.Desk{Ledger: ledger}, err
}

const tidyEvery = time.Hour

// tidy forgets what has run out: answers to repeated requests, links, sessions.
func (s *Server) tidy(ctx context.Context, _ *job.Run) error {
	if err := s.askFirst(ctx); err != nil {
		return err
	}
	if err := s.API.Purge(ctx); err != nil {
		return err
	}
	if err := upload.Sweep(ctx, s.Store); err != nil {
		return err
	}
	if err := s.Store.Write(ctx, member.Sweep); err != nil {
		return err
	}
	return account.Sweep(ctx, s.Store)
}

// askFirst has done now what is done each night, where it never was: nobody waits until tomorrow for their first orders.
func (s *Server) askFirst(ctx context.Context) error {
	for _, ask := range []func(*db.Tx) error{segment.AskFirst, forecast.AskFirst, quality.AskFirst} {
		if err := s.Store.Write(ctx, ask); err != nil {
			return err
		}
	}
	return nil
}

// zone is that of the business, UTC before it has one.
func (s *Server) zone() *time.Location {
	var b business.Business
	err := s.Store.Read(context.Background(), func(tx *db.Tx) (err error) {
		b, err = business.Load(tx)
		return err
	})
	if err != nil || b.Zone == nil {
		return time.UTC
	}
	return b.Zone
}
