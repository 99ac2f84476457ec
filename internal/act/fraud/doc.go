// Package fraud finds what may be misuse of the programme, and keeps it until a person has decided about it.
//
// Nouns. A Flag says that something about a customer should be looked at: of which Kind it is, and in numbers why (its
// Evidence). It is open until a person clears it (it is nothing) or confirms it (it is misuse), with a reason. Settings say
// from where on something is flagged; each check can be switched off. A Desk looks, each night and when it is asked to.
//
// What always holds: a flag takes nothing away, blocks nothing and tells no customer anything; the most that an open one of
// high Risk does is that what the customer earns from then on is pending for longer (Longer), while a person looks. There is
// one open flag for one thing, however often it is looked for, and what was decided is not raised again for the same evidence:
// only what happened since counts. Evidence is numbers and ids, never an address, a phone number or a name, so that it tells
// nothing of who was erased; the flags of who is erased go with them. It holds numbers of other customers and of staff, so flags
// are in what the business exports of a customer and not in the copy that a member takes.
//
// What it does not do: it judges nobody, and it sees only what is recorded here. It knows no cards of payment and no devices
// but those that a business hands in as attributes of its customers.
package fraud
