// Package folder is the data folder of a store that runs on one machine: where its files lie, and who has it open.
//
// What always holds:
//
//   - The folder and what is made in it are for their owner alone.
//   - One process has the folder at a time. It holds a lock of the operating system on a file in it, which ends with
//     the process, however it ends; what the file says of its holder is for the sentence that the next one is told.
//   - Whoever only reads the database need not have the folder: Look finds it without the lock.
//
// It does not open the files, and knows nothing of what is in them.
package folder
