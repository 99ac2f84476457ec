// Package predict says who will buy again, how often, and what it will be worth, from the days on which customers
// bought, and how far that has been right before.
//
// Nouns. A Stat is all that the models need of a customer: repeat purchase days, the day of the last one and the age, both
// counted from the first, in days; and the sum of the logarithms of the gaps. A Sample is many customers, equal ones once
// with their count. A Model is a law with its parameters; a Fit is a Model with how it was found and how sure it is.
// A BackTest is a Fit made without the last months, held against them. A Card says all of it, for a reader to judge.
//
// Laws, and whose they are: NBD (Ehrenberg 1959), Pareto/NBD (Schmittlein, Morrison and Colombo 1987; Fader and Hardie
// 2005), BG/NBD (Fader, Hardie and Lee 2005), MBG/NBD (Batislam, Denizel and Filiztekin 2007), BG/CNBD-k and MBG/CNBD-k
// (Platzer and Reutterer 2016), BG/BB (Fader, Hardie and Shang 2010), Gamma-Gamma for spending (Fader and Hardie 2013),
// and by contract sBG (Fader and Hardie 2007) and BdW (Fader, Hardie, Liu, Davin and Steenburgh 2018).
//
// What always holds: times are days; log-likelihood and BIC are stated with time in weeks and money in whole units, as
// the papers print them. No sample makes a fit fail: where data cannot tell, Degenerate says so in Why. The same input
// gives the same bits. A back-test sees nothing of what it is tested on. Purchases of one day are one purchase.
//
// What it does not do: learn from labels (that is a classifier's work), judge why customers leave, store anything.
package predict
