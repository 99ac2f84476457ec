// Package notice tells members on their phones what happened to what they have: a present, a win, units that came or are about
// to run out.
//
// Nouns. A phone is a browser whose member pressed the switch for it; it names an endpoint of its push service, and keys with
// which only it reads what is sent. A kind of notice says what is told, in which words, whether it counts as news, and for how
// long it is worth telling. Who makes something happen calls Tell in the same transaction; a job finds the person's phones, and
// another one for each phone sends.
//
// What always holds: nobody is told who did not press the switch, or took the consent back that it was kept as, or has been
// erased; news goes to those alone who agreed to news as well; an endpoint belongs to one person, who used that browser
// last; a phone whose push service says that it is gone is forgotten at once, and one that is not reached time after time as
// well. In the hours that the business names nobody is told but of what they have just done themselves. Jobs hold numbers, never words: these are made when they
// are sent, in the language of the member, from what is true by then. A notice may come twice where a process is killed at
// the wrong moment; the phone shows it once, because it replaces what it shows under the same tag.
//
// What is told is declared by whom it is about (gift, draw, points, programme); this package knows none of it.
package notice
