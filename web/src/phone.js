// The switch by which a member is told on the phone in their hand. It asks the browser for nothing before it is pressed.
const section = document.getElementById("phone");
const says = document.getElementById("phone-says");
const on = document.getElementById("phone-on");
const off = document.getElementById("phone-off");

const scope = "/my/";

function say(what) {
  says.textContent = section.dataset[what];
  says.hidden = false;
}

function offer(button) {
  on.hidden = button !== on;
  off.hidden = button !== off;
}

// send tells the server; who has been signed out is led to the page that they can come in by.
async function send(path, form) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(form) });
  if (answer.status === 401) location.assign(scope);
  return answer;
}

function bytes(base64) {
  const text = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

// current is the subscription of this browser, if it was made for the server as it is now.
function current(subscription) {
  const key = subscription?.options?.applicationServerKey;
  if (!key) return Boolean(subscription);
  const ours = bytes(section.dataset.key);
  const theirs = new Uint8Array(key);
  return ours.length === theirs.length && ours.every((b, i) => b === theirs[i]);
}

async function subscription() {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  return registration ? registration.pushManager.getSubscription() : null;
}

// able tells whether the browser can show notices, or says what is in the way.
function able() {
  if (!window.isSecureContext) return say("insecure"), false;
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
    if (Notification.permission !== "denied") return true;
    return say("blocked"), false;
  }
  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) || navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1;
  const installed = navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
  say(apple && !installed ? "install" : "unsupported");
  return false;
}

async function begin() {
  section.hidden = false;
  if (!able()) return;
  const there = await subscription();
  if (there && current(there) && Notification.permission === "granted") {
    const answer = await send("/my/phones/state", { endpoint: there.endpoint });
    if (answer.ok && (await answer.json()).on) {
      say("on");
      offer(off);
      return;
    }
  }
  offer(on);
}

async function turnOn() {
  if (await Notification.requestPermission() !== "granted") {
    say(Notification.permission === "denied" ? "blocked" : "asked");
    if (Notification.permission === "denied") offer(null);
    return;
  }
  await navigator.serviceWorker.register("/my/worker.js", { scope });
  const registration = await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  if (before && !current(before)) await before.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(section.dataset.key) });
  const { endpoint, keys } = made.toJSON();
  const answer = await send("/my/phones", { endpoint, ...keys });
  if (answer.ok) return reload();
  say(answer.status === 409 ? "full" : "failed");
}

async function turnOff() {
  const there = await subscription();
  if (there) {
    const answer = await send("/my/phones/off", { endpoint: there.endpoint });
    if (!answer.ok) throw new Error("the server does not know yet");
    await there.unsubscribe();
  }
  reload();
}

// reload shows the page as it is now: the phones that are told, and what was agreed to.
function reload() {
  location.replace("/my/profile?saved=1&at=" + Date.now() + "#phone");
}

function press(button, what) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await what();
    } catch {
      say("failed");
    }
    button.disabled = false;
  });
}

if (section && on) {
  press(on, turnOn);
  press(off, turnOff);
  begin().catch(() => { offer(on); });
}
