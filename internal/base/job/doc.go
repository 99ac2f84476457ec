// Package job is durable work in the background: added in the caller's transaction, run by whichever process has room,
// tried again until it succeeds or is given up.
//
// What always holds:
//
//   - A job is there if and only if the transaction that added it is. It runs at least once, and its end (done, tried
//     later, dead) is written once: by the run that has the last claim. What Finish and Step write in the same
//     transaction is there once, however often processes are killed.
//   - Of one kind and key, one job at most waits or runs. Adding it again gives the one that is there.
//   - Limits hold: Concurrency in each process, Everywhere and PerQueue over all of them.
//   - A process that stops hands its jobs back, and that costs them no attempt. The jobs of one that was killed are
//     taken over once its beat has stood still for a lease, by whoever notices first; that costs an attempt, so that a
//     job that kills its process is dead in the end. A run whose job was taken over can write nothing more.
//   - A tick of a schedule adds one job over all processes; ticks that were missed add one together. A tick that comes
//     while the job of an earlier one waits or runs is that job's.
//
// A payload holds ids, never names, addresses or other personal data: it outlives what it is about, and staff read it.
// So do Progress and the text of errors, of which only faults are kept as they are.
//
// Jobs are in no backup. What must happen is a state among the facts, which a schedule looks for; a restored store does
// not send again what the one it was made from has sent.
//
// The payload of an outside effect is not this package's: a run that was interrupted does it again, so it is to be safe
// to repeat, or told apart by the job's id.
package job
