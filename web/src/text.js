// How wide a text is, without a browser to ask. The widths are rounded averages of common sans-serif system fonts,
// in hundredths of the font size; what is not listed is taken as one em for East Asian text and .6 em otherwise.
// Labels are placed by this, so it errs on the wide side.

const narrow = " \u00a0.,:;!'|ijlI·";
const half = 'frt()[]{}-/\\"*"`°';
const wide = "mwMWЖШЩЮМФшщюжмф@%—";

function charWidth(char) {
  const code = char.codePointAt(0);
  if (code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xffef && code !== 0xfe0f))) {
    return 1;
  }
  if (code >= 0x1f300) {
    return 1.3;
  }
  if (narrow.includes(char)) {
    return 0.3;
  }
  if (half.includes(char)) {
    return 0.4;
  }
  if (wide.includes(char)) {
    return 0.88;
  }
  if (char !== char.toLowerCase()) {
    return 0.68;
  }
  return 0.57;
}

export function textWidth(text, font) {
  const match = /([\d.]+)px/.exec(font || "");
  const size = match ? Number(match[1]) : 12;
  let width = 0;
  for (const char of String(text)) {
    width += charWidth(char);
  }
  return width * size;
}
