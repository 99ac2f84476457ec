// Codes by camera, and off a picture: by the browser's own reader where it has one, by ours in a worker otherwise.

// Ours reads a picture as large as it is given. Small codes are found in the middle drawn larger, blurred ones in the whole
// drawn smaller: a film is looked at in one way after the other, a picture in all of them.
const ways = [{ part: 1, side: 800 }, { part: 0.5, side: 640 }, { part: 1, side: 480 }, { part: 0.35, side: 720 }];
const still = [{ part: 1, side: 1000 }, { part: 1, side: 500 }, { part: 1, side: 2000 }, { part: 0.5, side: 1000 }];
const rest = 80; // ms between two looks, at least

function reader() {
  const worker = new Worker("/assets/code-worker.js");
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return {
    // look finds the code in a part of a picture, in the middle; empty: there is none.
    look(source, width, height, { part, side }) {
      const scale = side / (part * Math.max(width, height));
      canvas.width = Math.round(part * width * scale);
      canvas.height = Math.round(part * height * scale);
      const edge = (1 - part) / 2;
      brush.drawImage(source, edge * width, edge * height, part * width, part * height, 0, 0, canvas.width, canvas.height);
      const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
      return new Promise((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = () => reject(new Error("the reader of codes cannot be loaded"));
        worker.postMessage({ width: canvas.width, height: canvas.height, pixels: data.buffer }, [data.buffer]);
      });
    },
    close: () => worker.terminate(),
  };
}

// own is the browser's reader; null where there is none, or it knows nothing of QR codes.
async function own() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new window.BarcodeDetector({ formats }) : null;
}

// why says what keeps a camera from being opened.
function why(error) {
  switch (error.name) {
    case "NotAllowedError": case "SecurityError": return "denied";
    case "NotFoundError": case "OverconstrainedError": return "missing";
    case "NotReadableError": case "AbortError": return "busy";
    default: return "failed";
  }
}

const kept = "till-camera"; // the one that was turned to, on this device

const size = { width: { ideal: 1280 }, height: { ideal: 720 } };

// open opens the camera that was turned to before, or the one that looks away from who holds the device.
async function open() {
  const one = localStorage.getItem(kept);
  if (one) {
    try {
      return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: one } } });
    } catch (error) {
      if (error.name !== "OverconstrainedError") throw error;
      localStorage.removeItem(kept); // it is there no more
    }
  }
  return navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: { ideal: "environment" } } });
}

const patience = 8000; // ms until a camera that shows nothing counts as one that does not answer

const late = () => new Promise((_, reject) => { setTimeout(() => reject(new DOMException("no picture", "NotReadableError")), patience); });

// hasCamera tells whether the browser opens cameras for this page at all: by plain HTTP it does not.
export const hasCamera = () => Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

// Camera shows what a camera sees in a video until it sees a code, is stopped, or the page is left.
export class Camera {
  // told is called: found(text), failed(why), and opened({light, turn}), which says what the device offers.
  constructor(video, told) {
    this.video = video;
    this.told = told;
    this.turns = 0; // what was begun before the last start or stop is over
    const leave = () => this.stop();
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
  }

  get on() { return Boolean(this.stream); }

  stop() {
    this.turns++;
    for (const track of this.stream ? this.stream.getTracks() : []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    if (this.told.stopped) this.told.stopped();
  }

  async start() {
    this.stop();
    const turn = this.turns;
    const over = () => turn !== this.turns;
    let ours;
    try {
      const stream = await open();
      if (over()) { // stopped while the person was asked
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.stream = stream;
      const [track] = stream.getVideoTracks();
      track.addEventListener("ended", () => { if (!over()) this.fail("busy"); });
      this.video.srcObject = stream;
      const devices = await navigator.mediaDevices.enumerateDevices();
      const light = track.getCapabilities ? Boolean(track.getCapabilities().torch) : false;
      this.cameras = devices.filter((device) => device.kind === "videoinput").map((device) => device.deviceId);
      if (over()) return;
      this.told.opened({ light, turn: this.cameras.length > 1 });
      await Promise.race([this.video.play(), late()]);
      let theirs = await own();
      for (let n = 0; !over(); n++) {
        const began = performance.now();
        const { videoWidth, videoHeight } = this.video;
        let text = "";
        if (theirs) {
          try {
            const [code] = await theirs.detect(this.video);
            text = code ? code.rawValue : "";
          } catch { theirs = null; } // some have it in name only
        } else if (videoWidth > 0) {
          ours = ours || reader();
          text = await ours.look(this.video, videoWidth, videoHeight, ways[n % ways.length]);
        }
        if (over()) return;
        if (text.trim()) {
          this.stop();
          this.told.found(text.trim());
          return;
        }
        // At least half of the time is the page's own.
        const pause = Math.max(rest, performance.now() - began);
        await new Promise((resolve) => { setTimeout(resolve, pause); });
      }
    } catch (error) {
      if (!over()) this.fail(why(error));
    } finally {
      if (ours) ours.close();
    }
  }

  fail(reason) {
    this.stop();
    this.told.failed(reason);
  }

  // turn goes on to the next camera of the device, which is kept.
  turn() {
    const now = this.stream ? this.stream.getVideoTracks()[0].getSettings().deviceId : "";
    const next = this.cameras[(this.cameras.indexOf(now) + 1) % this.cameras.length];
    localStorage.setItem(kept, next);
    return this.start();
  }

  light(on) {
    const [track] = this.stream ? this.stream.getVideoTracks() : [];
    return track ? track.applyConstraints({ advanced: [{ torch: on }] }) : Promise.resolve();
  }
}

// readPicture finds the code in a file of a picture; empty: there is none.
export async function readPicture(file) {
  const at = await new Promise((resolve, reject) => {
    const from = new FileReader();
    from.onload = () => resolve(from.result);
    from.onerror = () => reject(from.error);
    from.readAsDataURL(file);
  });
  const picture = new Image();
  picture.src = at;
  await picture.decode();
  const ours = reader();
  try {
    for (const way of still) {
      const text = await ours.look(picture, picture.naturalWidth, picture.naturalHeight, way);
      if (text.trim()) return text.trim();
    }
    return "";
  } finally {
    ours.close();
  }
}
