// Sales that were entered while there was no network. They lie in the browser's own database, outlive a restart, and are
// sent by the key that each was given when it was entered: the server takes one key once.
const open = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("regulars-till", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("sales", { keyPath: "key" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

// inStore does something with the sales, and is done when it is on the disk.
async function inStore(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const turn = database.transaction("sales", mode, { durability: "strict" });
      const asked = act(turn.objectStore("sales"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onabort = turn.onerror = () => reject(turn.error || asked.error);
    });
  } finally {
    database.close();
  }
}

export const all = async () => (await inStore("readonly", (sales) => sales.getAll())).sort((a, b) => b.entered - a.entered);
export const put = (sale) => inStore("readwrite", (sales) => sales.put(sale));
export const remove = (key) => inStore("readwrite", (sales) => sales.delete(key));
export const waits = (sale) => sale.state === "waiting" || sale.state === "not_now";

// sums is what a sale costs in full, as it was typed.
export const sums = (fields) => fields.amount || Object.keys(fields).filter((name) => /^amount\d/.test(name)).map((name) => fields[name]).join(" + ");

const names = ["amount", "store", "discount", "off", "with", "who", "customer"];
const line = /^(product|quantity|amount)\d+$/;

// keep keeps a sale until it can be sent. A sale whose key is kept already stays as it is: pressed twice it is one.
export async function keep(form, entered) {
  const sale = { key: form.key, whose: form.whose, entered, state: "waiting", fields: {} };
  for (const name of Object.keys(form)) {
    if ((names.includes(name) || line.test(name)) && form[name] !== "") sale.fields[name] = form[name];
  }
  if (!sale.key || !sale.whose) throw new Error("a sale without a key, or nobody's");
  const there = (await all()).find((other) => other.key === sale.key);
  if (!there) await put(sale);
  return there || sale;
}

// newKey is a key that nobody else makes: 26 signs of 32, by chance.
export function newKey() {
  const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (n) => signs[n % 32]).join("");
}

// send sends what waits and belongs to who is signed in. It tells what keeps the rest: "", "away", "sign_in" or "other".
export async function send(whose) {
  if (!self.navigator.locks) return sendAll(whose);
  return self.navigator.locks.request("regulars-till", () => sendAll(whose)); // one page at a time
}

async function sendAll(whose) {
  for (const sale of (await all()).reverse()) {
    if (!waits(sale) || sale.whose !== whose) continue;
    const body = new URLSearchParams({ ...sale.fields, key: sale.key, whose: sale.whose, entered: sale.entered, sent: Date.now() });
    let said;
    try {
      const answer = await fetch("/till/waiting", { method: "POST", body, redirect: "error" });
      said = await answer.json();
    } catch {
      return "away";
    }
    if (said.state === "sign_in" || said.state === "other") return said.state;
    sale.says = said.says || "";
    sale.advice = said.advice || "";
    sale.reward = Boolean(said.reward);
    sale.state = said.state;
    if (said.state === "sent" || said.state === "again") {
      sale.customer = said.customer;
      sale.settled = Date.now();
      sale.who = hidden(sale.fields.who);
      const { discount = "", off = "" } = sale.fields;
      sale.fields = { amount: sums(sale.fields), discount, off }; // what tells who it was is not kept longer than it is needed
    }
    await put(sale);
  }
  return "";
}

// hidden is as much of what was typed as it takes to know it again.
function hidden(who = "") {
  if (who.includes("@")) return who[0] + "···" + who.slice(who.indexOf("@"));
  return who.length > 4 ? "··· " + who.slice(-4) : who;
}
