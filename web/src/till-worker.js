// What the browser runs for the page of the till while there is no network: it shows the page that was kept, and keeps a
// sale whose form could not be sent. It touches nothing outside /till but the page's own style sheet and script.
import { all, keep, waits } from "./till-queue.js";

const cacheName = "regulars-till-1";
const shell = "/till/offline";
const assets = ["/assets/console.css", "/assets/till.js"];
const patience = 10000; // ms until a network that says nothing counts as none

self.addEventListener("install", (event) => event.waitUntil(refresh().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forget().then(() => self.clients.claim())));
self.addEventListener("message", (event) => { if (event.data === "refresh") event.waitUntil(refresh()); });

async function forget() {
  for (const name of await caches.keys()) {
    if (name.startsWith("regulars-till-") && name !== cacheName) await caches.delete(name);
  }
}

// refresh keeps the page as it is now, in the language and under the name of who is signed in.
async function refresh() {
  const cache = await caches.open(cacheName);
  for (const path of [shell, ...assets]) {
    try {
      const answer = await fetch(path, { cache: "no-cache" });
      if (answer.ok && !answer.redirected) await cache.put(path, answer);
    } catch { /* away: what is kept stays */ }
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  const here = url.pathname === "/till" || url.pathname.startsWith("/till/");
  if (request.mode === "navigate" && here) {
    event.respondWith(request.method === "POST" ? post(request, url) : show(request));
  } else if (request.method === "GET" && assets.includes(url.pathname)) {
    event.respondWith(asset(request, url));
  }
});

const late = () => new Promise((_, reject) => { setTimeout(() => reject(new Error("too late")), patience); });

// reach asks the network. A server that is away behind a proxy is no network either.
async function reach(request) {
  const answer = await Promise.race([fetch(request), late()]);
  if ([502, 503, 504].includes(answer.status)) throw new Error("away");
  return answer;
}

async function kept() {
  const answer = await caches.match(shell);
  return answer || Response.error();
}

// wantsCopy tells whether the browser goes back to what came of a form, or on from there: it asks its own memory only.
const wantsCopy = (request) => request.cache === "only-if-cached";

async function show(request) {
  let answer;
  try {
    answer = await reach(wantsCopy(request) ? new Request(request.url, { redirect: "manual" }) : request);
  } catch {
    return kept();
  }
  // Who has been signed out is told so while sales wait; otherwise they go on to sign in.
  if (answer.type === "opaqueredirect" && (await all().catch(() => [])).some(waits)) {
    const state = await fetch("/till/state").catch(() => null);
    if (state && state.status === 401) return kept();
  }
  return answer;
}

async function asset(request, url) {
  try {
    return await reach(request);
  } catch {
    return (await caches.match(url.pathname)) || Response.error();
  }
}

const away = { quote: "quote", return: "return", redeem: "reward", use: "reward", refund: "reward", units: "reward" };

// post sends a form. A sale that does not get through is kept under its key, so that it may be sent again even if the server
// has it; everything else waits for the network, because only the server knows what the customer has.
async function post(request, url) {
  // Going back to what came of a form asks for a copy of it, which nobody has, and is no press: the customer's page is shown anew.
  if (wantsCopy(request)) return Response.redirect(url.pathname.replace(/(\/till\/[^/]+)\/[^/]+$/, "$1"), 303);
  const entered = Date.now();
  const copy = request.clone();
  try {
    return await reach(request);
  } catch { /* away */ }
  const [, , customer, what] = url.pathname.split("/");
  if (what !== "sale") return Response.redirect(shell + "?away=" + (away[what] || "find"), 303);
  try {
    const form = Object.fromEntries(await copy.formData());
    // A reward that was quoted is spent when the sale is sent, once; one that was not is not known to be the customer's.
    if (form.with && !Number(form.off)) return Response.redirect(shell + "?away=reward", 303);
    await keep({ ...form, customer }, entered);
    return Response.redirect(shell + "?away=sale", 303);
  } catch {
    return Response.redirect(shell + "?away=not-kept", 303);
  }
}
