// What the browser runs for the pages of members, also while none of them is open: it shows what it is told, and leads to the page
// that it is about; and it keeps the member's card, and what that is drawn with, for when there is no network. All other pages come
// from the server as ever.
const home = "/my/";
const card = "/my/card";
const cacheName = "regulars-my-1";
const patience = 8000; // ms until a network that says nothing counts as none, for who waits at a till

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => { if (event.data === "keep") event.waitUntil(keep()); });
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || !url.pathname.startsWith(home)) return;
  if (request.mode !== "navigate") {
    if (request.method === "GET" && url.pathname !== card) event.respondWith(reach(request, request));
  } else if (request.method === "GET") {
    // Who goes back to what came of a form asks for a copy that nobody has: the browser says so itself.
    if (request.cache !== "only-if-cached") event.respondWith(reach(request, card));
  } else if (["/my/sign-out", "/my/erase"].includes(url.pathname)) {
    event.waitUntil(caches.delete(cacheName)); // whoever has the phone next finds nobody's card
  }
});
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

// keep keeps the card as it is now; that of who is signed out, or where there are no such pages any more, is thrown away.
async function keep() {
  let answer;
  try {
    answer = await fetch(card, { cache: "no-cache" });
  } catch {
    return; // what is kept stays
  }
  if (answer.redirected || answer.status === 404) return void await caches.delete(cacheName);
  if (!answer.ok) return;
  const text = await answer.text();
  const cache = await caches.open(cacheName);
  const headers = new Headers(answer.headers);
  for (const name of ["content-length", "content-encoding"]) headers.delete(name); // of what came by the network
  // It says that there is no network, because it is shown only then.
  await cache.put(card, new Response(text.replace('id="away" hidden', 'id="away"'), { headers }));
  const parts = [...text.matchAll(/(?:href|src)="(\/my\/(?:style\.css|card\.js|logo\.png|icon|manifest)[^"]*)"/g)].map((found) => found[1]);
  for (const path of parts) {
    try {
      const part = await fetch(path);
      if (part.ok) await cache.put(path, part);
    } catch { /* the page is legible without */ }
  }
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (pathname !== card && !parts.includes(pathname + search)) await cache.delete(request);
  }
}

const late = (kept) => new Promise((resolve) => { setTimeout(() => resolve(kept), patience); });

// reach asks the network, and gives what is kept where that, or the server behind a proxy, is away or says nothing.
async function reach(request, otherwise) {
  const kept = await caches.match(otherwise, { cacheName });
  try {
    const answer = await (kept ? Promise.race([fetch(request), late(kept)]) : fetch(request));
    return kept && [502, 503, 504].includes(answer.status) ? kept : answer;
  } catch {
    return kept || Response.error();
  }
}

// show shows a notice. A browser demands that something is shown for every message, so one that cannot be read is told as well.
async function show(data) {
  let notice;
  try {
    notice = data.json();
  } catch { /* from another version of the server, or empty */ }
  const said = (name, otherwise) => typeof notice?.[name] === "string" && notice[name] || otherwise;
  await self.registration.showNotification(said("title", self.location.hostname), {
    body: said("text", ""), tag: said("tag", "notice"), lang: said("lang", ""), icon: "/my/icon-192.png", data: within(notice?.path),
  });
}

// within is the path if it is one of these pages, or else the first of them. It is judged as the browser would follow it: one
// that begins as ours can lead out again by its dots.
function within(path) {
  if (typeof path !== "string") return home;
  const { origin } = self.location;
  try {
    const url = new URL(path, origin);
    if (url.origin === origin && url.pathname.startsWith(home)) return url.pathname + url.search + url.hash;
  } catch { /* it is no address */ }
  return home;
}

// open leads to a page: the one that is open already goes there, or else one is opened. Never two of them.
async function open(path) {
  const { href } = new URL(within(path), self.location.origin);
  const pages = (await self.clients.matchAll({ type: "window" })).filter((page) => new URL(page.url).pathname.startsWith(home));
  let page = pages.find((one) => one.url === href) || pages.find((one) => one.focused) || pages[0];
  try {
    if (page) page = await page.navigate(href) || page; // also where it is there: what it shows has changed
  } catch {
    page = undefined; // it is being closed
  }
  await (page ? page.focus() : self.clients.openWindow(href));
}

// renew tells the server of the subscription by which the browser has replaced the one before. Not every browser says which one
// that was, or makes the new one: then the server knows the phone by its cookie, and says with which key one subscribes.
async function renew(event) {
  const send = (to, form) => fetch(to, { method: "POST", body: new URLSearchParams(form) });
  const before = event.oldSubscription;
  let subscription = event.newSubscription || await self.registration.pushManager.getSubscription();
  if (!subscription) {
    const state = await send("/my/phones/state", {});
    const { key } = state.ok ? await state.json() : {};
    if (!key) return; // signed out, or nobody is told here
    subscription = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }
  const { endpoint, keys } = subscription.toJSON();
  await send("/my/phones", { endpoint, ...keys, before: before ? before.endpoint : "" });
}
