// Package fit finds the parameters under which data are likeliest, and says how sure they are.
//
// An Objective is the negative log-likelihood an observation, over the logarithms of positive parameters, with its
// gradient. Minimise walks down from several starts by Newton steps, damped after Levenberg (1944) and Marquardt (1963)
// where the surface is flat or curves the wrong way; the curvature is the central difference of the gradients.
// Covariance is the inverse of the curvature at the end: its diagonal, times the square of the parameter, is the
// variance of the parameter itself.
//
// Regress does the same for a yes or no that depends on many features, with a penalty on large weights.
//
// What always holds: parameters stay within a factor of Farthest of 1, so that a likelihood that grows for ever (no
// drop-out, no difference between customers) ends at that wall, which Result.AtWall says, instead of failing. The same
// input gives the same bits, on any number of cores. A value that is not a number is as bad as can be.
//
// What it does not do: constraints other than positivity, more than a dozen parameters, noisy objectives.
package fit
