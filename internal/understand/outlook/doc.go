// Package outlook shows what package predict foretells: as text for a terminal, as a page, as JSON for programs, and as a
// file with a row a customer.
//
// FromFiles reads orders and foretells; a Page is the result with its currency. Text, HTML and Card (the JSON) all say the
// same: who is leaving, what customers are worth, how far to trust it, and how it was reckoned.
//
// What always holds: every total has its bounds; a forecast that could not be tested says so; a business with too little
// data gets a sentence, not a number; money is in whole units of the currency, and left out where the files have none;
// what stands in a file (ids of customers) cannot steer a terminal or a page.
//
// What it does not do: fit, choose or score (predict does), read files (importer does).
package outlook
