// The cashier's page beyond what works without a script: keys, codes by camera, one press is one sale, and sales without a
// network.
import { Camera, hasCamera, readPicture } from "./camera.js";
import { all, keep, newKey, remove, send, sums, waits } from "./till-queue.js";

const page = document.getElementById("till");
const words = document.getElementById("till-words").dataset;
const { whose, alone } = page.dataset;
const by = (id) => document.getElementById(id);
const show = (id, yes = true) => { const at = by(id); if (at) at.hidden = !yes; };

function say(text) {
  by("till-network").textContent = text;
  show("till-network", text !== "");
}

// Keys.
for (const key of document.querySelectorAll("kbd.key")) key.hidden = false;
show("till-keys");
const keys = {
  F2: () => { const at = by("q") || by("who"); if (at) { at.focus(); at.select(); } },
  F4: () => by("till-ask")?.click(),
  F8: () => (by("till-sell") || by("till-keep"))?.click(),
  F9: () => (document.querySelector(".till-redeem") || by("rewards"))?.focus(),
};
document.addEventListener("keydown", (event) => {
  if (!keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  keys[event.key]();
});

// One press is one sale: the key in the form sees to that; a second press would only make who waits wonder.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 8000); // who stopped the page may press again: the key is the same
  });
}
window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// Codes by camera, or off a picture where the browser opens no camera.
function scanner() {
  if (!by("till-scan")) return;
  const says = (what) => { by("till-camera-says").textContent = what ? by("till-camera-says").dataset[what] : ""; };
  const failed = (what) => { says(what); show("till-file-read"); show("till-camera"); };
  const found = (text) => { by("q").value = text; by("q").form.submit(); };
  const file = by("till-file");
  by("till-file-read").onclick = () => file.click();
  file.addEventListener("change", async () => {
    if (file.files.length === 0) return;
    show("till-camera");
    says("reading");
    const text = await readPicture(file.files[0]).catch(() => "");
    file.value = ""; // the same picture may be chosen again
    if (text) found(text); else failed("unread");
  });
  if (!hasCamera()) {
    show("till-no-scan");
    return show("till-file-read");
  }
  const light = by("till-light");
  const controls = (offered) => {
    show("till-light", Boolean(offered.light));
    light.setAttribute("aria-pressed", "false");
    show("till-turn", Boolean(offered.turn));
    show("till-camera-stop", Boolean(offered.on));
    show("till-video", Boolean(offered.on));
  };
  const camera = new Camera(by("till-video"), {
    opened: (offered) => { controls({ ...offered, on: true }); says("look"); },
    stopped: () => { controls({}); says(""); show("till-camera", false); },
    failed, found,
  });
  show("till-scan");
  by("till-scan").onclick = () => { show("till-file-read", false); camera.start(); show("till-camera"); says("asking"); };
  by("till-camera-stop").onclick = () => { camera.stop(); by("q").focus(); };
  by("till-turn").onclick = () => { camera.turn(); show("till-camera"); };
  light.onclick = async () => {
    const on = light.getAttribute("aria-pressed") !== "true";
    await camera.light(on).then(() => light.setAttribute("aria-pressed", String(on))).catch(() => show("till-light", false));
  };
}

// Amounts, in minor units.
const minor = (text) => Math.round(Number((text || "0").replace(",", ".")) * 10 ** page.dataset.decimal);
const money = (n) => (n / 10 ** page.dataset.decimal).toLocaleString(document.documentElement.lang, { minimumFractionDigits: page.dataset.decimal, maximumFractionDigits: page.dataset.decimal });
const takenOff = (fields) => Number(fields.discount || 0) + Number(fields.off || 0);

// What waits, and what became of it.
function row(sale) {
  const item = by("till-row").content.cloneNode(true).firstElementChild;
  const text = (name, value) => { item.querySelector("." + name).textContent = value; };
  const off = takenOff(sale.fields);
  text("row-amount", sums(sale.fields) + (off ? " − " + money(off) : "") + " " + page.dataset.currency);
  text("row-who", sale.who || sale.fields.who || sale.fields.customer || "");
  text("row-when", new Date(sale.entered).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }));
  const state = { sent: words.sent, again: words.again, refused: words.refused, not_now: words.notNow }[sale.state] || words.waiting;
  text("row-state", state.replace("{says}", sale.says || ""));
  text("row-advice", sale.state === "refused" ? sale.advice : "");
  item.dataset.state = sale.state;
  item.dataset.key = sale.key;
  const customer = sale.customer || sale.fields.customer;
  const open = item.querySelector(".row-open");
  if (customer && !waits(sale)) {
    open.hidden = false;
    open.href = "/till/" + encodeURIComponent(customer);
  }
  if (sale.state === "refused") {
    const done = item.querySelector(".row-done");
    done.hidden = false;
    done.onclick = async () => { await remove(sale.key); await list(""); };
    const again = item.querySelector(".row-again");
    again.hidden = false;
    again.onclick = () => mend(sale);
  }
  return item;
}

// mend puts a sale that was refused back into the form, to be entered under a new key.
async function mend(sale) {
  if (!alone) {
    sessionStorage.setItem("till-mend", sale.key);
    location.assign("/till/offline");
    return;
  }
  const form = by("till-alone");
  for (const at of form.elements) if (at.name) at.value = sale.fields[at.name] || "";
  by("who").value = sale.fields.who || sale.fields.customer || "";
  // What was taken off was paid less; a reward that cannot be spent any more is let go of.
  const { discount, off } = form.elements;
  if (sale.reward) [discount.value, off.value, form.elements.with.value] = [takenOff(sale.fields), "", ""];
  showOff(form);
  if (lines(form).length) form.querySelector("details").open = true;
  by("till-alone").dataset.mends = sale.key;
  by("till-alone").dataset.entered = sale.entered; // it was sold then
  by("who").focus();
}

// lines are those of the form that say something.
function lines(form) {
  const found = [];
  for (let n = 1; form.elements["product" + n]; n++) {
    const [product, quantity, amount] = ["product", "quantity", "amount"].map((name) => form.elements[name + n]);
    if (product.value.trim() || amount.value.trim()) found.push({ quantity, amount });
  }
  return found;
}

function showOff(form) {
  const off = takenOff({ discount: form.elements.discount.value, off: form.elements.off.value });
  by("till-alone-off").textContent = by("till-alone-off").dataset.text.replace("{n}", money(off) + " " + page.dataset.currency);
  show("till-alone-off", off > 0);
}

// wrongWith tells what the server would refuse in a sale that is entered now, so that it is mended while the customer is there.
function wrongWith(form) {
  const { who, amount, discount, off } = form.elements;
  const decimal = Number(page.dataset.decimal);
  const number = new RegExp(decimal > 0 ? `^\\d{1,10}([.,]\\d{1,${decimal}})?$` : "^\\d{1,10}$");
  if (who.value === "") return [words.noWho, who];
  const typed = lines(form);
  for (const line of typed) {
    if (line.amount.value !== "" && !number.test(line.amount.value)) return [words.noAmount, line.amount];
    const pieces = Number(line.quantity.value.replace(",", ".") || 1);
    if (!(pieces > 0 && pieces <= 1e6)) return [words.noPieces, line.quantity];
  }
  const sum = typed.reduce((all, line) => all + minor(line.amount.value), 0);
  const whole = amount.value === "" ? sum : minor(amount.value);
  if (amount.value !== "" && !number.test(amount.value) || whole === 0) return [words.noAmount, amount];
  if (amount.value !== "" && typed.length > 0 && sum !== minor(amount.value) && !(typed.length === 1 && sum === 0)) return [words.linesDiffer, amount];
  if (takenOff({ discount: discount.value, off: off.value }) > whole) return [words.tooMuchOff, amount];
  return null;
}

async function list(kept) {
  const sales = await all();
  const mine = sales.filter((sale) => sale.whose === whose);
  const left = mine.filter(waits);
  by("till-list").replaceChildren(...mine.map(row));
  by("till-count").textContent = left.length ? by("till-count").dataset.text.replace("{n}", left.length) : by("till-count").dataset.none;
  show("till-sign-in", kept === "sign_in" || kept === "other");
  show("till-others", sales.some((sale) => sale.whose !== whose && waits(sale)));
  show("till-now", left.length > 0);
  show("till-clear", mine.some((sale) => sale.state === "sent" || sale.state === "again"));
  show("till-waiting", sales.length > 0);
  return left.length;
}

// pass sends what waits, and looks whether the network is back.
let passing = false;
async function pass() {
  if (passing) return;
  passing = true;
  try {
    const left = (await all()).some((sale) => waits(sale) && sale.whose === whose);
    const kept = left ? await send(whose) : "";
    await list(kept);
    if (alone) await back();
  } finally {
    passing = false;
  }
}

async function back() {
  const state = await fetch("/till/state").then((answer) => answer.json()).catch(() => null);
  show("till-alone-says", !state);
  show("till-back", Boolean(state) && state.state === "ready");
  show("till-sign-in", Boolean(state) && state.state === "sign_in");
  if (state && state.state === "sign_in") show("till-waiting");
}

function enter() {
  const form = by("till-alone");
  if (!form) return;
  const wrong = (text) => { by("till-alone-wrong").textContent = text; show("till-alone-wrong", text !== ""); };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const at of form.elements) if (at.tagName === "INPUT") at.value = at.value.trim();
    const found = wrongWith(form);
    if (found) {
      const [says, at] = found;
      const folded = at.closest("details");
      if (folded) folded.open = true;
      wrong(says);
      at.focus();
      return;
    }
    const typed = Object.fromEntries(new FormData(form));
    form.dataset.key = form.dataset.key || newKey();
    try {
      await keep({ ...typed, key: form.dataset.key, whose }, Number(form.dataset.entered) || Date.now());
      if (form.dataset.mends) await remove(form.dataset.mends);
    } catch {
      wrong(words.notKept);
      return;
    }
    delete form.dataset.key;
    delete form.dataset.mends;
    delete form.dataset.entered;
    wrong("");
    for (const at of form.elements) if (at.tagName === "INPUT") at.value = "";
    showOff(form);
    by("who").focus();
    await pass();
  });
}

async function begin() {
  enter();
  if (by("q") && document.activeElement === by("q")) by("q").select();
  scanner();
  const what = new URLSearchParams(location.search).get("away");
  if (alone && what) say({ sale: words.awaySale, quote: words.awayQuote, return: words.awayReturn, reward: words.awayReward, "not-kept": words.notKept }[what] || words.awayFind);
  else if (alone) by("who").focus();
  if (!("serviceWorker" in navigator) || !("indexedDB" in window)) return show("till-unable");
  try {
    await all();
  } catch {
    return show("till-unable");
  }
  by("till-now").onclick = pass;
  by("till-clear").onclick = async () => {
    for (const sale of await all()) if (sale.whose === whose && (sale.state === "sent" || sale.state === "again")) await remove(sale.key);
    await list("");
  };
  await pass();
  const mended = sessionStorage.getItem("till-mend");
  if (alone && mended) {
    sessionStorage.removeItem("till-mend");
    const sale = (await all()).find((one) => one.key === mended);
    if (sale) mend(sale);
  }
  window.addEventListener("online", pass);
  setInterval(pass, 10000);
  const registered = await navigator.serviceWorker.register("/till/worker.js", { scope: "/till" }).catch(() => null);
  if (!registered) return show("till-unable");
  await navigator.storage?.persist?.().catch(() => {}); // asks the browser not to make room by forgetting sales
  const ready = await navigator.serviceWorker.ready;
  if (!alone) ready.active.postMessage("refresh");
  page.dataset.ready = "yes";
}

begin();
