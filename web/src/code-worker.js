// Reads QR codes for browsers that read none themselves. It runs beside the page, which stays quick on a small tablet.
import { decodeQR } from "qr/decode.js";

self.onmessage = ({ data: { width, height, pixels } }) => {
  let text = "";
  try {
    text = decodeQR({ width, height, data: new Uint8ClampedArray(pixels) });
  } catch { /* there is no code in it that can be read */ }
  self.postMessage(text);
};
