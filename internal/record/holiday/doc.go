// Package holiday is the days on which businesses give presents: those of the country that they are in, and days of their own.
//
// Nouns. A holiday has a key, such as easter, that says the same in every country that has it, and a day in each year. The
// calendar is what a business keeps: its country's holidays, less those that are switched off, and its own days.
//
// What always holds: days that move are worked out, for any year, by the rules of those who keep them: Easter by the tables of
// the Western and of the Orthodox church, Chinese months by the new moons and the course of the sun over Beijing. A day on
// 29 February is the 28th in the years between.
//
// It is no list of days off: what stands in it is what people give each other something for. It gives nothing.
package holiday
