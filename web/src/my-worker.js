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
  let notice = {};
  try {
    notice = data ? data.json() : {};
  } catch { /* from another version of the server */ }
  await self.registration.showNotification(notice.title || self.location.hostname, {
    body: notice.text || "", tag: notice.tag || "notice", lang: notice.lang || "", icon: "/my/icon-192.png", data: within(notice.path),
  });
}

// within is the path if it is one of these pages, or else the first of them.
function within(path) {
  return typeof path === "string" && path.startsWith(home) ? path : home;
}

async function open(path) {
  const url = new URL(within(path), self.location.origin);
  for (const client of await self.clients.matchAll({ type: "window" })) {
    if (!new URL(client.url).pathname.startsWith(home)) continue;
    try {
      await (await client.navigate(url.href) || client).focus();
      return;
    } catch { /* it is going already */ }
  }
  await self.clients.openWindow(url.href);
}

// renew tells the server of the subscription by which the browser has replaced the one before.
async function renew(event) {
  const before = event.oldSubscription;
  if (!before) return;
  const subscription = event.newSubscription
    || await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: before.options.applicationServerKey });
  const { endpoint, keys } = subscription.toJSON();
  await fetch("/my/phones", { method: "POST", body: new URLSearchParams({ endpoint, ...keys, before: before.endpoint }) });
}
