// Package uplift says whom a campaign changes: not who buys, but who buys because of it.
//
// Nouns. A Trial is customers of whom chance decided who was treated, and what each did after. TwoModels learns from it:
// one classifier of those treated, one of the others; the difference of their chances is the uplift of a customer (Hansotia
// and Rukstales 2002). Qini is how much better an order of customers is than a blind one, where 1 is as good as could be
// (Radcliffe 2007); Curve is behind it. Policy is what treating a share with the highest uplift would bring.
//
// What always holds: without a random draw there is no uplift, so a Trial with an empty arm has none (NaN); what is learnt
// is judged on customers it has not seen; outcomes are yes or no.
//
// What it does not do: decide who is treated (a campaign does), estimate from customers who chose for themselves.
package uplift
