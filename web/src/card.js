// Has the browser keep the card of a member, so that their phone shows it where there is no network; where nobody is signed in any
// more, has it look again, and throw the card away.
const out = "out" in document.currentScript.dataset;
const scope = "/my/";

async function keep() {
  if (out && !await navigator.serviceWorker.getRegistration(scope)) return;
  await navigator.serviceWorker.register("/my/worker.js", { scope });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("keep");
}

if ("serviceWorker" in navigator) keep().catch(() => {}); // it is kept the next time
