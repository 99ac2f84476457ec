// Package paper draws what is printed: sheets of labels with a QR code each, and a card with one, as SVG and as PDF.
//
// A page is a list of lines, texts and codes in millimetres, laid out once; SVG and PDF are two ways of writing it down, so
// that both look alike. Texts are measured by the font that goes into the PDF, and are broken and made smaller until they
// fit. That font, Go Regular and Go Bold, has the Latin, Greek and Cyrillic scripts; for a text with other signs, such as
// Chinese ones, there is the SVG, which is drawn with the fonts of whoever opens it, and the PDF is refused with the signs
// that it lacks.
package paper
