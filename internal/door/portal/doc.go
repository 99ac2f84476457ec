// Package portal is the pages of members, under /my/: join, come in by a mailed link, see what one has, take rewards, and
// decide on one's own data.
//
// What always holds: a member sees nothing but their own, and takes a copy of nothing else; every page works without a script;
// nothing is asked of another host; what is typed is not lost. Whether an e-mail is known is told to nobody who has not shown that it is theirs. What a browser
// keeps of a member is the page of their card alone, and it goes with the session.
package portal
