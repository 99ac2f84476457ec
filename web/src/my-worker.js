// What the browser runs for the pages of members while none of them is open: it shows what it is told, and leads to the page
// that it is about. It keeps nothing and answers for nothing: pages come from the server as ever.
const home = "/my/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

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
