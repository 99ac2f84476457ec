package wire

import (
	"encoding/json"
	"time"
)

// Job is work in the background.
type Job struct {
	ID         string          `json:"id" example:"job_80000x3aaa400"`
	Kind       string          `json:"kind" doc:"What is done." example:"import"`
	State      string          `json:"state" enum:"waiting,running,done,dead,discarded" doc:"dead: it was tried as often as it may be, and waits for somebody to replay or discard it."`
	Queue      string          `json:"queue,omitempty" doc:"Jobs of one queue do not hold up those of another."`
	Key        string          `json:"key,omitempty" doc:"While one of the same kind and key waits or runs, no second is added."`
	Payload    json.RawMessage `json:"payload" doc:"What it is about, in ids. Its form is the program's own and may change."`
	Attempts   int             `json:"attempts" doc:"How often it was tried."`
	Progress   *JobProgress    `json:"progress,omitempty"`
	Error      string          `json:"error,omitempty" doc:"Why the last attempt failed."`
	Cause      string          `json:"cause,omitempty" doc:"What was behind it, in the words of the program."`
	AddedAt    time.Time       `json:"added_at"`
	DueAt      time.Time       `json:"due_at" doc:"It does not begin before."`
	StartedAt  *time.Time      `json:"started_at,omitempty" doc:"The last time."`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
}

// JobProgress is how far a job has come, in units of its own.
type JobProgress struct {
	Done  int64  `json:"done"`
	Total int64  `json:"total,omitempty"`
	Note  string `json:"note,omitempty"`
}

// JobCounts counts the jobs there are.
type JobCounts struct {
	Counts    []JobCount    `json:"counts" nullable:"false"`
	Processes int           `json:"processes" doc:"How many processes of the program run jobs."`
	Schedules []JobSchedule `json:"schedules" nullable:"false"`
}

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind     string     `json:"kind"`
	State    string     `json:"state" enum:"waiting,running,done,dead,discarded"`
	Jobs     int64      `json:"jobs"`
	OldestAt *time.Time `json:"oldest_at,omitempty" doc:"Of those waiting: since when, or from when on, the first is due."`
}

// JobSchedule is when jobs are added by the clock.
type JobSchedule struct {
	Name   string     `json:"name"`
	Rule   string     `json:"rule" example:"daily at 03:30 Europe/Athens"`
	NextAt time.Time  `json:"next_at"`
	LastAt *time.Time `json:"last_at,omitempty"`
}
